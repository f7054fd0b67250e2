using System.Globalization;
using Vae.Experiments.Results;

namespace Vae.Experiments.Reports;

/// <summary>The tables of a report: estimates with their errors and protocol, further numbers, the environment.</summary>
internal static class ReportTables
{
    private const int Many = 12;

    private static readonly string[] curves = ["loss", "elbo", "kl", "log_px"];

    /// <summary>The estimates, each with the protocol that makes it comparable; below, how they converge.</summary>
    public static Markup Estimates(RunRecord record)
    {
        EstimateRow[] main = [.. record.Main];
        EstimateRow[] parts = [.. record.Estimates.Where(e => e.PartOf is not null)];
        return main.Length == 0
            ? (Markup)
                $"<p>None was made yet. <code>vae evaluate {record.Run.Id} kind=importance samples=1000</code> makes one.</p>"
            : $"""
                {Table(main)}
                <p class="note">Nats per {record.Each}; more is better. ± is the standard error over the data; the Monte-Carlo error is that of the finite number of samples.
                The interval holds the mean over the data with 95 %; of bdmc it is the two bounds. Numbers compare only with those of the same protocol.</p>
                {(
                    parts.Length > 0
                        ? (Markup)
                            $"<details><summary>How they converge: the same from the first samples</summary>{Table(parts)}</details>"
                        : Markup.Empty
                )}
                """;
    }

    /// <summary>What else was measured, the last value of each; nothing where nothing was.</summary>
    public static Markup Further(RunRecord record)
    {
        Markup[] rows =
        [
            .. record
                .Metrics.Where(m => m.Epoch is null && !curves.Contains(m.Metric))
                .GroupBy(m => (m.Split, m.Metric))
                .Select(made => made.MaxBy(m => m.Step)!)
                .Select(m =>
                    (Markup)
                        $"<tr><td>{m.Split}</td><td><code>{m.Metric}</code></td><td class=\"n\">{Nats.Of(m.Value, "0.####")}</td><td class=\"n\">{Nats.Count(m.Step)}</td></tr>"
                ),
        ];
        if (rows.Length == 0)
        {
            return Markup.Empty;
        }

        Markup table =
            $"<div class=\"wide\"><table><thead><tr><th>split</th><th>metric</th><th class=\"n\">value</th><th class=\"n\">step</th></tr></thead><tbody>{rows}</tbody></table></div>";
        return rows.Length > Many
            ? (Markup)$"<h2>Also measured</h2><details><summary>{rows.Length} numbers</summary>{table}</details>"
            : $"<h2>Also measured</h2>{table}";
    }

    /// <summary>Versions, machine, data: what one needs to get the same numbers again.</summary>
    public static Markup Environment(EnvironmentInfo environment)
    {
        (string Name, Markup Value)[] rows =
        [
            ("commit", Commit(environment)),
            ("command", $"<code>{string.Join(' ', environment.CommandLine)}</code>"),
            ("device", $"{environment.Device}{(environment.Gpu is { } gpu ? $", {gpu}" : "")}"),
            ("processor", $"{environment.Cpu ?? "?"}, {environment.Cores} cores, {environment.Threads} threads used"),
            ("memory", $"{environment.MemoryBytes / (double)(1 << 30):F1} GiB"),
            ("system", $"{environment.Os}"),
            ("versions", $"libtorch {environment.Libtorch}, {environment.Dotnet}"),
            ("data", Data(environment)),
        ];
        return $"<div class=\"wide\"><table class=\"facts\"><tbody>{rows.Select(r => (Markup)$"<tr><th>{r.Name}</th><td>{r.Value}</td></tr>")}</tbody></table></div>";
    }

    private static Markup Table(EstimateRow[] rows) =>
        $"""
            <div class="wide"><table><thead><tr><th>split</th><th>estimator</th><th class="n">K</th><th class="n">ELBO</th><th class="n">log p(x)</th><th class="n">±</th>
            <th class="n" title="Monte-Carlo error">MC error</th><th class="n" title="effective sample size, 1 to K">ESS</th><th class="n">95 % interval</th><th>protocol</th></tr></thead>
            <tbody>{rows.Select(Row)}</tbody></table></div>
            """;

    private static Markup Row(EstimateRow e) =>
        $"""
            <tr><td>{e.Split}</td><td>{e.Kind}</td><td class="n">{(
                e.Samples > 0 ? Nats.Count(e.Samples) : "–"
            )}</td><td class="n">{Nats.Of(e.Elbo)}</td>
            <td class="n"><b>{Nats.Of(e.LogPx)}</b></td><td class="n">{Nats.Of(
                e.LogPxSe,
                "G2"
            )}</td><td class="n">{Nats.Of(e.McSe, "G2")}</td><td class="n">{Nats.Of(e.Ess, "F1")}</td>
            <td class="n">{Nats.Interval(e.Lower, e.Upper)}</td><td class="protocol">{Protocol(e)}</td></tr>
            """;

    /// <summary>What a number depends on besides the model.</summary>
    public static string Protocol(EstimateRow e) =>
        string.Join(
            ", ",
            new[]
            {
                e.Binarisation == "none" ? null : e.Binarisation,
                e.Examples is { } n ? $"{Nats.Count(n)} examples" : null,
                $"weights of step {Nats.Count(e.Step)}",
                string.Create(CultureInfo.InvariantCulture, $"seed {e.Seed}"),
                e.Settings,
            }.Where(word => word is not null)
        );

    private static Markup Commit(EnvironmentInfo environment) =>
        environment.Commit is null ? (Markup)$"not from a git checkout"
        : environment.Dirty != true ? (Markup)$"<code>{environment.Commit}</code>"
        : environment.Patch is null ? (Markup)$"<code>{environment.Commit}</code>, with changes"
        : $"<code>{environment.Commit}</code>, with changes <details><summary>patch</summary><pre>{environment.Patch}</pre></details>";

    private static Markup Data(EnvironmentInfo environment) =>
        $"""
            {environment.Dataset}{(environment.DatasetLicence is { } licence ? $" ({licence})" : "")}{environment.DatasetExamples?.Select(e =>
                (Markup)$", {Nats.Count(e.Value)} {e.Key}"
            ) ?? []}
            <details><summary>SHA-256</summary>{environment.DatasetSha256.Select(file => (Markup)$"<div><code>{file.Value}</code> {file.Key}</div>")}</details>
            """;
}
