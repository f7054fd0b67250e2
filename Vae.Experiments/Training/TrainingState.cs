using System.Globalization;

namespace Vae.Experiments.Training;

/// <summary>Where training stands, beside weights and optimizer: all that a resumed run needs to go on to the last bit.</summary>
public sealed class TrainingState
{
    /// <summary>Optimizer steps taken, skipped ones included.</summary>
    public long Step { get; set; }

    /// <summary>The step of the newest validation; −1 before the first.</summary>
    public long Validated { get; set; } = -1;

    /// <summary>The step of the best validation so far; −1 before the first.</summary>
    public long BestStep { get; set; } = -1;

    /// <summary>The monitored value at the best validation; higher is better.</summary>
    public double BestValue { get; set; } = double.NegativeInfinity;

    /// <summary>The monitored value that early stopping compares with: the last one that improved by more than its min_delta.</summary>
    public double StoppingValue { get; set; } = double.NegativeInfinity;

    /// <summary>Validations in a row without improvement.</summary>
    public long Stale { get; set; }

    /// <summary>True when early stopping ended training.</summary>
    public bool Stopped { get; set; }

    /// <summary>Steps skipped for a loss or gradient that isn't finite, in all.</summary>
    public long Skipped { get; set; }

    /// <summary>The same, in a row up to now.</summary>
    public long SkippedInARow { get; set; }

    /// <summary>Sums since the last line of metrics.</summary>
    public RunningMean Interval { get; set; } = RunningMean.Zero;

    /// <summary>Sums since the epoch's start.</summary>
    public RunningMean Epoch { get; set; } = RunningMean.Zero;

    /// <summary>The state as strings that give the same numbers back.</summary>
    public Dictionary<string, string> ToMetadata() =>
        new()
        {
            ["step"] = Text(Step),
            ["validated"] = Text(Validated),
            ["best_step"] = Text(BestStep),
            ["best_value"] = Text(BestValue),
            ["stopping_value"] = Text(StoppingValue),
            ["stale"] = Text(Stale),
            ["stopped"] = Stopped ? "true" : "false",
            ["skipped"] = Text(Skipped),
            ["skipped_in_a_row"] = Text(SkippedInARow),
            ["interval"] = Interval.ToString(),
            ["epoch"] = Epoch.ToString(),
        };

    /// <summary>The state that <see cref="ToMetadata"/> described.</summary>
    /// <exception cref="FormatException">A value is missing or no number.</exception>
    public static TrainingState FromMetadata(IReadOnlyDictionary<string, string> metadata)
    {
        string Get(string key) =>
            metadata.TryGetValue(key, out string? v) ? v : throw new FormatException($"'{key}' is missing");
        long Whole(string key) => long.Parse(Get(key), CultureInfo.InvariantCulture);
        double Number(string key) => double.Parse(Get(key), CultureInfo.InvariantCulture);
        return new TrainingState
        {
            Step = Whole("step"),
            Validated = Whole("validated"),
            BestStep = Whole("best_step"),
            BestValue = Number("best_value"),
            StoppingValue = Number("stopping_value"),
            Stale = Whole("stale"),
            Stopped = Get("stopped") == "true",
            Skipped = Whole("skipped"),
            SkippedInARow = Whole("skipped_in_a_row"),
            Interval = RunningMean.Parse(Get("interval")),
            Epoch = RunningMean.Parse(Get("epoch")),
        };
    }

    private static string Text(IFormattable value) =>
        value.ToString(value is double ? "R" : null, CultureInfo.InvariantCulture);
}
