namespace Vae.Experiments.Config;

/// <summary>The importance-weighted bound (Burda et al. 2016, arXiv:1509.00519).</summary>
[Kind("iwae", "The importance-weighted bound (Burda et al. 2016, arXiv:1509.00519).")]
public sealed record IwaeObjectiveConfig : ObjectiveConfig
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example, K.", Min = 1, Smoke = 8)]
    public int Samples { get; init; } = 5;
}
