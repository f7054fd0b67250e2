namespace Vae.Experiments.Config;

/// <summary>Importance-sampled log p(x).</summary>
[Kind("importance", "log p(x) by importance sampling from the posterior (Burda et al. 2016, arXiv:1509.00519, eq. 8).")]
public sealed record ImportanceEvaluateConfig : EvaluateConfig
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example, K.", Min = 1, Smoke = 8)]
    public int Samples { get; init; } = 1000;

    /// <inheritdoc/>
    public override long Count => Samples;
}
