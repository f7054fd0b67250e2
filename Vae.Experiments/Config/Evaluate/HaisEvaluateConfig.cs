namespace Vae.Experiments.Config;

/// <summary>log p(x) by hamiltonian annealed importance sampling.</summary>
[Kind(
    "hais",
    "log p(x) by annealed importance sampling with hamiltonian moves (Wu et al. 2017, arXiv:1611.04273): slow, and independent of how good q is."
)]
public sealed record HaisEvaluateConfig : HamiltonianEvaluateConfig;
