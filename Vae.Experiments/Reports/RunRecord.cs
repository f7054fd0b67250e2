using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Results;

namespace Vae.Experiments.Reports;

/// <summary>What a run directory says of its run, finished or not: the source of its pages.</summary>
public sealed record RunRecord
{
    /// <summary>The directory.</summary>
    public required RunDirectory Run { get; init; }

    /// <summary>How far it is.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>config.toml.</summary>
    public required string ConfigText { get; init; }

    /// <summary>The same.</summary>
    public required ExperimentConfig Config { get; init; }

    /// <summary>environment.json.</summary>
    public required EnvironmentInfo Environment { get; init; }

    /// <summary>Every number measured, the newest where it was measured twice.</summary>
    public required IReadOnlyList<MetricRow> Metrics { get; init; }

    /// <summary>The estimates of the newest weights that were evaluated, likewise: of a run that was made longer, not those of before.</summary>
    public required IReadOnlyList<EstimateRow> Estimates { get; init; }

    /// <summary>The columns of summary.parquet; none before the run's end.</summary>
    public required IReadOnlyDictionary<string, object?> Summary { get; init; }

    /// <summary>Estimates that stand for themselves, in the order of making; not those that show how another one converges.</summary>
    public IEnumerable<EstimateRow> Main => Estimates.Where(e => e.PartOf is null);

    /// <summary>The estimate that stands for the run: the first on the test split, as in summary.parquet.</summary>
    public EstimateRow? First => Main.FirstOrDefault(e => e.Split == "test" && e.Kind != "diagnostics");

    /// <summary>image or example: what numbers are per.</summary>
    public string Each => DataShapes.Of(Config.Data) is [1 or 3, _, _] ? "image" : "example";

    /// <summary>What pixels have become, which is stamped on every number; null before the first.</summary>
    public string? Binarisation => Estimates.Count > 0 ? Estimates[0].Binarisation : null;

    /// <summary>Reads a run directory.</summary>
    /// <exception cref="ExperimentException">A file isn't what it should be.</exception>
    public static RunRecord Read(RunDirectory run)
    {
        ArgumentNullException.ThrowIfNull(run);
        IReadOnlyList<IJournalRow> rows = Journal.Read(run.Journal);
        IReadOnlyList<EstimateRow> estimates = ResultTables.Newest(rows.OfType<EstimateRow>());
        return new RunRecord
        {
            Run = run,
            Status = run.ReadStatus(),
            ConfigText = File.ReadAllText(run.Config),
            Config = ConfigFile.Load(run.Config, []),
            Environment = run.ReadEnvironment(),
            Metrics = ResultTables.Newest(rows.OfType<MetricRow>()),
            Estimates = [.. estimates.Where(row => row.Step == estimates.Max(other => other.Step))],
            Summary = SummaryOf(run),
        };
    }

    /// <summary>A curve of one metric over the steps, averages over epochs left out.</summary>
    public IReadOnlyList<(double X, double Y)> Curve(string split, string metric) =>
        [
            .. Metrics
                .Where(m => m.Epoch is null && m.Split == split && m.Metric == metric)
                .OrderBy(m => m.Step)
                .Select(m => ((double)m.Step, m.Value)),
        ];

    private static IReadOnlyDictionary<string, object?> SummaryOf(RunDirectory run)
    {
        if (!File.Exists(run.Summary))
        {
            return new Dictionary<string, object?>();
        }

        using var database = new DuckDb();
        return database.Query("SELECT * FROM read_parquet($1)", DuckDb.NoGlob(run.Summary)).Records.Single();
    }
}
