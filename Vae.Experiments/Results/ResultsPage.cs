using System.Globalization;
using System.Text;
using Vae.Experiments.Config;

namespace Vae.Experiments.Results;

/// <summary>docs/results.md and the README's table, generated from the published Parquet files and the references beside them.</summary>
/// <remarks>
/// The references are docs/results/references.csv: name, kind, samples, examples, elbo, log_px, loss, accuracy, what, source; a line per published
/// number, the one to be compared with first. A training loss is compared where there is a reference for it, and so is the clustering accuracy (accuracy).
/// </remarks>
public static class ResultsPage
{
    private const string Begin = "<!-- results:begin -->";
    private const string End = "<!-- results:end -->";
    private const string Nothing = "No run is published yet.\n";

    private const string Intro = """
        # Results

        Written by `./vae results --publish RUN`: every number is read from the Parquet files in `results/`, or for other people's work
        from `results/references.csv`. Nats per image on the test split, of its first examples, as many as the heading says. "± se" is the
        standard error over images; "mean ± sd" is over runs, the standard deviation that of a sample.

        """;

    /// <summary>The page: per experiment and estimate a row per run, their mean and standard deviation, and the references.</summary>
    public static string Generate(string docsResultsFolder)
    {
        var runs = ResultsQuery.RunRows(docsResultsFolder);
        var losses = ResultsQuery.LossRows(docsResultsFolder);
        var clusters = ResultsQuery.ClusterRows(docsResultsFolder);
        var references = References(docsResultsFolder);
        var page = new StringBuilder(Intro);
        var experiments = ResultsQuery
            .GroupRows(docsResultsFolder)
            .GroupBy(group => (group.Name, group.ConfigHash, group.Dataset, group.Binarisation, group.Model))
            .ToList();
        var titles = Titles(docsResultsFolder, runs);
        foreach (var experiment in experiments)
        {
            AppendExperiment(
                page,
                titles[(experiment.Key.Name, experiment.Key.ConfigHash)],
                [.. experiment],
                runs,
                references
            );
            AppendLosses(
                page,
                [
                    .. losses.Where(run =>
                        (run.Name, run.ConfigHash) == (experiment.Key.Name, experiment.Key.ConfigHash)
                    ),
                ],
                [.. references.Where(line => line.Name == experiment.Key.Name && line.Loss is not null)]
            );
            AppendClusters(
                page,
                [
                    .. clusters.Where(run =>
                        (run.Name, run.ConfigHash) == (experiment.Key.Name, experiment.Key.ConfigHash)
                    ),
                ],
                [.. references.Where(line => line.Name == experiment.Key.Name && line.Accuracy is not null)]
            );
        }
        return page.Append(experiments.Count == 0 ? $"\n{Nothing}" : "").ToString();
    }

    /// <summary>The README's table: per experiment that somebody else has published, and estimate of log p(x), the mean over runs and the first reference.</summary>
    public static string Table(string docsResultsFolder)
    {
        var references = References(docsResultsFolder);
        var compared = references.Select(line => line.Name).ToHashSet();
        var groups = ResultsQuery
            .GroupRows(docsResultsFolder)
            .Where(group => group.LogPxMean is not null && compared.Contains(group.Name))
            .ToList();
        if (groups.Count == 0)
        {
            return Nothing;
        }
        var titles = Titles(docsResultsFolder, ResultsQuery.RunRows(docsResultsFolder));
        var table = new StringBuilder(
            "| config | data | test log p(x) | mean ± sd | reference |\n|---|---|---|--:|--:|\n"
        );
        foreach (var group in groups)
        {
            var reference = references.FirstOrDefault(line => Matches(line, group));
            var theirs = reference is null ? "" : $"{Nats(reference.LogPx)} ({reference.Source})";
            AppendRow(
                table,
                titles[(group.Name, group.ConfigHash)],
                $"{group.Dataset}, {group.Binarisation}",
                Estimate(group),
                $"{MeanAndSd(group.LogPxMean, group.LogPxSd)} ({Count(group)})",
                theirs
            );
        }
        return table.ToString();
    }

    /// <summary>The README with the table between its markers; null when it has none.</summary>
    public static string? Insert(string readme, string table)
    {
        ArgumentNullException.ThrowIfNull(readme);
        var begin = readme.IndexOf(Begin, StringComparison.Ordinal);
        var end = readme.IndexOf(End, StringComparison.Ordinal);
        return begin >= 0 && end > begin ? $"{readme[..begin]}{Begin}\n{table}{readme[end..]}" : null;
    }

    private static void AppendExperiment(
        StringBuilder page,
        string title,
        IReadOnlyList<EstimateGroup> groups,
        IReadOnlyList<RunEstimate> runs,
        IReadOnlyList<Reference> references
    )
    {
        var first = runs.First(run => Matches(run, groups[0]));
        page.Append(Invariant($"\n## {title}\n\n{first.Dataset}, {first.Binarisation} binarisation; {first.Model}, "));
        page.Append(Invariant($"{first.Parameters:N0} parameters; [config](results/{first.RunId}/config.toml).\n"));
        foreach (var group in groups)
        {
            page.Append(Invariant($"\n### {Estimate(group)}\n\n"));
            page.Append("| run | seed | best step | steps | ELBO | log p(x) | ± se | wall time |\n");
            page.Append("|---|--:|--:|--:|--:|--:|--:|--:|\n");
            foreach (var run in runs.Where(run => Matches(run, group)))
            {
                AppendRow(
                    page,
                    run.RunId.Split('/')[^1],
                    Invariant($"{run.Seed}"),
                    Invariant($"{run.BestStep:N0}"),
                    Invariant($"{run.Steps:N0}"),
                    Nats(run.Elbo),
                    Nats(run.LogPx),
                    Nats(run.LogPxSe, run.LogPx),
                    TimeSpan.FromSeconds(Math.Round(run.WallS)).ToString("c", CultureInfo.InvariantCulture)
                );
            }
            var elbo = MeanAndSd(group.ElboMean, group.ElboSd);
            AppendRow(
                page,
                $"**mean ± sd, {Count(group)}**",
                "",
                "",
                "",
                elbo,
                MeanAndSd(group.LogPxMean, group.LogPxSd),
                "",
                ""
            );
            foreach (var line in references.Where(line => Matches(line, group)))
            {
                AppendRow(
                    page,
                    $"reference: {line.What} ({line.Source})",
                    "",
                    "",
                    "",
                    Nats(line.Elbo),
                    Nats(line.LogPx),
                    "",
                    ""
                );
            }
        }
    }

    private static void AppendLosses(
        StringBuilder page,
        IReadOnlyList<RunLoss> runs,
        IReadOnlyList<Reference> references
    )
    {
        if (runs.Count == 0 || references.Count == 0)
        {
            return;
        }

        page.Append("\n### training loss, average over the last epoch\n\n");
        page.Append("| run | seed | steps | loss | wall time |\n|---|--:|--:|--:|--:|\n");
        foreach (var run in runs)
        {
            AppendRow(
                page,
                run.RunId.Split('/')[^1],
                Invariant($"{run.Seed}"),
                Invariant($"{run.Steps:N0}"),
                Nats(run.TrainLoss),
                TimeSpan.FromSeconds(Math.Round(run.WallS)).ToString("c", CultureInfo.InvariantCulture)
            );
        }

        var mean = runs.Average(run => run.TrainLoss);
        double? sd =
            runs.Count > 1 ? Math.Sqrt(runs.Sum(run => Math.Pow(run.TrainLoss - mean, 2)) / (runs.Count - 1)) : null;
        AppendRow(
            page,
            Invariant($"**mean ± sd, {runs.Count} run{(runs.Count == 1 ? "" : "s")}**"),
            "",
            "",
            MeanAndSd(mean, sd),
            ""
        );
        foreach (var line in references)
        {
            AppendRow(page, $"reference: {line.What} ({line.Source})", "", "", Nats(line.Loss), "");
        }
    }

    private static void AppendClusters(
        StringBuilder page,
        IReadOnlyList<RunClusters> runs,
        IReadOnlyList<Reference> references
    )
    {
        if (runs.Count == 0)
        {
            return;
        }

        page.Append("\n### clusters of the test examples against their labels\n\n");
        page.Append("| run | seed | clustering accuracy | normalised mutual information |\n|---|--:|--:|--:|\n");
        foreach (var run in runs)
        {
            AppendRow(
                page,
                run.RunId.Split('/')[^1],
                Invariant($"{run.Seed}"),
                Invariant($"{run.ClusteringAccuracy:F4}"),
                Invariant($"{run.Nmi:F4}")
            );
        }

        AppendRow(
            page,
            Invariant($"**mean and best, {runs.Count} run{(runs.Count == 1 ? "" : "s")}**"),
            "",
            Invariant(
                $"{runs.Average(run => run.ClusteringAccuracy):F4}, {runs.Max(run => run.ClusteringAccuracy):F4}"
            ),
            Invariant($"{runs.Average(run => run.Nmi):F4}, {runs.Max(run => run.Nmi):F4}")
        );
        foreach (var line in references)
        {
            AppendRow(page, $"reference: {line.What} ({line.Source})", "", Invariant($"{line.Accuracy:F4}"), "");
        }
    }

    // An experiment's name; and where several have it, of all but the oldest also by which keys of the config it is another.
    private static Dictionary<(string Name, string? Hash), string> Titles(
        string folder,
        IReadOnlyList<RunEstimate> runs
    )
    {
        var titles = new Dictionary<(string, string?), string>();
        foreach (var named in runs.GroupBy(run => run.Name))
        {
            var oldest = named.MinBy(run => run.RunId, StringComparer.Ordinal)!;
            foreach (var run in named.DistinctBy(run => run.ConfigHash))
            {
                titles[(named.Key, run.ConfigHash)] =
                    run.ConfigHash == oldest.ConfigHash ? named.Key : $"{named.Key}, {Difference(run, oldest)}";
            }
        }
        return titles;

        string Difference(RunEstimate run, RunEstimate oldest)
        {
            try
            {
                var keys = ConfigHash.Differences(Config(run), Config(oldest));
                return keys.Count > 0 ? string.Join(", ", keys) : $"{run.ConfigHash}";
            }
            catch (ExperimentException) // a config of a version that knew other keys
            {
                return $"{run.ConfigHash}";
            }
        }

        ExperimentConfig Config(RunEstimate run) => ConfigFile.Load(Path.Combine(folder, run.RunId, "config.toml"), []);
    }

    private static bool Matches(RunEstimate run, EstimateGroup group) =>
        (run.Name, run.ConfigHash, run.Dataset, run.Binarisation, run.Model)
            == (group.Name, group.ConfigHash, group.Dataset, group.Binarisation, group.Model)
        && (run.Kind, run.Samples, run.Examples, run.Settings)
            == (group.Kind, group.Samples, group.Examples, group.Settings);

    private static bool Matches(Reference line, EstimateGroup group) =>
        (line.Name, line.Kind, line.Samples, line.Examples) == (group.Name, group.Kind, group.Samples, group.Examples)
        && group.Settings is null;

    private static IReadOnlyList<Reference> References(string docsResultsFolder)
    {
        var path = Path.Combine(docsResultsFolder, "references.csv");
        if (!File.Exists(path))
        {
            return [];
        }
        using var database = new DuckDb();
        database.Query($"CREATE TABLE lines ({TableSchema<Reference>.Definition})");
        database.Query($"COPY lines FROM {DuckDb.Literal(DuckDb.NoGlob(path))} (FORMAT csv, HEADER true)");
        return [.. database.Query("FROM lines").Rows.Select(TableSchema<Reference>.Row)];
    }

    private static void AppendRow(StringBuilder text, params IEnumerable<string> cells) =>
        text.Append("| ")
            .AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))
            .Append(" |\n");

    private static string Estimate(EstimateGroup group)
    {
        string samples =
            group.Samples == 0 ? "" : Invariant($", {group.Samples:N0} {(group.Samples == 1 ? "sample" : "samples")}");
        string examples = group.Examples is null ? "" : Invariant($", {group.Examples:N0} examples");
        return group.Kind + samples + examples + (group.Settings is { } settings ? $", {settings}" : "");
    }

    private static string Count(EstimateGroup group)
    {
        var (number, noun) = group.Seeds == group.Runs ? (group.Seeds, "seed") : (group.Runs, "run");
        return Invariant($"{number} {noun}{(number == 1 ? "" : "s")}");
    }

    private static string MeanAndSd(double? mean, double? sd) =>
        sd is null ? Nats(mean) : $"{Nats(mean)} ± {Nats(sd, mean)}";

    // Small numbers are told apart by small differences; an error has as many digits as what it's of.
    private static string Nats(double? value, double? of = null) =>
        value?.ToString(Math.Abs(of ?? value.Value) < 10 ? "F4" : "F2", CultureInfo.InvariantCulture) ?? "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
