namespace Vae.Experiments.Config;

/// <summary>The standard normal prior.</summary>
[Kind("normal", "The standard normal N(0, I).")]
public sealed record NormalPriorConfig : PriorConfig
{
    /// <inheritdoc/>
    public override bool HasNormalKl => true;
}
