namespace Vae.Experiments.Config;

/// <summary>Adam with the infinity norm (Kingma and Ba 2015, arXiv:1412.6980, section 7.1).</summary>
[Kind("adamax", "Adam with the infinity norm (Kingma and Ba 2015, arXiv:1412.6980, section 7.1).")]
public sealed record AdamaxConfig : OptimizerConfig
{
    /// <summary>Decay of the gradients' running mean.</summary>
    [Key("Decay of the gradients' running mean.", Min = 0, Below = 1)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running infinity norm.</summary>
    [Key("Decay of the gradients' running infinity norm.", Min = 0, Below = 1)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator.</summary>
    [Key("Added to the denominator.", Above = 0)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Weight decay, added to the gradient.</summary>
    [Key("Weight decay, added to the gradient.", Min = 0)]
    public double WeightDecay { get; init; } = 0.0;
}
