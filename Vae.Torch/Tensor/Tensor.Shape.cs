using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor reshape(params long[] shape) => Op.Call(aten.reshape, this, shape);

        public Tensor view(params long[] shape) => Op.Call(aten.view, this, shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Op.Call(aten.flatten, this, start_dim, end_dim);

        public Tensor squeeze(long? dim = null) =>
            dim is { } d ? Op.Call(aten.squeeze_dim, this, d) : Op.Call(aten.squeeze, this);

        public Tensor unsqueeze(long dim) => Op.Call(aten.unsqueeze, this, dim);

        public Tensor t() => Op.Call(aten.t, this);

        public Tensor T => t();

        public Tensor transpose(long dim0, long dim1) => Op.Call(aten.transpose, this, dim0, dim1);

        public Tensor permute(params long[] permutation) => Op.Call(aten.permute, this, permutation);

        public Tensor expand(params long[] sizes) => Op.Call(aten.expand, this, sizes);

        public Tensor expand_as(Tensor other) => Op.Call(aten.expand_as, this, other);

        public Tensor repeat(params long[] sizes) => Op.Call(aten.repeat, this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Op.Call(aten.repeat_interleave, this, repeats, dim, output_size);

        public Tensor select(long dim, long index) => Op.Call(aten.select, this, dim, index);

        public Tensor narrow(long dim, long start, long length) => Op.Call(aten.narrow, this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) =>
            Op.Call(aten.slice, this, dim, start, finish, step);

        public Tensor index_select(long dim, Tensor index) => Op.Call(aten.index_select, this, dim, index);

        public Tensor gather(long dim, Tensor index) => Op.Call(aten.gather, this, dim, index);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => InPlace(aten.scatter_, dim, index, src);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            InPlace(aten.index_copy_, dim, index, source);

        public Tensor[] chunk(long chunks, long dim = 0) => Op.CallList(aten.chunk, this, chunks, dim);

        public Tensor[] split(long size, int dim = 0) => Op.CallList(aten.split, this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Op.CallList(aten.split_sizes, this, sizes, dim);

        public Tensor[] unbind(long dimension = 0) => Op.CallList(aten.unbind, this, dimension);

        public Tensor flip(params long[] dims) => Op.Call(aten.flip, this, dims);

        public Tensor contiguous() => Op.Call(aten.contiguous, this);

        public Tensor clone() => Op.Call(aten.clone, this);

        public Tensor masked_fill(Tensor mask, Scalar value) => Op.Call(aten.masked_fill, this, mask, value);

        public Tensor where(Tensor condition, Tensor y) => Op.Call(aten.where, condition, this, y);

        public Tensor diag(long diagonal = 0) => Op.Call(aten.diag, this, diagonal);

        public Tensor diagonal(long offset = 0, long dim1 = 0, long dim2 = 1) =>
            Op.Call(aten.diagonal, this, offset, dim1, dim2);

        public Tensor tril(long diagonal = 0) => Op.Call(aten.tril, this, diagonal);

        public Tensor triu(long diagonal = 0) => Op.Call(aten.triu, this, diagonal);

        public Tensor det() => Op.Call(aten.det, this);

        public Tensor logdet() => Op.Call(aten.logdet, this);

        public Tensor inverse() => Op.Call(aten.inverse, this);

        public Tensor this[long i1] => select(0, i1);

        public Tensor this[long i1, long i2] => select(0, i1).select(0, i2);

        public Tensor this[long i1, long i2, long i3] => select(0, i1).select(0, i2).select(0, i3);
    }
}
