namespace Vae.Experiments.Config;

/// <summary>The importance-weighted bound with the doubly reparametrised gradient (Tucker et al. 2019, arXiv:1810.04152).</summary>
[Kind(
    "dreg",
    "The importance-weighted bound with the doubly reparametrised gradient, which is less noisy (Tucker et al. 2019, arXiv:1810.04152); for posteriors without flows."
)]
public sealed record DregObjectiveConfig : ObjectiveConfig
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example, K.", Min = 1, Smoke = 8)]
    public int Samples { get; init; } = 5;
}
