namespace Vae.Experiments.Config;

/// <summary>The prior p(z).</summary>
[Table("The prior p(z).")]
public abstract record PriorConfig;
