namespace Vae.Experiments.Config;

/// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).</summary>
[Kind("adamw", "Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101).")]
public sealed record AdamwConfig : OptimizerConfig
{
    /// <summary>Decay of the gradients' running mean.</summary>
    [Key("Decay of the gradients' running mean.", Min = 0, Below = 1)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the running second moment.</summary>
    [Key("Decay of the gradients' running second moment.", Min = 0, Below = 1)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Added to the denominator.</summary>
    [Key("Added to the denominator.", Above = 0)]
    public double Eps { get; init; } = 1e-8;

    /// <summary>Weight decay, decoupled from the gradient.</summary>
    [Key("Weight decay, decoupled from the gradient.", Min = 0)]
    public double WeightDecay { get; init; } = 0.01;
}
