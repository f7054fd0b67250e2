using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Op.Call(aten.sum, this, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) =>
            Op.Call(aten.sum_dim, this, new[] { dim }, keepdim, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Op.Call(aten.sum_dim, this, dim, keepdim, type);

        public Tensor mean() => Op.Call(aten.mean, this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Op.Call(aten.mean_dim, this, dimensions, keepdim, type);

        public Tensor prod(ScalarType? type = null) => Op.Call(aten.prod, this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) =>
            Op.Call(aten.prod_dim, this, dim, keepdim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) =>
            Op.Call(aten.logsumexp, this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Op.Call(aten.softmax, this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Op.Call(aten.log_softmax, this, dim, dtype);

        public Tensor cumsum(long dim, ScalarType? type = null) => Op.Call(aten.cumsum, this, dim, type);

        public Tensor max() => Op.Call(aten.max, this);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            Op.Call2(aten.max_dim, this, dim, keepdim);

        public Tensor min() => Op.Call(aten.min, this);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            Op.Call2(aten.min_dim, this, dim, keepdim);

        public Tensor var(bool unbiased = true) => Op.Call(aten.var, this, unbiased);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(type, Op.Call(aten.var_dim, this, dimensions, unbiased, keepdim));

        public Tensor std(bool unbiased = true) => Op.Call(aten.std, this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            As(type, Op.Call(aten.std_dim, this, dimensions, unbiased, keepdim));

        public Tensor argmax() => Op.Call(aten.argmax, this);

        public Tensor argmax(long dim, bool keepdim = false) => Op.Call(aten.argmax, this, dim, keepdim);

        public Tensor argmin() => Op.Call(aten.argmin, this);

        public Tensor argmin(long dim, bool keepdim = false) => Op.Call(aten.argmin, this, dim, keepdim);

        public Tensor argsort(long dim = -1, bool descending = false) => Op.Call(aten.argsort, this, dim, descending);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Op.Call2(aten.sort_stable, this, stable, dim, descending);

        public Tensor all() => Op.Call(aten.all, this);

        public Tensor all(long dim, bool keepdim = false) => Op.Call(aten.all_dim, this, dim, keepdim);

        public Tensor any() => Op.Call(aten.any, this);

        public Tensor any(long dim, bool keepdim = false) => Op.Call(aten.any_dim, this, dim, keepdim);

        public Tensor norm(float p = 2) => Op.Call(aten.norm, this, (double)p);

        public bool allclose(Tensor target, double rtol = 1E-05, double atol = 1E-08, bool equal_nan = false) =>
            Op.CallNumber(aten.allclose, this, target, rtol, atol, equal_nan) != 0;

        private static Tensor As(ScalarType? type, Tensor tensor) => type is { } t ? tensor.to(t) : tensor;
    }
}
