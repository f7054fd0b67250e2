using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>Cross-correlation over images. x: [N, in, H, W] → y: [N, out, H', W'], H' = ⌊(H + 2p − d(k − 1) − 1) / s⌋ + 1.</summary>
public sealed class Conv2d : Convolution
{
    internal Conv2d(ConvolutionOptions options)
        : base(nameof(Conv2d), options, transposed: false) { }

    public override Tensor forward(Tensor input)
    {
        if (padding_mode != PaddingModes.Zeros)
        {
            using Tensor padded = functional.pad(input, Around(), padding_mode);
            return functional.conv2d(padded, weight, bias, stride, [0, 0], dilation, groups);
        }

        return padding_type is { } type
            ? functional.conv2d_padding(input, weight, bias, stride, type, dilation, groups)
            : functional.conv2d(input, weight, bias, stride, padding, dilation, groups);
    }

    // What to add left, right, above and below; "same" puts the odd one right and below.
    private long[] Around()
    {
        long Total(int axis) =>
            padding_type switch
            {
                Padding.Same => dilation[axis] * (kernel_size[axis] - 1),
                Padding.Valid => 0,
                _ => 2 * padding![axis],
            };
        (long high, long wide) = (Total(0), Total(1));
        return [wide / 2, wide - (wide / 2), high / 2, high - (high / 2)];
    }
}
