using System.Reflection;
using Vae.Experiments.Config;
using Vae.Experiments.Figures;
using Vae.Experiments.Results;
using Vae.Primitives;

namespace Vae.Experiments.Reports;

/// <summary>report.html: a run on one page, which opens from disk and asks the network for nothing.</summary>
public static class Report
{
    /// <summary>Writes the page anew from what the run directory holds.</summary>
    public static void Write(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AtomicFile.WriteText(record.Run.Report, Page(record).ToString());
    }

    /// <summary>The page.</summary>
    public static Markup Page(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
            <title>{record.Run.Id}</title>
            <style>
            {Resource("report.css")}</style>
            </head>
            <body>
            <header>
            <h1>{record.Run.Name}</h1>
            <p>{InWords(record)}</p>
            <p class="note">{record.Run.Id}</p>
            </header>
            <main>
            <section class="tiles">
            {Tiles(record)}
            </section>
            {Notes(record)}
            <section>
            <h2>Curves</h2>
            {Curves(record)}
            </section>
            <section>
            <h2>Pictures</h2>
            <div class="pictures">
            {ReportPictures.Of(record.Run)}
            </div>
            </section>
            <section>
            <h2>Estimates</h2>
            {ReportTables.Estimates(record)}
            {ReportTables.Further(record)}
            </section>
            <section>
            <h2>Config</h2>
            <p>It runs again by itself: <code>vae config.toml</code>. <button type="button" data-copies="config">Copy</button></p>
            <pre id="config">{record.ConfigText}</pre>
            </section>
            <section>
            <h2>Environment</h2>
            {ReportTables.Environment(record.Environment)}
            </section>
            </main>
            <script>
            {Resource("report.js")}</script>
            </body>
            </html>

            """;
    }

    private static string InWords(RunRecord record)
    {
        string binarisation = record.Binarisation is { } name and not "none" ? $", {name}" : "";
        string reason = record.Status.Reason is { } why ? $" ({why})" : "";
        return $"{record.Config.Model.InWords()} on {record.Environment.Dataset}{binarisation}; seed {record.Config.Seed}; {record.Status.State.ToString().ToLowerInvariant()} at step {Nats.Count(record.Status.Step)}{reason}";
    }

    private static IEnumerable<Markup> Tiles(RunRecord record)
    {
        if (record.First is { } first)
        {
            bool bounded = first.LogPx is not null;
            yield return Tile(
                $"test {(bounded ? "log p(x)" : "ELBO")}, nats per {record.Each}",
                Nats.Of(first.LogPx ?? first.Elbo),
                $"95 %: {Nats.Interval(first.Lower, first.Upper)}",
                $"{first.Kind}{(first.Samples > 0 ? $", K = {Nats.Count(first.Samples)}" : "")}; {ReportTables.Protocol(first)}"
            );
            if (bounded)
            {
                yield return Tile(
                    "test ELBO",
                    Nats.Of(first.Elbo),
                    $"{Nats.Of(first.LogPx - first.Elbo)} nats below",
                    ""
                );
            }
        }

        if (record.Curve("valid", "elbo") is { Count: > 0 } valid)
        {
            var (step, elbo) = valid.Where(p => !double.IsNaN(p.Y)).DefaultIfEmpty(valid[0]).MaxBy(p => p.Y);
            yield return Tile("best validation ELBO", Nats.Of(elbo), $"at step {Nats.Count((long)step)}", "");
        }

        if (record.Summary.GetValueOrDefault("parameters") is long parameters)
        {
            yield return Tile("parameters", Nats.Count(parameters), "", "");
        }

        double seconds = record.Metrics.Select(m => m.WallS).DefaultIfEmpty(0).Max();
        yield return Tile(
            "time",
            Nats.Time(seconds),
            record.Summary.GetValueOrDefault("images_per_s") is double speed
                ? $"{Nats.Count((long)speed)} {record.Each}s/s"
                : "",
            $"{record.Environment.Device}, {record.Environment.Threads} threads"
        );
    }

    private static Markup Tile(string name, string value, string below, string small) =>
        $"<div class=\"tile\"><span>{name}</span><strong>{value}</strong><span>{below}</span><small>{small}</small></div>\n";

    // What a reader of the numbers must know first.
    private static Markup Notes(RunRecord record)
    {
        List<string> notes = [.. ConfigFile.Warnings(record.Config)];
        if (record.Summary.GetValueOrDefault("effective_kl_weight") is double weight and not 1)
        {
            notes.Add(
                FormattableString.Invariant(
                    $"Trained with an effective KL weight of {weight:R}: beside an example's whole reconstruction term its KL counts {weight:R} times."
                )
            );
        }

        if (record.Summary.GetValueOrDefault("skipped_steps") is long skipped and > 0)
        {
            notes.Add($"{Nats.Count(skipped)} steps had no finite loss or gradient and were skipped.");
        }

        return notes.Count == 0
            ? Markup.Empty
            : $"<section class=\"notes\"><ul>{notes.Select(n => (Markup)$"<li>{n}</li>")}</ul></section>";
    }

    private static IEnumerable<Markup> Curves(RunRecord record)
    {
        string unit = $"nats per {record.Each}, by step";
        Series Curve(string name, string split, string metric) => new(name, record.Curve(split, metric));
        yield return ReportChart.Of(
            "ELBO and log p(x)",
            unit,
            [
                Curve("train ELBO", "train", "elbo"),
                Curve("valid ELBO", "valid", "elbo"),
                Curve("valid log p(x)", "valid", "log_px"),
                Curve("train log p(x), exact", "train", "log_px"),
            ]
        );
        yield return ReportChart.Of("KL of the posterior from the prior", unit, [Curve("train KL", "train", "kl")]);
        if (!LossIsElbo(record))
        {
            yield return ReportChart.Of("Training loss", unit, [Curve("train loss", "train", "loss")]);
        }
    }

    private static bool LossIsElbo(RunRecord record)
    {
        const double Equal = 0.01;
        return record
                .Curve("train", "loss")
                .Zip(record.Curve("train", "elbo"), (loss, elbo) => Math.Abs(loss.Y + elbo.Y) / (Math.Abs(elbo.Y) + 1))
                .Where(double.IsFinite)
                .DefaultIfEmpty(0)
                .Average() < Equal;
    }

    private static Markup Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return Markup.Trusted(reader.ReadToEnd());
    }
}
