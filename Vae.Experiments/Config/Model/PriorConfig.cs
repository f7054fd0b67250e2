namespace Vae.Experiments.Config;

/// <summary>The prior p(z).</summary>
[Table("The prior p(z).")]
public abstract record PriorConfig
{
    /// <summary>Whether the KL of a normal to it has a formula.</summary>
    public virtual bool HasNormalKl => false;
}
