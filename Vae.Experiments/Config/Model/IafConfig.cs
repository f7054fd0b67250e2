namespace Vae.Experiments.Config;

/// <summary>Inverse autoregressive flow (Kingma et al. 2016, arXiv:1606.04934).</summary>
[Kind(
    "iaf",
    "Inverse autoregressive flow, y = σ(s + b) z + (1 − σ(s + b)) m with m and s from a MADE that also gets a context from the encoder (Kingma et al. 2016, arXiv:1606.04934, eq. 13-14)."
)]
public sealed record IafConfig : FlowConfig
{
    /// <summary>How many flows, each followed by a reversal.</summary>
    [Key(
        "How many such flows follow each other; after each, the last too, the order of the dimensions is reversed.",
        Min = 1
    )]
    public int Layers { get; init; } = 2;

    /// <summary>Widths of each MADE's hidden layers.</summary>
    [Key("Widths of the hidden layers of each MADE, first to last.", Min = 1)]
    public ConfigList<int> Hidden { get; init; } = [256, 256];

    /// <summary>The gate's bias before training.</summary>
    [Key("The gate's learned bias b before training; the larger, the nearer to the identity the flow begins.")]
    public double GateBias { get; init; } = 2.0;

    /// <inheritdoc/>
    public override bool HasInverse => false;
}
