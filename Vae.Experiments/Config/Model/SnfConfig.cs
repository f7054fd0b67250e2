namespace Vae.Experiments.Config;

/// <summary>The gated convolutional networks of the Sylvester flows.</summary>
[Kind(
    "snf",
    "For images: gated 5x5 convolutions, value times sigmoid(gate), of c, c, 2c, 2c, 2c maps with strides 1, 2, 1, 2, 1, and one of 8c over all that is left; a decoder has transposed ones in 2c, 2c, c, c, c, c maps (van den Berg et al. 2018, arXiv:1803.05649)."
)]
public sealed record SnfConfig : NetworkConfig
{
    /// <summary>Xavier weights.</summary>
    public SnfConfig() => Init = InitName.Xavier;

    /// <summary>c.</summary>
    [Key("The number c of feature maps.", Min = 1)]
    public int Channels { get; init; } = 32;

    /// <summary>The function on the value.</summary>
    [Key("The function on the value before it meets its gate; the Sylvester flows' own code has none.")]
    public ValueActivationName ValueActivation { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<BrokenRule> Misfits(IReadOnlyList<int> shape) => ImageMisfits(shape, "snf", "kind", 4);
}
