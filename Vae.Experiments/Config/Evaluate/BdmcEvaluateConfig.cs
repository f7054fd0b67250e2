namespace Vae.Experiments.Config;

/// <summary>Bidirectional Monte Carlo.</summary>
[Kind(
    "bdmc",
    "Bidirectional Monte Carlo (Grosse et al. 2015, arXiv:1511.02543): hamiltonian chains both ways on data drawn from the model itself, as many as max_examples. log_px and lower are a lower bound, upper an upper one; their gap says how far hais with the same settings may be off."
)]
public sealed record BdmcEvaluateConfig : HamiltonianEvaluateConfig;
