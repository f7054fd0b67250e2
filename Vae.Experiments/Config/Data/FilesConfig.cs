using Vae.Experiments.Data;

namespace Vae.Experiments.Config;

/// <summary>The user's own examples.</summary>
[Kind(
    "files",
    "Your own examples: for each split an IDX file, a NumPy file (either may be gzipped), a folder of PNG pictures, or a folder of NumPy files that are a sequence [T, D] each, of any length T (folders in a folder are classes). [N, H, W] are grey pictures, [N, H, W, 3] or [N, 3, H, W] colour ones, [N, D] vectors; bytes are pixels, floating-point numbers are taken as they are."
)]
public sealed record FilesConfig : DataConfig, IRules
{
    /// <summary>Training examples.</summary>
    [Key("The training examples. Paths are from the current folder.", Pattern = ".+", PatternDoc = "a path")]
    public required string Train { get; init; }

    /// <summary>Validation examples.</summary>
    [Key(
        "The validation examples.",
        Absent = "`valid_size` of the training examples",
        Pattern = ".+",
        PatternDoc = "a path"
    )]
    public string? Valid { get; init; }

    /// <summary>Test examples.</summary>
    [Key("The test examples.", Absent = "`test_size` of the training examples", Pattern = ".+", PatternDoc = "a path")]
    public string? Test { get; init; }

    /// <summary>Training labels.</summary>
    [Key(
        "An IDX or NumPy file of whole numbers from 0 to 255, a label for each training example; -1 where it is not known.",
        Absent = "no labels",
        Pattern = ".+",
        PatternDoc = "a path"
    )]
    public string? TrainLabels { get; init; }

    /// <summary>Validation labels.</summary>
    [Key("The same for `valid`.", Absent = "no labels", Pattern = ".+", PatternDoc = "a path")]
    public string? ValidLabels { get; init; }

    /// <summary>Test labels.</summary>
    [Key("The same for `test`.", Absent = "no labels", Pattern = ".+", PatternDoc = "a path")]
    public string? TestLabels { get; init; }

    /// <summary>Examples held out for validation.</summary>
    [Key("How many of the training examples are for validation, drawn by `seed`; 0: none.", Min = 0)]
    public int ValidSize { get; init; }

    /// <summary>Examples held out for test.</summary>
    [Key("How many of the training examples are for test, drawn by `seed`; 0: none.", Min = 0)]
    public int TestSize { get; init; }

    /// <summary>What becomes of grey pixels.</summary>
    [Key(
        "What becomes of pixels: drawn anew at each use, cut at one half, left grey (or coloured), or that with noise of one grey level (dequantised)."
    )]
    public BinariseName Binarise { get; init; }

    /// <summary>The seed of the split.</summary>
    [Key("The seed of the split, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int Seed { get; init; }

    /// <inheritdoc/>
    public override bool HasValidation => Valid is not null || ValidSize > 0;

    /// <inheritdoc/>
    public override BinariseName? Pixels => Binarise;

    /// <inheritdoc/>
    public override bool IsBinary => base.IsBinary && UserFiles.ArePixels(Train);

    /// <summary>The files or folders of examples, those for training first.</summary>
    public IReadOnlyList<string> Examples => [Train, .. new[] { Valid, Test }.OfType<string>()];

    /// <summary>The same with full paths, so that it can be read from any folder.</summary>
    public FilesConfig WithFullPaths()
    {
        static string? Full(string? path) => path is null ? null : Path.GetFullPath(path);
        return this with
        {
            Train = Path.GetFullPath(Train),
            Valid = Full(Valid),
            Test = Full(Test),
            TrainLabels = Full(TrainLabels),
            ValidLabels = Full(ValidLabels),
            TestLabels = Full(TestLabels),
        };
    }

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Test is null == (TestSize == 0))
        {
            yield return new(
                Test is null ? "" : "test_size",
                "[data] kind \"files\" needs exactly one of 'test' (a file or folder) and 'test_size' (how many of the training examples)"
            );
        }

        if (Valid is not null && ValidSize > 0)
        {
            yield return new(
                "valid_size",
                "both 'valid' and 'valid_size' are given: at most one says what validation is made on"
            );
        }

        if ((ValidLabels is not null && Valid is null) || (TestLabels is not null && Test is null))
        {
            yield return new(
                ValidLabels is not null && Valid is null ? "valid_labels" : "test_labels",
                "labels without examples: what is cut from the training examples has their labels"
            );
        }
    }
}
