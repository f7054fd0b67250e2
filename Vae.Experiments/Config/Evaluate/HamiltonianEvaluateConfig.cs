using Vae.Core.Estimators;

namespace Vae.Experiments.Config;

/// <summary>What the estimates by hamiltonian chains have in common.</summary>
public abstract record HamiltonianEvaluateConfig : AnnealedEvaluateConfig
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
