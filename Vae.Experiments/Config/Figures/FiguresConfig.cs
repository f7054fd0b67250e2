namespace Vae.Experiments.Config;

/// <summary>The pictures of a run.</summary>
[Table("The pictures of a run.")]
public sealed record FiguresConfig
{
    /// <summary>Digits in samples.png.</summary>
    [Key("Images in samples.png; 0: no such picture.", Min = 0)]
    public int Samples { get; init; } = 64;

    /// <summary>Pairs in reconstructions.png.</summary>
    [Key("Images in reconstructions.png; 0: no such picture.", Min = 0)]
    public int Reconstructions { get; init; } = 32;
}
