namespace Vae.Experiments.Config;

/// <summary>An estimate made after training.</summary>
[Table("An estimate made after training; any number of them.")]
public abstract record EvaluateConfig
{
    /// <summary>The split it is made on.</summary>
    [Key("The split it is made on.")]
    public SplitName Split { get; init; } = SplitName.Test;

    /// <summary>Cap on the number of examples.</summary>
    [Key("Use only the first so many examples of the split.", Min = 1, Absent = "all")]
    public int? MaxExamples { get; init; }

    /// <summary>K of the table's rows: samples of z, or chains.</summary>
    public abstract long Count { get; }

    /// <summary>What else the number depends on, for the table's rows; null: nothing.</summary>
    public virtual string? Settings => null;

    /// <summary>The rules that it breaks within an experiment, with paths from its own table.</summary>
    public virtual IEnumerable<BrokenRule> Broken(ExperimentConfig experiment) => [];
}
