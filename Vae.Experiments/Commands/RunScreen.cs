using System.Diagnostics;
using System.Globalization;
using Vae.Experiments.Config;
using Vae.Experiments.Figures;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>What <c>vae watch</c> shows of a run at a moment: its state, how far and how fast it is, its newest numbers and its curves.</summary>
public sealed class RunScreen(RunDirectory run, TimeProvider clock)
{
    private static readonly TimeSpan silence = TimeSpan.FromMinutes(1);

    private readonly TrainConfig train = ConfigFile.Load(run.Config, []).Train;
    private (long Length, DateTime Time) seen;
    private IReadOnlyList<MetricRow> rows = [];

    /// <summary>The lines, and whether the run goes on.</summary>
    public (string Text, bool Running) Draw(int width, int height, bool colour)
    {
        RunStatus status = run.ReadStatus();
        var journal = new FileInfo(run.Journal);
        if (journal.Exists && (journal.Length, journal.LastWriteTimeUtc) is var now && now != seen)
        {
            seen = now;
            rows = [.. Journal.Read(run.Journal).OfType<MetricRow>()];
        }

        string[] head = [.. new[] { run.Id, Progress(status), Numbers() }.Where(line => line.Length > 0)];
        string chart = Chart(width, height - head.Length, colour);
        return (string.Join('\n', [.. head.Select(line => Fit(line, width)), chart]), status.State == RunState.Running);
    }

    private string Chart(int width, int height, bool colour)
    {
        Series[] series =
        [
            .. new[]
            {
                ("train ELBO", "train", "elbo"),
                ("valid ELBO", "valid", "elbo"),
                ("valid log p(x)", "valid", "log_px"),
            }
                .Select(s => new Series(s.Item1, Curve(s.Item2, s.Item3)))
                .Where(s => s.Points.Count > 0),
        ];
        return series.Length == 0 ? "no number yet" : TerminalChart.Render(series, "step", width, height, colour);
    }

    private List<(double X, double Y)> Curve(string split, string metric) =>
        [
            .. rows.Where(r => r.Epoch is null && r.Split == split && r.Metric == metric)
                .Select(r => ((double)r.Step, r.Value)),
        ];

    private string Progress(RunStatus status)
    {
        string word = status.State.ToString().ToLowerInvariant();
        long? total = train.Steps ?? StepsOfEpochs();
        string step = total is { } all
            ? Text($"step {status.Step}/{all} ({(all > 0 ? 100 * status.Step / all : 100)}%)")
            : Text($"step {status.Step}");
        return status.State == RunState.Running
            ? string.Join("  ", new[] { word, step, Speed(status.Step, total), Heard(status) }.Where(s => s.Length > 0))
            : $"{word}  {step}{(status.Reason is { } reason ? $"  {reason}" : "")}";
    }

    // How many steps an epoch has the journal says after the first.
    private long? StepsOfEpochs() =>
        train.Epochs is { } epochs && rows.LastOrDefault(r => r.Epoch is > 0) is { } row
            ? epochs * (row.Step / row.Epoch!.Value)
            : null;

    private string Speed(long step, long? total)
    {
        MetricRow[] last = [.. rows.Where(r => r is { Epoch: null, Split: "train", Metric: "elbo" }).TakeLast(2)];
        if (last is not [var a, var b] || !(b.WallS > a.WallS))
        {
            return "";
        }

        double rate = (b.Step - a.Step) / (b.WallS - a.WallS);
        string left =
            total is { } all && rate > 0
                ? $", {TerminalProgress.Clock(TimeSpan.FromSeconds(Math.Min((all - step) / rate, 1e8)))} to go"
                : "";
        return Text($"{rate:0.#} it/s{left}");
    }

    private string Heard(RunStatus status)
    {
        TimeSpan ago = clock.GetUtcNow() - status.Heartbeat;
        return ago < silence ? ""
            : IsHere(status.Pid) ? Text($"last heard {ago.TotalMinutes:0} min ago")
            : Text(
                $"last heard {ago.TotalMinutes:0} min ago, and this machine has no process {status.Pid}; if it was killed: vae resume {run.FullPath}"
            );
    }

    private static bool IsHere(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private string Numbers()
    {
        string Newest(string name, string split, string metric) =>
            Curve(split, metric) is [.., var (step, value)] ? Text($"{name} {value:F2} at {step}") : "";
        var valid = Curve("valid", "elbo").Where(p => !double.IsNaN(p.Y)).ToList();
        string best = valid.Count > 0 && valid.MaxBy(p => p.Y) is var (at, top) ? Text($"best {top:F2} at {at}") : "";
        string[] numbers =
        [
            Newest("elbo: train", "train", "elbo"),
            Newest("valid", "valid", "elbo"),
            best,
            Newest("log p(x)", "valid", "log_px"),
        ];
        return string.Join(", ", numbers.Where(s => s.Length > 0));
    }

    private static string Fit(string line, int width) => line.Length <= width ? line : line[..width];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
