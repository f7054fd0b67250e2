namespace Vae.Experiments.Config;

/// <summary>How long to train and when to look.</summary>
[Table("How long to train, when to validate, log and store. Exactly one of `epochs` and `steps` is given.")]
public sealed record TrainConfig : IRules
{
    /// <summary>Length in passes over the training examples.</summary>
    [Key("Length of training in passes over the training examples.", Min = 1, Absent = "`steps` says it")]
    public int? Epochs { get; init; }

    /// <summary>Length in optimizer steps.</summary>
    [Key("Length of training in steps of the optimizer.", Min = 1, Absent = "`epochs` says it", Smoke = 10)]
    public int? Steps { get; init; }

    /// <summary>Steps between validations.</summary>
    [Key("Steps between validations.", Min = 1, Absent = "once an epoch", Smoke = 5)]
    public int? ValidateEvery { get; init; }

    /// <summary>Samples of z an example when validating.</summary>
    [Key("Samples of z for each example when validating.", Min = 1, Smoke = 8)]
    public int ValidateSamples { get; init; } = 1;

    /// <summary>Whether to validate at step 0 too.</summary>
    [Key("Whether to validate before the first step too.")]
    public bool ValidateFirst { get; init; }

    /// <summary>Steps between lines of metrics.</summary>
    [Key("Steps between lines of training metrics.", Min = 1, Smoke = 5, Apart = true)]
    public int LogEvery { get; init; } = 100;

    /// <summary>Steps between checkpoints.</summary>
    [Key("Steps between checkpoints.", Min = 1, Absent = "at each validation", Smoke = 5, Apart = true)]
    public int? CheckpointEvery { get; init; }

    /// <summary>Minutes between checkpoints.</summary>
    [Key("Minutes after which a checkpoint is due in any case.", Above = 0, Apart = true)]
    public double CheckpointMinutes { get; init; } = 10;

    /// <summary>Checkpoints kept.</summary>
    [Key(
        "How many checkpoints are kept beside the best weights: the newest, and those before it, to go back to when it's damaged.",
        Min = 1,
        Apart = true
    )]
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Batches a step.</summary>
    [Key(
        "Batches for each step of the optimizer: the gradient is that of one batch so many times as large, taken a batch of data.batch_size at a time. Steps are steps of the optimizer.",
        Min = 1
    )]
    public int Accumulate { get; init; } = 1;

    /// <summary>The precision of a step's products.</summary>
    [Key(
        "What the factors of matrix products and convolutions are rounded to in a training step, for speed: nothing; tf32, 11 bits, on an NVIDIA GPU; or bfloat16, 8 bits, their results and the weights' gradients too. Weights, the sums in a product, densities and every estimate stay float32."
    )]
    public PrecisionName Precision { get; init; }

    /// <summary>The decay of the averaged weights.</summary>
    [Key(
        "Decay of an exponential moving average of the weights: the averaged weights are validated, stored as the best and evaluated.",
        Above = 0,
        Below = 1,
        Absent = "no averaging"
    )]
    public double? Ema { get; init; }

    /// <summary>Whether every epoch has the same noise.</summary>
    [Key("Whether an example has the same noise at every step, as if it were drawn once for the whole set.")]
    public bool FixedNoise { get; init; }

    /// <summary>Parts that move in turn.</summary>
    [Key("Parts of the parameters that move in turn, in this order; none: all move always.")]
    public ConfigList<PhaseConfig> Phases { get; init; } = [];

    /// <summary>How many non-finite steps in a row end the run.</summary>
    [Key(
        "A step with a NaN or infinite loss or gradient is skipped; after so many in a row the run ends with exit code 4.",
        Min = 1
    )]
    public int MaxNonfiniteSteps { get; init; } = 10;

    /// <summary>Which weights are evaluated.</summary>
    [Key("Which weights are evaluated: the best by validation (the last where there is none), or the last.")]
    public EvaluateFromName EvaluateFrom { get; init; }

    /// <summary>When to stop before the end.</summary>
    [Key("When to stop before the end.", Absent = "train to the end")]
    public EarlyStoppingConfig? EarlyStopping { get; init; }

    /// <inheritdoc/>
    public IEnumerable<BrokenRule> Broken()
    {
        if (Epochs is null && Steps is null)
        {
            yield return new("", "missing key 'epochs' or 'steps' in [train]: exactly one says how long to train");
        }

        if (Epochs is not null && Steps is not null)
        {
            yield return new(
                "steps",
                "both 'epochs' and 'steps' are given in [train]: exactly one says how long to train (~train.steps takes one out)"
            );
        }

        if (EarlyStopping?.Monitor == "valid/log_px" && ValidateSamples == 1)
        {
            yield return new(
                "early_stopping.monitor",
                "\"valid/log_px\" needs validate_samples of at least 2: with one sample there is only the ELBO"
            );
        }
    }
}
