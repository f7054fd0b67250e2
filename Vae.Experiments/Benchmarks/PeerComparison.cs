using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Vae.Experiments.Benchmarks;

/// <summary>Times models here and in a PyTorch script that does the same work, in turn, each in a process of its own with equal threads.</summary>
/// <remarks>
/// The script takes MODEL --mode --threads --batch --steps --warmup and prints the fields of <see cref="BenchmarkResult"/>. It runs with the system's
/// own python3, whose libtorch is the one that this program loads, with OpenBLAS's OpenMP variant and passive waiting, as this program does.
/// </remarks>
public sealed class PeerComparison(string script, int pairs, double seconds, int white, Action<string> say)
{
    private const string Python = "/usr/bin/python3";
    private static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    /// <summary>
    /// All pairs of these models, modes and threads, the models of one round after each other: what disturbs the machine for a while then hits all of them.
    /// With what was measured here in the last round.
    /// </summary>
    public (IReadOnlyList<BenchmarkPair> Pairs, IReadOnlyList<BenchmarkResult> Last) Run(
        IReadOnlyList<BenchmarkModel> models,
        IReadOnlyList<string> modes,
        IReadOnlyList<int> threads
    )
    {
        if (!File.Exists(script))
        {
            throw new ExperimentException(ExitCode.Usage, $"--peer: there is no {script}.");
        }

        var cases = models
            .SelectMany(m => modes.SelectMany(mode => threads.Select(t => new Case(m, mode, t))))
            .ToList();
        var steps = cases.ToDictionary(c => c, c => Math.Max(3, (int)(seconds * 1e3 / Ours(c, 1, 1).Ms)));
        var rows = new List<BenchmarkPair>();
        var last = new Dictionary<Case, BenchmarkResult>();
        for (int pair = 1; pair <= pairs; pair++)
        {
            foreach (Case c in cases)
            {
                BenchmarkResult ours = Ours(c, steps[c], Warmup(steps[c]));
                Peer peer = Peers(c, steps[c]);
                last[c] = ours;
                rows.Add(
                    new BenchmarkPair(
                        c.Model.Name,
                        c.Mode,
                        c.Threads,
                        ours.Batch,
                        pair,
                        ours.Ms,
                        peer.Ms,
                        Math.Round(peer.Ms / ours.Ms, 3),
                        ours.PeakRssMb,
                        peer.PeakRssMb,
                        ours.FirstStepS,
                        Math.Round(Import(c.Threads), 2),
                        ours.MatrixShare,
                        ours.RateShare,
                        ours.Parameters,
                        peer.Parameters,
                        ours.Loss,
                        peer.Loss
                    )
                );
                say(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{pair}/{pairs} {c.Model.Name} {c.Mode}, {c.Threads} threads: {ours.Ms} ms, PyTorch {peer.Ms} ms"
                    )
                );
            }
        }

        return (rows, [.. cases.Select(c => last[c])]);
    }

    private static int Warmup(int steps) => Math.Clamp(steps / 10, 1, 20);

    private BenchmarkResult Ours(Case c, int steps, int warmup) =>
        Json<BenchmarkResult>(
            "dotnet",
            [
                typeof(PeerComparison).Assembly.Location,
                "bench",
                .. Words(c, steps, warmup),
                "--white",
                Text(white),
                "--json",
            ],
            c.Threads
        );

    private Peer Peers(Case c, int steps) => Json<Peer>(Python, [script, .. Words(c, steps, Warmup(steps))], c.Threads);

    private static double Import(int threads)
    {
        long start = Stopwatch.GetTimestamp();
        _ = Output(Python, ["-c", "import torch"], threads);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static string[] Words(Case c, int steps, int warmup) =>
        [
            c.Model.Name,
            "--mode",
            c.Mode,
            "--threads",
            Text(c.Threads),
            "--batch",
            Text(c.Mode == "train" ? c.Model.Batch : c.Model.BoundBatch),
            "--steps",
            Text(steps),
            "--warmup",
            Text(warmup),
        ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static T Json<T>(string program, IReadOnlyList<string> arguments, int threads)
    {
        string output = Output(program, arguments, threads);
        try
        {
            return JsonSerializer.Deserialize<T>(output, format)!;
        }
        catch (JsonException e)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                $"{program} {arguments[0]} printed no result: {output.Trim()}",
                e
            );
        }
    }

    private static string Output(string program, IReadOnlyList<string> arguments, int threads)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = Text(threads);
        start.Environment["OMP_WAIT_POLICY"] = "passive";
        start.Environment["LD_LIBRARY_PATH"] = "/usr/lib/x86_64-linux-gnu/openblas-openmp";
        using Process process = Start(start);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new ExperimentException(
                ExitCode.Usage,
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result.Trim().Split('\n')[^1]}"
            );
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new ExperimentException(ExitCode.Usage, $"{start.FileName} can't be started: {e.Message}", e);
        }
    }

    private sealed record Case(BenchmarkModel Model, string Mode, int Threads);

    private sealed record Peer(double Ms, double PeakRssMb, long Parameters, double Loss);
}
