namespace Vae.Experiments.Config;

/// <summary>Independent Bernoullis, with the decoder's output as logits.</summary>
[Kind("bernoulli", "Independent Bernoulli pixels, with the decoder's output as logits.")]
public sealed record BernoulliConfig : LikelihoodConfig;
