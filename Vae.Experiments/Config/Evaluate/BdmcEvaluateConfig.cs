using Vae.Core.Estimators;

namespace Vae.Experiments.Config;

/// <summary>Bidirectional Monte Carlo.</summary>
[Kind(
    "bdmc",
    "Bidirectional Monte Carlo (Grosse et al. 2015, arXiv:1511.02543): hamiltonian chains both ways on data drawn from the model itself, as many as max_examples. log_px and lower are a lower bound, upper an upper one; their gap says how far hais with the same settings may be off."
)]
public sealed record BdmcEvaluateConfig : AnnealedEvaluateConfig
{
    /// <summary>Leapfrog steps.</summary>
    [Key("Leapfrog steps of a move.", Min = 1, Smoke = 2)]
    public int Leapfrog { get; init; } = 10;

    /// <summary>Target acceptance.</summary>
    [Key("The acceptance at which the pilot aims.", Above = 0, Below = 1)]
    public double Target { get; init; } = 0.65;

    /// <inheritdoc/>
    protected override (AnnealingKernel Kernel, int Steps, double Target) Moves =>
        (AnnealingKernel.Hamiltonian, Leapfrog, Target);
}
