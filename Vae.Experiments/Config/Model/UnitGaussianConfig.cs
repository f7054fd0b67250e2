namespace Vae.Experiments.Config;

/// <summary>Independent normals of variance one, with the decoder's output as means.</summary>
[Kind("unit-gaussian", "Independent normals of variance one, with the decoder's output as means.")]
public sealed record UnitGaussianConfig : LikelihoodConfig;
