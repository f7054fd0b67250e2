using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>What a convolution and its transpose have in common: the kernel and where it goes.</summary>
/// <remarks>weight: [out, in / groups, kh, kw], transposed [in, out / groups, kh, kw]; bias: [out].</remarks>
public abstract class Convolution : Module<Tensor, Tensor>
{
    private protected Convolution(string name, ConvolutionOptions options, bool transposed)
        : base(name)
    {
        (in_channels, out_channels, groups) = (options.InChannels, options.OutChannels, options.Groups);
        (kernel_size, stride, dilation) = (options.Kernel, options.Stride, options.Dilation);
        (padding, padding_type, padding_mode) = (options.Padding, options.PaddingType, options.PaddingMode);
        (output_padding, this.transposed) = (options.OutputPadding, transposed);
        if (groups < 1 || in_channels % groups != 0 || out_channels % groups != 0)
        {
            throw new ArgumentException(
                $"{name}: {in_channels} input and {out_channels} output channels don't divide into {groups} groups."
            );
        }

        (long first, long second) = transposed ? (in_channels, out_channels) : (out_channels, in_channels);
        weight = Fresh(options.Device, options.DType, [first, second / groups, .. kernel_size]);
        bias = options.Bias ? Fresh(options.Device, options.DType, out_channels) : null;
        reset_parameters();
        RegisterComponents();
    }

    public Parameter weight { get; }

    public Parameter? bias { get; }

    public long in_channels { get; }

    public long out_channels { get; }

    public long groups { get; }

    public bool transposed { get; }

    public long[] kernel_size { get; }

    public long[] stride { get; }

    public long[] dilation { get; }

    public long[] output_padding { get; }

    public long[]? padding { get; }

    public Padding? padding_type { get; }

    public PaddingModes padding_mode { get; }

    public void reset_parameters() => init.FanInUniform(weight, bias);
}
