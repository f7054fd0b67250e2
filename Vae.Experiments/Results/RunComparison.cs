using System.Globalization;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Figures;

namespace Vae.Experiments.Results;

/// <summary>Runs side by side: the keys of their configs that differ, their estimates, their curves.</summary>
public sealed class RunComparison
{
    private readonly IReadOnlyList<RunDirectory> runs;
    private readonly IReadOnlyList<string> names;

    /// <summary>Of at least two runs.</summary>
    public RunComparison(IReadOnlyList<RunDirectory> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        this.runs = runs;
        bool oneName = runs.Select(run => run.Name).Distinct().Count() == 1;
        names = [.. runs.Select(run => oneName ? run.Folder : run.Id)];
    }

    /// <summary>A row for each key whose values differ, a column for each run; what isn't there is null.</summary>
    public QueryResult Configs()
    {
        List<Dictionary<string, string>> configs =
        [
            .. runs.Select(run =>
                ConfigKeys.Of(ConfigFile.Load(run.Config, [])).ToDictionary(pair => pair.Key, pair => pair.Value)
            ),
        ];
        var rows = configs
            .SelectMany(config => config.Keys)
            .Distinct()
            .Select(key => (Key: key, Values: configs.Select(config => config.GetValueOrDefault(key)).ToArray()))
            .Where(row => row.Values.Distinct().Count() > 1)
            .Select(row => (object?[])[row.Key, .. row.Values]);
        return new QueryResult(["key", .. names], [.. rows]);
    }

    /// <summary>A row for each estimate that one of them has, log p(x) where the kind gives it, else the ELBO; nats, with the standard error over examples.</summary>
    /// <exception cref="ExperimentException">They were measured on different data, and nobody insists (exit code 2).</exception>
    public QueryResult Estimates(bool force)
    {
        var estimates = runs.Select(Latest).ToList();
        var protocols = runs.Zip(estimates)
            .SelectMany(pair => pair.Second.Values.Select(row => $"{Data(pair.First)}, {row.Binarisation}"))
            .Distinct()
            .ToList();
        if (protocols.Count > 1 && !force)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                $"these runs were measured on different data, and the numbers of one don't compare with those of another: {string.Join("; ", protocols)}. "
                    + "See docs/evaluation.md; --force shows them all the same."
            );
        }

        var rows = estimates
            .SelectMany(found => found.Keys)
            .Distinct()
            .Select(key =>
                (object?[])[key, .. estimates.Select(found => found.TryGetValue(key, out var row) ? Text(row) : null)]
            );
        return new QueryResult(["estimate", .. names], [.. rows]);
    }

    /// <summary>The curve of a metric of each run that has it.</summary>
    public IReadOnlyList<Series> Curves(string split, string metric) =>
        [
            .. runs.Zip(names)
                .Select(pair => new Series(
                    pair.Second,
                    [
                        .. Journal
                            .Read(pair.First.Journal)
                            .OfType<MetricRow>()
                            .Where(row => row.Epoch is null && row.Split == split && row.Metric == metric)
                            .Select(row => ((double)row.Step, row.Value)),
                    ]
                ))
                .Where(series => series.Points.Count > 0),
        ];

    // Of the newest weights that were evaluated.
    private static Dictionary<string, EstimateRow> Latest(RunDirectory run) =>
        File.Exists(run.Estimates)
            ? ResultTables
                .Read<EstimateRow>(run.Estimates)
                .Where(row => row is { PartOf: null, Split: not "model" } && row.Kind != "diagnostics")
                .GroupBy(row => row.Step)
                .MaxBy(step => step.Key)
                ?.GroupBy(row =>
                    $"{row.Split} {row.Kind}{(row.Samples > 0 ? $" K={row.Samples}" : "")}{(row.Settings is { } settings ? $" {settings}" : "")}, {row.Examples} examples"
                )
                .ToDictionary(group => group.Key, group => group.Last())
                ?? []
            : [];

    private static string Data(RunDirectory run) =>
        Dataset.IdentityOf(
            Schema.KindOf(ConfigFile.Load(run.Config, []).Data.GetType())!,
            run.ReadEnvironment().DatasetSha256
        );

    private static string Text(EstimateRow row) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{row.LogPx ?? row.Elbo:F2}{(row.LogPxSe is { } error && row.LogPx is not null ? $" ± {error:F2}" : "")}"
        );
}
