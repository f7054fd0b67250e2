using Vae.Core.Estimators;

namespace Vae.Experiments.Config;

/// <summary>log p(x) by hamiltonian annealed importance sampling.</summary>
[Kind(
    "hais",
    "log p(x) by annealed importance sampling with hamiltonian moves (Wu et al. 2017, arXiv:1611.04273): slow, and independent of how good q is."
)]
public sealed record HaisEvaluateConfig : AnnealedEvaluateConfig
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
