using Vae.Core.Networks;

namespace Vae.Core.Graphs;

/// <content>Images are [C, H, W]: the axis of the batch isn't there. A convolution takes 2 · k · k′ · C · O operations per place.</content>
public sealed partial class DescribingGraph
{
    /// <inheritdoc/>
    public Described ToImage(Described x, ImageShape shape) =>
        x.Shape[^1] == shape.Size
            ? new Described([shape.Channels, shape.Height, shape.Width])
            : throw new ArgumentException($"{x.Shape[^1]} numbers are no image of {shape}.");

    /// <inheritdoc/>
    public Described FromImage(Described image, Described like) => Described.Vector(image.Elements);

    /// <inheritdoc/>
    public Described Linear(Described x, Kernel kernel, Parameter? bias)
    {
        Described output = Linear("Linear", x, kernel.Weight, bias);
        CountGain(kernel);
        return output;
    }

    /// <inheritdoc/>
    public Described Conv2d(Described image, Kernel kernel, Parameter? bias, long stride, long padding)
    {
        long[] weight = kernel.Weight.shape; // [O, C, k, k']
        var output = new Described([weight[0], Size(1), Size(2)]);
        return Convolution("Conv2d", image, kernel, bias, output, places: Size(1) * Size(2));

        long Size(int axis) => (image.Shape[axis] + 2 * padding - weight[axis + 1]) / stride + 1;
    }

    /// <inheritdoc/>
    public Described ConvTranspose2d(
        Described image,
        Kernel kernel,
        Parameter? bias,
        long stride,
        long padding,
        long extra
    )
    {
        long[] weight = kernel.Weight.shape; // [C, O, k, k']
        var output = new Described([weight[1], Size(1), Size(2)]);
        return Convolution("ConvTranspose2d", image, kernel, bias, output, places: image.Shape[1] * image.Shape[2]);

        long Size(int axis) => (image.Shape[axis] - 1) * stride - 2 * padding + weight[axis + 1] + extra;
    }

    /// <inheritdoc/>
    public Described Subsample(Described image, long stride) =>
        new([image.Shape[0], (image.Shape[1] + stride - 1) / stride, (image.Shape[2] + stride - 1) / stride]);

    /// <inheritdoc/>
    public Described Upsample(Described image, long factor) =>
        new([image.Shape[0], image.Shape[1] * factor, image.Shape[2] * factor]);

    /// <summary>Mean, deviation from it, its square, their mean; divided, scaled, shifted: 7 operations a number.</summary>
    public Described LayerNorm(Described x, LayerNormalisation norm)
    {
        long found = norm.Images ? x.Shape[0] : x.Shape[^1];
        if (found != norm.Size)
        {
            throw new ArgumentException($"{NameOf(norm.Scale)} normalises {norm.Size} and got {found}.");
        }

        operations.Add(new DescribedOperation(NameOf(norm.Scale), "LayerNorm", x, 2 * norm.Size, 7 * x.Elements));
        return x;
    }

    /// <inheritdoc/>
    public Described AddScaled(Described a, Described b, double scale) => Pointwise("AddScaled", Broadcast(a, b), 2);

    private Described Convolution(
        string operation,
        Described image,
        Kernel kernel,
        Parameter? bias,
        Described output,
        long places
    )
    {
        long channels = kernel.Weight.shape[1 - kernel.Axis];
        if (image.Shape.Count != 3 || image.Shape[0] != channels)
        {
            throw new ArgumentException($"{NameOf(kernel.Weight)} takes {channels} channels and got {image}.");
        }

        long flops = 2 * kernel.Weight.numel() * places + (bias is null ? 0 : output.Elements);
        long parameters = kernel.Weight.numel() + (bias?.numel() ?? 0);
        operations.Add(new DescribedOperation(NameOf(kernel.Weight), operation, output, parameters, flops));
        CountGain(kernel);
        return output;
    }

    // g · v / ‖v‖ is made once for a whole batch, so it costs an image nothing.
    private void CountGain(Kernel kernel)
    {
        if (kernel.Gain is { } gain)
        {
            var shape = new Described(kernel.Weight.shape);
            operations.Add(new DescribedOperation(NameOf(gain), "WeightNorm", shape, gain.numel(), 0));
        }
    }
}
