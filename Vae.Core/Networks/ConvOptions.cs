namespace Vae.Core.Networks;

/// <summary>The convolutions of a plain convolutional encoder, first to last; a decoder has their mirror image.</summary>
/// <param name="Channels">Feature maps of each.</param>
/// <param name="Kernels">Sizes of the square kernels, odd.</param>
/// <param name="Strides">Strides.</param>
/// <param name="Activation">The nonlinearity.</param>
public sealed record ConvOptions(
    IReadOnlyList<int> Channels,
    IReadOnlyList<int> Kernels,
    IReadOnlyList<int> Strides,
    Activation Activation = Activation.Relu
)
{
    /// <summary>By how much the sides shrink in all.</summary>
    public long Stride => Strides.Aggregate(1L, (product, stride) => product * stride);

    /// <summary>The shape of the last image that the encoder makes of one, with which the decoder begins.</summary>
    public ImageShape Last(ImageShape shape) => shape.Shrunk(Stride) with { Channels = Channels[^1] };

    /// <summary>Refuses what fits no network.</summary>
    internal ConvOptions Checked() =>
        Channels.Count > 0
        && Channels.Count == Kernels.Count
        && Channels.Count == Strides.Count
        && Kernels.All(k => k % 2 == 1)
            ? this
            : throw new ArgumentException(
                "Channels, kernels and strides are lists of the same length, at least 1, and kernels are odd."
            );
}
