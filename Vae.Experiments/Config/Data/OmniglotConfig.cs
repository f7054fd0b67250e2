namespace Vae.Experiments.Config;

/// <summary>OMNIGLOT: handwritten characters of 50 alphabets, 28x28 grey.</summary>
[Kind(
    "omniglot",
    "OMNIGLOT: handwritten characters, 28x28 grey, in the original split: 19,280 of 30 alphabets for training and validation, 13,180 of 20 others for test; labelled by alphabet. Not Burda's chardata.mat: don't compare with it."
)]
public sealed record OmniglotConfig : DataConfig
{
    /// <summary>What becomes of grey pixels.</summary>
    [Key(
        "What becomes of grey pixels: drawn anew at each use, cut at one half, left grey, or left grey with noise of one grey level (dequantised)."
    )]
    public BinariseName Binarise { get; init; }

    /// <summary>Examples held out of training.</summary>
    [Key("How many of the 19,280 training images are for validation; 0: none.", Min = 0, Max = 19279)]
    public int ValidSize { get; init; } = 1280;

    /// <summary>The seed of the split.</summary>
    [Key("The seed that chooses the validation images, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override bool HasValidation => ValidSize > 0;

    /// <inheritdoc/>
    public override BinariseName? Pixels => Binarise;
}
