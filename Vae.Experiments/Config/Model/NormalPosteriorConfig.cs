namespace Vae.Experiments.Config;

/// <summary>A normal with independent components, and the flows after it.</summary>
[Kind(
    "normal",
    "A normal with independent components, mean and scale from the encoder: the mean-field posterior, or what flows begin with."
)]
public sealed record NormalPosteriorConfig : PosteriorConfig
{
    /// <summary>What makes the encoder's output a positive scale.</summary>
    [Key("The function that makes the encoder's output a positive standard deviation.")]
    public ScaleName Scale { get; init; }

    /// <summary>The flows that the normal's sample goes through.</summary>
    [Key("The flows that the normal's sample goes through.")]
    public ConfigList<FlowConfig> Flows { get; init; } = [];
}
