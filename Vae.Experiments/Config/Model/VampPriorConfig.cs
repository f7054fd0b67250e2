namespace Vae.Experiments.Config;

/// <summary>VampPrior (Tomczak and Welling 2018, arXiv:1705.07120).</summary>
[Kind(
    "vamp",
    "VampPrior: the mixture, in equal parts, of the encoder's normals at learned pseudo-inputs; the objective elbo needs `kl = \"monte-carlo\"`, and the posterior no flows (Tomczak and Welling 2018, arXiv:1705.07120)."
)]
public sealed record VampPriorConfig : PriorConfig
{
    /// <summary>Pseudo-inputs.</summary>
    [Key("Pseudo-inputs, each a component of the mixture.", Min = 1)]
    public int Components { get; init; } = 500;

    /// <summary>Mean of the first pseudo-inputs.</summary>
    [Key("Mean of the pseudo-inputs' values before training; the published code takes 0.05 for MNIST, 0.5 for faces.")]
    public double Mean { get; init; } = 0.05;

    /// <summary>Standard deviation of the first pseudo-inputs.</summary>
    [Key("Standard deviation of the pseudo-inputs' values before training.", Above = 0)]
    public double Deviation { get; init; } = 0.01;

    /// <summary>Whether pseudo-inputs stay in [0, 1].</summary>
    [Key("Whether pseudo-inputs are cut to [0, 1], where pixels lie; real-valued data takes false.")]
    public bool Unit { get; init; } = true;
}
