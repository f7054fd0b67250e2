namespace Vae.Experiments.Config;

/// <summary>Frey faces: 1,965 frames of a face, 28x20 grey.</summary>
[Kind(
    "frey-faces",
    "Frey faces: 1,965 frames of a film of a face, 28 high and 20 wide, grey. There is no published split: one is drawn from `seed`, and neighbouring frames fall on both sides of it."
)]
public sealed record FreyFacesConfig : DataConfig, IRules
{
    /// <summary>What becomes of grey pixels.</summary>
    [Key(
        "What becomes of grey pixels: left grey, drawn anew at each use, cut at one half, or left grey with noise of one grey level (dequantised)."
    )]
    public BinariseName Binarise { get; init; } = BinariseName.Grey;

    /// <summary>Validation frames.</summary>
    [Key("Validation frames; 0: none.", Min = 0)]
    public int ValidSize { get; init; } = 200;

    /// <summary>Test frames.</summary>
    [Key("Test frames.", Min = 1)]
    public int TestSize { get; init; } = 200;

    /// <summary>The seed of the split.</summary>
    [Key("The seed of the split, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override bool HasValidation => ValidSize > 0;

    /// <inheritdoc/>
    public override BinariseName? Pixels => Binarise;

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if ((long)ValidSize + TestSize >= Data.FreyFaces.Count)
        {
            yield return new(
                "test_size",
                $"valid_size {ValidSize} and test_size {TestSize} leave nothing of {Data.FreyFaces.Count} frames to train on"
            );
        }
    }
}
