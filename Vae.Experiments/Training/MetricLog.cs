using System.Diagnostics;
using Vae.Experiments.Results;

namespace Vae.Experiments.Training;

/// <summary>Writes metrics to the run's journal, stamped with run and wall time, and for TensorBoard; makes the Parquet tables from the journal.</summary>
public sealed class MetricLog(RunDirectory run, Journal journal, EventFile events)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly double before = journal.Read().OfType<MetricRow>().Select(r => r.WallS).DefaultIfEmpty(0).Max();

    /// <summary>Seconds that the run has taken, over all its processes.</summary>
    public double WallSeconds => before + clock.Elapsed.TotalSeconds;

    /// <summary>The average training loss over the last whole epoch; null before the first is over.</summary>
    public double? LastEpochLoss =>
        journal
            .Read()
            .OfType<MetricRow>()
            .LastOrDefault(r => r is { Epoch: not null, Split: "train", Metric: "loss" })
            ?.Value;

    /// <summary>Records one number, in nats per image.</summary>
    public void Write(long step, string split, string metric, double value) =>
        Append(new MetricRow(run.Id, step, null, split, metric, value, WallSeconds));

    /// <summary>Records the averages of some steps.</summary>
    public void Write(long step, long? epoch, string split, RunningMean mean)
    {
        double wall = WallSeconds;
        Append(new MetricRow(run.Id, step, epoch, split, "loss", mean.Loss, wall));
        Append(new MetricRow(run.Id, step, epoch, split, "elbo", mean.Elbo, wall));
        Append(new MetricRow(run.Id, step, epoch, split, "kl", mean.Kl, wall));
    }

    /// <summary>Records an estimate.</summary>
    public void Write(EstimateRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        journal.Append(row);
        if (row.PartOf is null)
        {
            string tag = FormattableString.Invariant($"{row.Split}/{row.Kind}_{row.Samples}");
            foreach (var (name, value) in new[] { ("elbo", row.Elbo), ("log_px", row.LogPx) })
            {
                if (value is { } number)
                {
                    events.Scalar($"{tag}_{name}", row.Step, number);
                }
            }
        }
    }

    /// <summary>Shows pictures of the run's figures, by the names of their files, in TensorBoard.</summary>
    public void Show(long step, IEnumerable<string> figures)
    {
        ArgumentNullException.ThrowIfNull(figures);
        foreach (string name in figures)
        {
            events.Image($"figures/{name}", step, File.ReadAllBytes(Path.Combine(run.Figures, $"{name}.png")));
        }
    }

    /// <summary>Makes the journal durable.</summary>
    public void Flush() => journal.Checkpoint();

    /// <summary>Makes metrics.parquet and estimates.parquet anew from the journal.</summary>
    public void Publish() => ResultTables.WriteFrom(journal, run);

    private void Append(MetricRow row)
    {
        journal.Append(row);
        events.Scalar($"{row.Split}/{(row.Epoch is null ? "" : "epoch_")}{row.Metric}", row.Step, row.Value);
    }
}
