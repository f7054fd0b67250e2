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

    /// <summary>A constant added before that function.</summary>
    [Key("A constant added to the encoder's output before that function.")]
    public double ScaleOffset { get; init; }

    /// <summary>Width of the context.</summary>
    [Key("Width of the context that the encoder gives to the flows that take one.", Min = 1, Absent = "as wide as z")]
    public int? Context { get; init; }

    /// <summary>The flows that the normal's sample goes through.</summary>
    [Key("The flows that the normal's sample goes through.")]
    public ConfigList<FlowConfig> Flows { get; init; } = [];
}
