using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>A transposed convolution, whose output can have several sizes; <c>output_size</c> chooses one.</summary>
public abstract class ConvolutionTranspose : Convolution
{
    private protected ConvolutionTranspose(string name, ConvolutionOptions options)
        : base(name, options, transposed: true)
    {
        if (padding_mode != PaddingModes.Zeros)
        {
            throw new ArgumentException($"{name} pads with zeros only, not with {padding_mode}.");
        }
    }

    public override Tensor forward(Tensor input) => forward(input, null);

    public abstract Tensor forward(Tensor input, long[]? output_size);
}
