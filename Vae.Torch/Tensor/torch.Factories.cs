using System.Runtime.InteropServices;
using Vae.Torch;

namespace TorchSharp;

public static partial class torch
{
    public static Tensor zeros(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => Op.Call(aten.zeros, size, dtype, Arg.None, device).With(requires_grad);

    public static Tensor ones(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => Op.Call(aten.ones, size, dtype, Arg.None, device).With(requires_grad);

    public static Tensor empty(
        long[] size,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => Op.Call(aten.empty, size, dtype, Arg.None, device).With(requires_grad);

    public static Tensor full(
        long[] size,
        Scalar value,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => Op.Call(aten.full, size, value, dtype, Arg.None, device).With(requires_grad);

    public static Tensor zeros_like(
        Tensor input,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => input.zeros_like(dtype, device, requires_grad);

    public static Tensor arange(
        Scalar start,
        Scalar stop,
        Scalar step,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Op.Call(aten.arange, start, stop, step, dtype, Arg.None, device).With(requires_grad);

    public static Tensor arange(
        Scalar stop,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => arange(0, stop, 1, dtype, device, requires_grad);

    public static Tensor linspace(
        double start,
        double end,
        long steps,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => Op.Call(aten.linspace, start, end, steps, dtype, Arg.None, device).With(requires_grad);

    public static Tensor tensor(float scalar, Device? device = null, bool requires_grad = false) =>
        FromMemory([scalar], [], null, device, requires_grad);

    public static Tensor tensor(
        double scalar,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromMemory([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(
        long scalar,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false
    ) => FromMemory([scalar], [], dtype, device, requires_grad);

    public static Tensor tensor(
        float[] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(
        float[] rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(
        double[] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(
        double[] rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(
        long[] dataArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(dataArray, [dataArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(
        long[] dataArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(dataArray, dimensions, dtype, device, requires_grad);

    public static Tensor tensor(
        byte[] rawArray,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(rawArray, [rawArray.Length], dtype, device, requires_grad);

    public static Tensor tensor(
        byte[] rawArray,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype = null,
        Device? device = null,
        bool requires_grad = false,
        string[]? names = null
    ) => FromMemory(rawArray, dimensions, dtype, device, requires_grad);

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Op.Call(aten.cat, tensors.ToArray(), dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) =>
        Op.Call(aten.stack, tensors.ToArray(), dim);

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Op.Call(aten.where, condition, x, y);

    public static Tensor logsumexp(Tensor input, long dim, bool keepdim = false) => input.logsumexp(dim, keepdim);

    public static Tensor einsum(string equation, params Tensor[] tensors) => Op.Call(aten.einsum, equation, tensors);

    /// <summary>A tensor of the type's own kind with a copy of the elements.</summary>
    internal static unsafe Tensor FromMemory<T>(
        ReadOnlySpan<T> elements,
        ReadOnlySpan<long> dimensions,
        ScalarType? dtype,
        Device? device,
        bool requiresGrad
    )
        where T : unmanaged
    {
        long expected = 1;
        foreach (long dimension in dimensions)
        {
            expected = checked(expected * dimension);
        }

        if (expected != elements.Length)
        {
            throw new ArgumentException(
                $"{elements.Length} elements don't fill the shape [{string.Join(", ", dimensions.ToArray())}]."
            );
        }

        nint handle;
        fixed (T* data = elements)
        fixed (long* sizes = dimensions)
        {
            int status = Shim.vt_from_memory(data, sizes, dimensions.Length, (int)Tensor.TypeOf<T>(), out handle);
            TorchException.ThrowIf(status, "from_memory");
        }

        var tensor = new Tensor(handle);
        if ((dtype is { } type && type != tensor.dtype) || device is { type: not DeviceType.CPU })
        {
            tensor = tensor.to(dtype ?? tensor.dtype, device ?? CPU, disposeAfter: true);
        }

        return tensor.With(requiresGrad);
    }
}
