namespace Vae.Experiments.Config;

/// <summary>MNIST: handwritten digits, 28x28 grey, 60,000 for training and validation, 10,000 for test.</summary>
[Kind("mnist", "MNIST: handwritten digits, 28x28 grey, 60,000 for training and validation, 10,000 for test.")]
public sealed record MnistConfig : DataConfig
{
    /// <summary>What becomes of grey pixels.</summary>
    [Key(
        "What becomes of grey pixels: drawn anew at each use, cut at one half, left grey, or left grey with noise of one grey level (dequantised)."
    )]
    public BinariseName Binarise { get; init; }

    /// <summary>Examples held out of training.</summary>
    [Key("How many of the 60,000 training images, the last ones, are for validation; 0: none.", Min = 0, Max = 59999)]
    public int ValidSize { get; init; } = 10000;

    /// <inheritdoc/>
    public override bool HasValidation => ValidSize > 0;

    /// <inheritdoc/>
    public override BinariseName? Pixels => Binarise;
}
