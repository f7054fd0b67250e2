using System.Text;
using Vae.Experiments.Results;
using static System.FormattableString;

namespace Vae.Experiments.Benchmarks;

/// <summary>The tables of a comparison with PyTorch, and their place in docs/performance.md.</summary>
public static class PerformancePage
{
    private const string Begin = "<!-- pairs -->";
    private const string End = "<!-- /pairs -->";

    /// <summary>How long steps take, and what they consist of.</summary>
    public static string Tables(IReadOnlyList<BenchmarkPair> pairs, IReadOnlyList<BenchmarkResult> last) =>
        Times(pairs) + Profile([.. last.Where(r => r is { Mode: "train", Threads: 1 })]);

    // For each model, mode and number of threads the ratio's least, median and greatest, and medians of the rest.
    private static string Times(IReadOnlyList<BenchmarkPair> pairs)
    {
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

    // A column for each model, a row for each operator that takes a fiftieth of a step of one of them.
    private static string Profile(IReadOnlyList<BenchmarkResult> steps)
    {
        const double least = 0.02;
        if (steps.Count == 0)
        {
            return "";
        }

        double Part(BenchmarkResult step, string name) => step.Operators.Where(o => o.Name == name).Sum(o => o.Share);
        var text = new StringBuilder(
            "\nWhat a training step with one thread consists of, in percent (`--profile`):\n\n"
        );
        text.Append($"| |{string.Concat(steps.Select(s => $" {s.Model} |"))}\n|---|{Repeat("--:|", steps.Count)}\n");
        var named = steps.SelectMany(s => s.Operators.Where(o => o.Share >= least).Select(o => o.Name)).Distinct();
        string[] names = [.. named.OrderByDescending(n => steps.Average(s => Part(s, n)))];
        foreach (string name in names)
        {
            Row(Short(name), s => Part(s, name));
        }

        Row("all other operators", s => s.Operators.Where(o => !names.Contains(o.Name)).Sum(o => o.Share));
        Row("outside of operators", s => 1 - s.Operators.Sum(o => o.Share));
        return text.ToString();

        void Row(string name, Func<BenchmarkResult, double> part) =>
            text.Append($"| {name} |{string.Concat(steps.Select(s => Invariant($" {100 * part(s):F1} |")))}\n");
    }

    // torch::autograd::CppNode<(anonymous namespace)::Linear> is Linear's way back.
    private static string Short(string name)
    {
        const string node = "(anonymous namespace)::";
        int at = name.IndexOf(node, StringComparison.Ordinal);
        return at < 0 ? name : $"{name[(at + node.Length)..].TrimEnd('>')}, backward";
    }

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));

    /// <summary>Writes the pairs to docs/performance.parquet and the tables between the markers of docs/performance.md.</summary>
    public static void Publish(
        IReadOnlyList<BenchmarkPair> pairs,
        IReadOnlyList<BenchmarkResult> last,
        string repositoryRoot
    )
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
        Primitives.AtomicFile.WriteText(page, $"{text[..begin]}{Begin}\n{Tables(pairs, last)}{text[end..]}");
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
