namespace Vae.Experiments.Config;

/// <summary>Plain strided convolutions.</summary>
[Kind(
    "conv",
    "For images: strided convolutions, each followed by the activation, then a linear map. A decoder is the mirror image: a linear map, then transposed convolutions."
)]
public sealed record ConvConfig : NetworkConfig, IRules
{
    /// <summary>Feature maps.</summary>
    [Key(
        "Feature maps of each convolution of an encoder, first to last; a decoder has them the other way round.",
        Min = 1
    )]
    public ConfigList<int> Channels { get; init; } = [32, 64];

    /// <summary>Sizes of the kernels.</summary>
    [Key(
        "The size of each convolution's square kernel, an odd number; the image is padded with zeros by half of it.",
        Min = 1
    )]
    public ConfigList<int> Kernel { get; init; } = [3, 3];

    /// <summary>Strides.</summary>
    [Key("The stride of each convolution; their product must divide the images' height and width.", Min = 1)]
    public ConfigList<int> Strides { get; init; } = [2, 2];

    /// <summary>The nonlinearity.</summary>
    [Key("The function after each convolution.")]
    public ActivationName Activation { get; init; }

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Channels.Count == 0)
        {
            yield return new("channels", "at least one convolution is needed; for none use kind = \"mlp\"");
        }

        if (Kernel.Count != Channels.Count)
        {
            yield return new(
                "kernel",
                $"{Kernel.Count} kernels for the {Channels.Count} convolutions that channels lists"
            );
        }

        if (Strides.Count != Channels.Count)
        {
            yield return new(
                "strides",
                $"{Strides.Count} strides for the {Channels.Count} convolutions that channels lists"
            );
        }

        if (Kernel.FirstOrDefault(k => k % 2 == 0) is var even and not 0)
        {
            yield return new("kernel", $"kernels have odd sizes, so that padding keeps the image's size; found {even}");
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Misfits(IReadOnlyList<int> shape) =>
        ImageMisfits(shape, "conv", "strides", Strides.Aggregate(1L, (product, stride) => product * stride));
}
