using Vae.Core.Networks;

namespace Vae.Export.Graphs;

public sealed partial class OnnxGraph
{
    /// <inheritdoc/>
    public OnnxValue Linear(OnnxValue x, Parameter weight, Parameter? bias) => Linear(x, Weight(weight), bias);

    /// <inheritdoc/>
    public OnnxValue Linear(OnnxValue x, Kernel kernel, Parameter? bias) => Linear(x, Weight(kernel), bias);

    /// <summary>x W₁ᵀ + more W₂ᵀ + b: what is known of it, such as every class's label, is known at once.</summary>
    public OnnxValue Linear(OnnxValue x, OnnxValue more, Kernel kernel, Parameter? bias)
    {
        ArgumentNullException.ThrowIfNull(x);
        OnnxValue whole = Weight(kernel);
        long split = x.Shape[^1];
        return Add(Linear(x, Part(0, split), null), Linear(more, Part(split, whole.Shape[1] - split), bias));

        OnnxValue Part(long start, long length) =>
            Named($"{whole.Name}[:, {start}:{start + length}]", () => whole.Known!.narrow(1, start, length));
    }

    /// <summary>x Wᵀ + b with the weight as the mask leaves it.</summary>
    public OnnxValue MaskedLinear(
        OnnxValue x,
        Parameter weight,
        Tensor mask,
        Parameter? bias,
        IReadOnlyList<Panel> panels
    ) => Linear(x, Named(KeyOf(weight), () => weight * mask), bias);

    /// <inheritdoc/>
    public OnnxValue MatMul(OnnxValue a, OnnxValue b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        long[] leading = Broadcast([.. a.Shape.SkipLast(2)], [.. b.Shape.SkipLast(2)]);
        return Knows(a, b)
            ? Known(eager.MatMul(a.Known!, b.Known!))
            : Node("MatMul", [.. leading, a.Shape[^2], b.Shape[^1]], [a, b]);
    }

    /// <inheritdoc/>
    public OnnxValue Conv2d(OnnxValue image, Kernel kernel, Parameter? bias, long stride, long padding)
    {
        if (image.Known is { } known)
        {
            return Known(eager.Conv2d(known, kernel, bias, stride, padding));
        }

        OnnxValue weight = Weight(kernel); // [O, C, k, k']
        long[] shape = [image.Shape[0], weight.Shape[0], Size(2), Size(3)];
        return Node("Conv", shape, WithBias(image, weight, bias), Strides(stride), Pads(padding));

        long Size(int axis) => (image.Shape[axis] + 2 * padding - weight.Shape[axis]) / stride + 1;
    }

    /// <inheritdoc/>
    public OnnxValue ConvTranspose2d(
        OnnxValue image,
        Kernel kernel,
        Parameter? bias,
        long stride,
        long padding,
        long extra
    )
    {
        if (image.Known is { } known)
        {
            return Known(eager.ConvTranspose2d(known, kernel, bias, stride, padding, extra));
        }

        OnnxValue weight = Weight(kernel); // [C, O, k, k']
        long[] shape = [image.Shape[0], weight.Shape[1], Size(2), Size(3)];
        return Node(
            "ConvTranspose",
            shape,
            WithBias(image, weight, bias),
            Strides(stride),
            Pads(padding),
            ("output_padding", new[] { extra, extra })
        );

        long Size(int axis) => (image.Shape[axis] - 1) * stride - 2 * padding + weight.Shape[axis] + extra;
    }

    /// <inheritdoc/>
    public OnnxValue Subsample(OnnxValue image, long stride) =>
        image.Known is { } known
            ? Known(eager.Subsample(known, stride))
            : Node(
                "Slice",
                [.. image.Shape.Take(2), .. image.Shape.Skip(2).Select(size => (size + stride - 1) / stride)],
                [
                    image,
                    Integers(0, 0),
                    Integers(long.MaxValue, long.MaxValue),
                    Integers(2, 3),
                    Integers(stride, stride),
                ]
            );

    /// <inheritdoc/>
    public OnnxValue Upsample(OnnxValue image, long factor)
    {
        if (image.Known is { } known)
        {
            return Known(eager.Upsample(known, factor));
        }

        // Each pixel [1, 1] spread over [s, s].
        var (channels, height, width) = (image.Shape[1], image.Shape[2], image.Shape[3]);
        OnnxValue pixels = Reshape(image, [OnnxValue.Batch, channels, height, 1, width, 1]);
        OnnxValue spread = Expand(pixels, [OnnxValue.Batch, channels, height, factor, width, factor]);
        return Reshape(spread, [OnnxValue.Batch, channels, height * factor, width * factor]);
    }

    private OnnxValue Linear(OnnxValue x, OnnxValue weight, Parameter? bias)
    {
        if (x.Known is { } known)
        {
            return Known(nn.functional.linear(known, weight.Known!, bias));
        }

        long[] shape = [.. x.Shape.SkipLast(1), weight.Shape[0]];
        if (x.Shape.Count == 2)
        {
            return Node("Gemm", shape, WithBias(x, weight, bias), ("transB", 1L));
        }

        OnnxValue transposed = Named($"{weight.Name}ᵀ", () => weight.Known!.t());
        OnnxValue product = Node("MatMul", shape, [x, transposed]);
        return bias is null ? product : AddBias(product, bias);
    }

    // Weight norm is folded into the weight.
    private OnnxValue Weight(Kernel kernel) => Named(KeyOf(kernel.Weight), kernel.Value);

    private OnnxValue[] WithBias(OnnxValue x, OnnxValue weight, Parameter? bias) =>
        bias is null ? [x, weight] : [x, weight, Weight(bias)];

    private static (string, object) Strides(long stride) => ("strides", new[] { stride, stride });

    private static (string, object) Pads(long padding) => ("pads", new[] { padding, padding, padding, padding });
}
