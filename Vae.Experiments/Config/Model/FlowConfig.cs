namespace Vae.Experiments.Config;

/// <summary>Invertible maps of the latent space: after the normal of a posterior, or in a prior.</summary>
[Table(
    "Invertible maps that z goes through, in this order: the normal's sample in a posterior, where the objective elbo then needs `kl = \"monte-carlo\"`."
)]
public abstract record FlowConfig
{
    /// <summary>How many such flows follow each other.</summary>
    [Key("How many such flows follow each other.", Min = 1)]
    public int Layers { get; init; } = 2;

    /// <summary>Whether the flow can be inverted, as a prior needs it for its samples.</summary>
    public virtual bool HasInverse => true;

    /// <summary>Why such a flow doesn't fit so many latent dimensions; keys are those of this table.</summary>
    public virtual IEnumerable<BrokenRule> Refuse(int latent) => [];
}
