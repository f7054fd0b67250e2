namespace Vae.Experiments.Config;

/// <summary>The likelihood p(x|z).</summary>
[Table("The likelihood p(x|z).")]
public abstract record LikelihoodConfig;
