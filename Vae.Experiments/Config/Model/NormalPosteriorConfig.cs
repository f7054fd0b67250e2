namespace Vae.Experiments.Config;

/// <summary>The mean-field posterior: a normal with independent components.</summary>
[Kind("normal", "The mean-field posterior: a normal with independent components, mean and scale from the encoder.")]
public sealed record NormalPosteriorConfig : PosteriorConfig
{
    /// <summary>What makes the encoder's output a positive scale.</summary>
    [Key("The function that makes the encoder's output a positive standard deviation.")]
    public ScaleName Scale { get; init; }
}
