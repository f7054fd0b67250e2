using System.Text;
using Vae.Inference.Repository;

namespace Vae.Inference.Observing;

/// <summary>The families of metrics that every model has.</summary>
internal enum Metric
{
    Requests,
    Failures,
    QueueSeconds,
    ComputeSeconds,
    BatchRows,
}

/// <summary>All numbers in Prometheus' text format, version 0.0.4.</summary>
internal static class Metrics
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly (Metric Metric, string Name, string Type, string Help)[] families =
    [
        (Metric.Requests, "vae_requests_total", "counter", "Requests that were computed."),
        (Metric.Failures, "vae_failures_total", "counter", "Requests that were refused or failed, by reason."),
        (Metric.QueueSeconds, "vae_queue_seconds", "histogram", "Time that computed requests waited."),
        (Metric.ComputeSeconds, "vae_compute_seconds", "histogram", "Time of a run of a batch."),
        (Metric.BatchRows, "vae_batch_rows", "histogram", "Rows of a batch."),
    ];

    public static string Text(IReadOnlyList<ServedModel> models, HttpCounts http, bool ready)
    {
        var text = new StringBuilder();
        foreach (var (metric, name, type, help) in families)
        {
            Begin(text, name, type, help);
            foreach (ServedModel model in models)
            {
                model.Statistics.Write(text, metric, name, Labels(model));
            }
        }

        Begin(text, "vae_pending_requests", "gauge", "Requests that wait in the queue.");
        foreach (ServedModel model in models)
        {
            text.Append($"vae_pending_requests{{{Labels(model)}}} {model.Pending}\n");
        }

        Begin(text, "vae_http_responses_total", "counter", "Answers by HTTP status; 499: the client was gone.");
        foreach (var (status, count) in http.All)
        {
            text.Append($"vae_http_responses_total{{code=\"{status}\"}} {count}\n");
        }

        Begin(text, "vae_ready", "gauge", "1 when the service takes requests.");
        text.Append($"vae_ready {(ready ? 1 : 0)}\n");
        Begin(text, "process_resident_memory_bytes", "gauge", "Resident memory.");
        text.Append($"process_resident_memory_bytes {Environment.WorkingSet}\n");
        return text.ToString();
    }

    private static void Begin(StringBuilder text, string name, string type, string help) =>
        text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    // A model's name has no character that would have to be escaped.
    private static string Labels(ServedModel model) => $"model=\"{model.Name}\",version=\"{model.VersionText}\"";
}
