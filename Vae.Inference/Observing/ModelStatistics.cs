using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Vae.Inference.Batching;

namespace Vae.Inference.Observing;

/// <summary>What one version of a model has done since it was loaded.</summary>
internal sealed class ModelStatistics
{
    private readonly Lock gate = new();
    private readonly Histogram queueSeconds = Histogram.OfSeconds();
    private readonly Histogram computeSeconds = Histogram.OfSeconds();
    private readonly Histogram batchRows = new(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024);
    private readonly SortedDictionary<string, long> failures = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, (long Count, double Seconds)> byBatch = [];
    private long lastInference;

    /// <summary>A run is done.</summary>
    public void Computed(IReadOnlyList<Work> batch, long begin, TimeSpan compute)
    {
        int rows = batch.Sum(w => w.Rows);
        lock (gate)
        {
            foreach (Work work in batch)
            {
                queueSeconds.Add(Stopwatch.GetElapsedTime(work.Since, begin).TotalSeconds);
            }

            computeSeconds.Add(compute.TotalSeconds);
            batchRows.Add(rows);
            var (count, seconds) = byBatch.GetValueOrDefault(rows);
            byBatch[rows] = (count + 1, seconds + compute.TotalSeconds);
            lastInference = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        }
    }

    /// <summary>A request failed, for a reason in a word or two.</summary>
    public void Failed(string reason)
    {
        lock (gate)
        {
            failures[reason] = failures.GetValueOrDefault(reason) + 1;
        }
    }

    /// <summary>As Triton's statistics: times in nanoseconds, summed.</summary>
    public void Write(Utf8JsonWriter json)
    {
        lock (gate)
        {
            json.WriteNumber("last_inference", lastInference);
            json.WriteNumber("inference_count", (long)batchRows.Sum);
            json.WriteNumber("execution_count", computeSeconds.Count);
            json.WriteStartObject("inference_stats");
            Duration(json, "success", queueSeconds.Count, queueSeconds.Sum + computeSeconds.Sum);
            Duration(json, "fail", failures.Values.Sum(), 0);
            Duration(json, "queue", queueSeconds.Count, queueSeconds.Sum);
            Duration(json, "compute_infer", computeSeconds.Count, computeSeconds.Sum);
            json.WriteEndObject();
            json.WriteStartObject("failures");
            foreach (var (reason, count) in failures)
            {
                json.WriteNumber(reason, count);
            }

            json.WriteEndObject();
            json.WriteStartArray("batch_stats");
            foreach (var (rows, (count, seconds)) in byBatch)
            {
                json.WriteStartObject();
                json.WriteNumber("batch_size", rows);
                Duration(json, "compute_infer", count, seconds);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    /// <summary>One family of metrics for this model; families come one after the other, all models in each.</summary>
    public void Write(StringBuilder text, Metric metric, string name, string labels)
    {
        lock (gate)
        {
            switch (metric)
            {
                case Metric.Requests:
                    text.Append($"{name}{{{labels}}} {queueSeconds.Count}\n");
                    break;
                case Metric.Failures:
                    foreach (var (reason, count) in failures)
                    {
                        text.Append($"{name}{{{labels},reason=\"{reason}\"}} {count}\n");
                    }

                    break;
                case Metric.QueueSeconds:
                    queueSeconds.Write(text, name, labels);
                    break;
                case Metric.ComputeSeconds:
                    computeSeconds.Write(text, name, labels);
                    break;
                default:
                    batchRows.Write(text, name, labels);
                    break;
            }
        }
    }

    private static void Duration(Utf8JsonWriter json, string name, long count, double seconds)
    {
        json.WriteStartObject(name);
        json.WriteNumber("count", count);
        json.WriteNumber("ns", (long)(seconds * 1e9));
        json.WriteEndObject();
    }
}
