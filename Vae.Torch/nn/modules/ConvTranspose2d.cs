using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>The gradient of <see cref="Conv2d"/> as a layer. x: [N, in, H, W] → y: [N, out, H', W'], H' = (H − 1)s − 2p + d(k − 1) + o + 1.</summary>
public sealed class ConvTranspose2d : ConvolutionTranspose
{
    internal ConvTranspose2d(ConvolutionOptions options)
        : base(nameof(ConvTranspose2d), options) { }

    public override Tensor forward(Tensor input, long[]? output_size) =>
        functional.conv_transpose2d(
            input,
            weight,
            bias,
            stride,
            padding,
            output_size is null ? output_padding : ExtraFor(input, output_size),
            dilation,
            groups
        );

    // The last two sizes count; each lies in [smallest, smallest + stride).
    private long[] ExtraFor(Tensor input, long[] wanted)
    {
        var extra = new long[2];
        for (int axis = 0; axis < 2; axis++)
        {
            long size = input.shape[^(2 - axis)];
            long smallest =
                ((size - 1) * stride[axis]) - (2 * padding![axis]) + (dilation[axis] * (kernel_size[axis] - 1)) + 1;
            extra[axis] = wanted[^(2 - axis)] - smallest;
            if (extra[axis] < 0 || extra[axis] >= stride[axis])
            {
                throw new ArgumentException(
                    $"{nameof(ConvTranspose2d)} can't make the size {wanted[^(2 - axis)]} of {size}; "
                        + $"it can make {smallest} to {smallest + stride[axis] - 1}."
                );
            }
        }

        return extra;
    }
}
