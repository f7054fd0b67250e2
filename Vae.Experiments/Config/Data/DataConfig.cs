namespace Vae.Experiments.Config;

/// <summary>A data set and how it is cut into batches.</summary>
[Table("The data set, its splits and its batches.")]
public abstract record DataConfig
{
    /// <summary>Examples a batch.</summary>
    [Key("Examples in a batch.", Min = 1, Smoke = 16)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Whether each epoch has an order of its own.</summary>
    [Key("Whether every epoch takes the training examples in a new order.")]
    public bool Shuffle { get; init; } = true;

    /// <summary>Cap on training examples.</summary>
    [Key("Use only the first so many training examples.", Min = 1, Absent = "all", Smoke = 64)]
    public int? MaxTrain { get; init; }

    /// <summary>Cap on validation examples.</summary>
    [Key("Use only the first so many validation examples.", Min = 1, Absent = "all", Smoke = 64)]
    public int? MaxValid { get; init; }

    /// <summary>Cap on test examples.</summary>
    [Key("Use only the first so many test examples.", Min = 1, Absent = "all", Smoke = 64)]
    public int? MaxTest { get; init; }

    /// <summary>How many training examples have a label.</summary>
    [Key(
        "How many training examples keep their label, as many of each class as can be (semi-supervised, arXiv:1406.5298); 0: none. Validation and test examples keep theirs.",
        Min = 0,
        Absent = "all"
    )]
    public int? Labelled { get; init; }

    /// <summary>The seed of that choice.</summary>
    [Key("The seed that chooses whose label is kept, apart from the run's.", Min = 0, Max = int.MaxValue)]
    public int LabelledSeed { get; init; }

    /// <summary>Whether there is a validation split.</summary>
    public virtual bool HasValidation => true;

    /// <summary>What becomes of pixels, where there is a choice.</summary>
    public virtual BinariseName? Pixels => null;

    /// <summary>Whether pixels stay grey, with noise or without.</summary>
    public bool IsGrey => Pixels is BinariseName.Grey or BinariseName.Dequantise;

    /// <summary>Whether pixels are 0 or 1.</summary>
    public virtual bool IsBinary => !IsGrey && !IsReal;

    /// <summary>Whether values are real numbers of any size, not pixels.</summary>
    public virtual bool IsReal => false;
}
