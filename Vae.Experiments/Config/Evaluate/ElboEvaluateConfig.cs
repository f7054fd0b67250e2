namespace Vae.Experiments.Config;

/// <summary>The evidence lower bound.</summary>
[Kind("elbo", "The evidence lower bound, averaged over samples of z.")]
public sealed record ElboEvaluateConfig : EvaluateConfig
{
    /// <summary>Samples of z an example.</summary>
    [Key("Samples of z for each example.", Min = 1, Smoke = 8)]
    public int Samples { get; init; } = 1;

    /// <inheritdoc/>
    public override long Count => Samples;
}
