using Vae.Experiments.Results;

namespace Vae.Experiments.Sweeps;

/// <summary>What a sweep came to: a row for each combination but for the seed, with mean and standard deviation (of a sample, n − 1) over its seeds.</summary>
public static class SweepTable
{
    /// <summary>The rows, in the order of the points; test estimates, nats.</summary>
    public static QueryResult Of(IReadOnlyList<SweepMember> members, string runsRoot)
    {
        ArgumentNullException.ThrowIfNull(members);
        string[] keys =
        [
            .. members.SelectMany(member => member.Point.Varied.Select(Key)).Where(key => key != "seed").Distinct(),
        ];
        var runs = new SweepRuns(runsRoot, members);
        var rows = members
            .GroupBy(member => string.Join('\n', keys.Select(key => Value(member, key))))
            .Select(group => Row(keys, [.. group], runs));
        return new QueryResult(
            [.. keys, "runs", "finished", "elbo", "elbo_sd", "log_px", "log_px_sd", "samples"],
            [.. rows]
        );
    }

    private static object?[] Row(string[] keys, IReadOnlyList<SweepMember> group, SweepRuns runs)
    {
        List<SummaryRow> done =
        [
            .. group
                .Select(runs.Of)
                .Where(run => run?.ReadStatus().State == RunState.Completed)
                .SelectMany(run => ResultTables.Read<SummaryRow>(run!.Summary)),
        ];
        double[] elbo = [.. done.Select(row => row.TestElbo).OfType<double>()];
        double[] logPx = [.. done.Select(row => row.TestLogPx).OfType<double>()];
        return
        [
            .. keys.Select(key => Value(group[0], key)),
            (long)group.Count,
            (long)done.Count,
            Mean(elbo),
            Deviation(elbo),
            Mean(logPx),
            Deviation(logPx),
            done.FirstOrDefault()?.TestLogPxSamples,
        ];
    }

    private static string Key(string word) => word[..word.IndexOf('=', StringComparison.Ordinal)].TrimStart('+');

    private static string? Value(SweepMember member, string key) =>
        member.Point.Varied.LastOrDefault(word => Key(word) == key) is { } word
            ? word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..]
            : null;

    private static object? Mean(double[] values) => values.Length > 0 ? values.Average() : null;

    private static object? Deviation(double[] values)
    {
        if (values.Length < 2)
        {
            return null;
        }

        double mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }
}
