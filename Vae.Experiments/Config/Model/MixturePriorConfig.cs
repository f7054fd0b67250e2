namespace Vae.Experiments.Config;

/// <summary>A learned mixture of normals.</summary>
[Kind(
    "mixture",
    "A mixture of normals with learned weights, means and scales; the objective elbo needs `kl = \"monte-carlo\"`."
)]
public sealed record MixturePriorConfig : PriorConfig
{
    /// <summary>Normals in the mixture.</summary>
    [Key("Normals in the mixture.", Min = 1)]
    public int Components { get; init; } = 10;
}
