using System.Diagnostics;
using Vae.Experiments.Results;

namespace Vae.Experiments.Training;

/// <summary>Writes metrics to the run's journal, stamped with run and wall time, and makes the Parquet tables from it.</summary>
public sealed class MetricLog(RunDirectory run, Journal journal)
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
        journal.Append(new MetricRow(run.Id, step, null, split, metric, value, WallSeconds));

    /// <summary>Records the averages of some steps.</summary>
    public void Write(long step, long? epoch, string split, RunningMean mean)
    {
        double wall = WallSeconds;
        journal.Append(new MetricRow(run.Id, step, epoch, split, "loss", mean.Loss, wall));
        journal.Append(new MetricRow(run.Id, step, epoch, split, "elbo", mean.Elbo, wall));
        journal.Append(new MetricRow(run.Id, step, epoch, split, "kl", mean.Kl, wall));
    }

    /// <summary>Records an estimate.</summary>
    public void Write(EstimateRow row) => journal.Append(row);

    /// <summary>Makes the journal durable.</summary>
    public void Flush() => journal.Checkpoint();

    /// <summary>Makes metrics.parquet and estimates.parquet anew from the journal.</summary>
    public void Publish() => ResultTables.WriteFrom(journal, run);
}
