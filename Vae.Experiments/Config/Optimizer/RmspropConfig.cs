namespace Vae.Experiments.Config;

/// <summary>RMSProp (Hinton 2012, lecture 6e), centred if asked (Graves 2013, arXiv:1308.0850, eq. 38–45).</summary>
[Kind("rmsprop", "RMSProp (Hinton 2012, lecture 6e), centred if asked (Graves 2013, arXiv:1308.0850, eq. 38-45).")]
public sealed record RmspropConfig : OptimizerConfig
{
    /// <summary>Decay of the running second moment.</summary>
    [Key("Decay of the gradients' running second moment.", Min = 0, Below = 1)]
    public double Alpha { get; init; } = 0.99;

    /// <summary>Added to the denominator.</summary>
    [Key("Added to the denominator.", Above = 0)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Momentum of the steps.</summary>
    [Key("Momentum of the steps.", Min = 0, Below = 1)]
    public double Momentum { get; init; }

    /// <summary>Whether the second moment is taken about the running mean.</summary>
    [Key("Whether to divide by the running variance instead of the running second moment.")]
    public bool Centered { get; init; }

    /// <summary>Weight decay, added to the gradient.</summary>
    [Key("Weight decay, added to the gradient.", Min = 0)]
    public double WeightDecay { get; init; }
}
