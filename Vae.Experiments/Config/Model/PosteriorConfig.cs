namespace Vae.Experiments.Config;

/// <summary>The approximate posterior q(z|x).</summary>
[Table("The approximate posterior q(z|x).")]
public abstract record PosteriorConfig;
