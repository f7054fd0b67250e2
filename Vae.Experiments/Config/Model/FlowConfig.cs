namespace Vae.Experiments.Config;

/// <summary>Invertible maps after the normal of a posterior.</summary>
[Table(
    "Invertible maps that the normal's sample goes through, in this order; then the objective elbo needs `kl = \"monte-carlo\"`."
)]
public abstract record FlowConfig
{
    /// <summary>Whether its inverse can be computed, which a prior needs to be sampled.</summary>
    public virtual bool HasInverse => true;
}
