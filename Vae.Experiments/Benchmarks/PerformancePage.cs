using System.Text;
using Vae.Experiments.Results;
using static System.FormattableString;

namespace Vae.Experiments.Benchmarks;

/// <summary>The table of a comparison with PyTorch, and its place in docs/performance.md.</summary>
public static class PerformancePage
{
    private const string Begin = "<!-- pairs -->";
    private const string End = "<!-- /pairs -->";

    /// <summary>For each model, mode and number of threads the ratio's least, median and greatest, and medians of the rest.</summary>
    public static string Table(IReadOnlyList<BenchmarkPair> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var text = new StringBuilder(
            "| model | mode | threads | pairs | PyTorch's time / ours: median (least – greatest) | ms a step | in matrix products | of the machine's rate | peak MB | PyTorch's |\n"
                + "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
        );
        foreach (var group in pairs.GroupBy(p => (p.Model, p.Mode, p.Threads)))
        {
            double Of(Func<BenchmarkPair, double> value) => Median(group.Select(value));
            text.Append(
                Invariant(
                    $"| {group.Key.Model} | {group.Key.Mode} | {group.Key.Threads} | {group.Count()} | {Of(p => p.Ratio):F2} ({group.Min(p => p.Ratio):F2} – {group.Max(p => p.Ratio):F2}) | {Of(p => p.Ms):G4} "
                )
            );
            text.Append(
                Invariant(
                    $"| {Of(p => p.MatrixShare):P0} | {Of(p => p.RateShare):P0} | {Of(p => p.PeakRssMb):F0} | {Of(p => p.PeerPeakRssMb):F0} |\n"
                )
            );
        }

        text.Append(
            Invariant(
                $"\nFrom the start of the process to the end of the first mlp training step: {First(pairs):F2} s; PyTorch's import alone: {Median(pairs.Select(p => p.PeerImportS)):F2} s.\n"
            )
        );
        return text.ToString();
    }

    /// <summary>Writes the pairs to docs/performance.parquet and the table between the markers of docs/performance.md.</summary>
    public static void Publish(IReadOnlyList<BenchmarkPair> pairs, string repositoryRoot)
    {
        string page = Path.Combine(repositoryRoot, "docs", "performance.md");
        string text = File.ReadAllText(page);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            throw new ExperimentException(ExitCode.Usage, $"{page} has no {Begin} and {End} to write between.");
        }

        ResultTables.Write(Path.ChangeExtension(page, ".parquet"), pairs);
        Primitives.AtomicFile.WriteText(page, $"{text[..begin]}{Begin}\n{Table(pairs)}{text[end..]}");
    }

    private static double First(IReadOnlyList<BenchmarkPair> pairs)
    {
        var mlp = pairs.Where(p => p is { Model: "mlp", Mode: "train" }).ToList();
        return Median((mlp.Count > 0 ? mlp : pairs).Select(p => p.FirstStepS));
    }

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1
            ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
