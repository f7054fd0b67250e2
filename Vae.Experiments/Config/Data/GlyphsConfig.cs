namespace Vae.Experiments.Config;

/// <summary>Digits that the program draws by itself; needs no download.</summary>
[Kind("glyphs", "Digits, 28x28 grey, that the program draws by itself; needs no download.")]
public sealed record GlyphsConfig : DataConfig
{
    /// <summary>What becomes of grey pixels.</summary>
    [Key(
        "What becomes of grey pixels: drawn anew at each use, cut at one half, left grey, or left grey with noise of one grey level (dequantised)."
    )]
    public BinariseName Binarise { get; init; }

    /// <summary>Training images.</summary>
    [Key("Training images.", Min = 1)]
    public int TrainSize { get; init; } = 20000;

    /// <summary>Validation images.</summary>
    [Key("Validation images; 0: none.", Min = 0)]
    public int ValidSize { get; init; } = 2000;

    /// <summary>Test images.</summary>
    [Key("Test images.", Min = 1)]
    public int TestSize { get; init; } = 2000;

    /// <summary>The seed of the drawings.</summary>
    [Key("The seed of the drawings, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override bool HasValidation => ValidSize > 0;

    /// <inheritdoc/>
    public override BinariseName? Pixels => Binarise;
}
