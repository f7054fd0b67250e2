using Vae.Core.Estimators;

namespace Vae.Experiments.Config;

/// <summary>log p(x) by annealed importance sampling with plain Metropolis moves.</summary>
[Kind(
    "ais",
    "log p(x) by annealed importance sampling with normal proposals (Neal 2001, arXiv:physics/9803008): needs no gradients, but many more temperatures than hais in high dimensions."
)]
public sealed record AisEvaluateConfig : AnnealedEvaluateConfig
{
    /// <summary>Proposals.</summary>
    [Key("Proposals of a move, one after the other.", Min = 1, Smoke = 2)]
    public int Proposals { get; init; } = 10;

    /// <summary>Target acceptance.</summary>
    [Key("The acceptance at which the pilot aims.", Above = 0, Below = 1)]
    public double Target { get; init; } = 0.3;

    /// <inheritdoc/>
    protected override (AnnealingKernel Kernel, int Steps, double Target) Moves =>
        (AnnealingKernel.Metropolis, Proposals, Target);
}
