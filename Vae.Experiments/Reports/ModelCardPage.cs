using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Results;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Reports;

/// <summary>MODEL_CARD.md: what the model is, what its numbers are and what they aren't, with the front matter that Hugging Face reads.</summary>
/// <remarks>Mitchell et al. 2019, arXiv:1810.03993. What the config and the run's files don't say isn't said here either.</remarks>
public static class ModelCardPage
{
    private const int FewExamples = 10_000;

    private static readonly JsonSerializerOptions plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the card anew from what the run directory holds.</summary>
    public static void Write(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        AtomicFile.WriteText(record.Run.ModelCard, Page(record));
    }

    /// <summary>The card, Markdown.</summary>
    public static string Page(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        string path = $"runs/{record.Run.Id}";
        bool best =
            record.Config.Train.EvaluateFrom == EvaluateFromName.Best && File.Exists(Checkpoint.Best(record.Run));
        string weights = best ? Checkpoint.Best(record.Run) : Checkpoint.Last(record.Run);
        bool averaged = record.Config.Train.Ema is not null && !best; // the best are stored averaged
        return $"""
            {FrontMatter(record)}
            # {record.Run.Name}

            {Description(record)}

            ## Data and protocol

            {Data(record)}

            ## Numbers

            {Numbers(record)}

            ## Intended use

            Research on latent-variable models: comparing estimators, posteriors and priors at a stated protocol, drawing examples, and encoding
            data like that which it was trained on. It isn't made for decisions about people or things.

            ## Limits

            {string.Concat(Limits(record).Select(limit => $"- {limit}\n"))}
            ## How to load it

            `./vae export {path}` writes its parts as ONNX files with a card each, for ONNX Runtime in any language; `./vae sample {path} n=64`
            draws from the stored weights, which are `checkpoints/{Path.GetFileName(weights)}` (the tensors whose names begin with `model.`{(
                averaged ? ", and where one of the same name begins with `average.`, that one" : ""
            )}).

            ## How to make it again

            `./vae {path}/config.toml`, at commit {record.Environment.Commit ?? "(unknown)"}{(
                record.Environment.Dirty == true ? " with the changes that environment.json holds" : ""
            )}. With the same machine, libtorch ({record.Environment.Libtorch})
            and number of threads ({record.Environment.Threads}) the weights come out byte for byte; elsewhere they differ as those of another seed would.

            """;
    }

    private static string FrontMatter(RunRecord record)
    {
        var text = new StringBuilder("---\nlibrary_name: vae-research\n");
        if (LicenceTag(record.Environment.DatasetLicence) is { } licence)
        {
            text.Append(CultureInfo.InvariantCulture, $"license: {licence} # the data's\n");
        }

        string[] tags =
        [
            "variational-autoencoder",
            "density-estimation",
            "onnx",
            Schema.KindOf(record.Config.Model.GetType())!,
        ];
        text.Append(CultureInfo.InvariantCulture, $"tags: [{string.Join(", ", tags)}]\n");
        text.Append(CultureInfo.InvariantCulture, $"datasets: [{Quoted(record.Environment.Dataset)}]\n");
        EstimateRow[] rows =
        [
            .. record.Main.Where(e => e.Split != "model" && double.IsFinite(e.LogPx ?? e.Elbo ?? double.NaN)),
        ];
        if (rows.Length == 0)
        {
            return text.Append("---\n").ToString();
        }

        text.Append("metrics: [log_likelihood, elbo]\nmodel-index:\n");
        text.Append(CultureInfo.InvariantCulture, $"- name: {Quoted(record.Run.Name)}\n  results:\n");
        foreach (EstimateRow e in rows)
        {
            string task = record.Each == "image" ? "unconditional-image-generation" : "other";
            string name =
                $"{(e.LogPx is null ? "ELBO" : "log p(x)")}, nats per {record.Each}, {e.Kind}{(e.Samples > 0 ? Text($", K = {e.Samples}") : "")}";
            text.Append(
                CultureInfo.InvariantCulture,
                $"""
                  - task: {"{"} type: {task} {"}"}
                    dataset: {"{"} type: {Quoted(record.Environment.Dataset)}, name: {Quoted(
                    $"{record.Environment.Dataset}, {e.Binarisation}"
                )}, split: {e.Split} {"}"}
                    metrics:
                    - type: {(e.LogPx is null ? "elbo" : "log_likelihood")}
                      name: {Quoted(name)}
                      value: {e.LogPx ?? e.Elbo:F3}

                """
            );
        }

        return text.Append("---\n").ToString();
    }

    private static string Description(RunRecord record)
    {
        string parameters = record.Summary.GetValueOrDefault("parameters") is long n
            ? $", {Nats.Count(n)} parameters"
            : "";
        return $"A variational autoencoder: {record.Config.Model.InWords()}; {record.Config.Model.Latent} latent dimensions{parameters}. "
            + $"Trained for {Nats.Count(record.Status.Step)} steps with seed {record.Config.Seed} on {record.Environment.Dataset}; `config.toml` has every setting.";
    }

    private static string Data(RunRecord record)
    {
        EnvironmentInfo environment = record.Environment;
        string counts = environment.DatasetExamples is { } examples
            ? $": {string.Join(", ", examples.Select(e => $"{Nats.Count(e.Value)} {e.Key}"))} examples"
            : "";
        string binarisation = record.Binarisation is { } name and not "none"
            ? $" What becomes of pixels: {name}; numbers of other binarisations don't compare."
            : "";
        string licence = environment.DatasetLicence is { } rights ? $" Rights: {rights}." : "";
        return $"{environment.Dataset}{counts}.{binarisation}{licence} The SHA-256 of each file is in environment.json.";
    }

    private static string Numbers(RunRecord record)
    {
        EstimateRow[] rows = [.. record.Main];
        return rows.Length == 0
            ? "No estimate was made."
            : $"""
                Nats per {record.Each}; more is better. The interval is that of the mean over the examples (95 %), of bdmc the two bounds.

                | split | estimator | K | ELBO | log p(x) | ± se | Monte-Carlo error | 95 % interval | protocol |
                |---|---|--:|--:|--:|--:|--:|--:|---|
                {string.Join(
                    '\n',
                    rows.Select(e =>
                        $"| {e.Split} | {e.Kind} | {(e.Samples > 0 ? Nats.Count(e.Samples) : "–")} | {Nats.Of(e.Elbo)} | {Nats.Of(e.LogPx)} | {Nats.Of(e.LogPxSe, "G2")} | {Nats.Of(e.McSe, "G2")} | {Nats.Interval(e.Lower, e.Upper)} | {ReportTables.Protocol(e)} |"
                    )
                )}
                """;
    }

    private static IEnumerable<string> Limits(RunRecord record)
    {
        ExperimentConfig config = record.Config;
        foreach (string warning in ConfigFile.Warnings(config))
        {
            yield return warning;
        }

        if (config.Data.IsBinary && record.Each == "image")
        {
            yield return "It models pixels that are 0 or 1: the grey in its pictures is a probability, not a shade.";
        }

        if (!config.Model.UsesLabels)
        {
            yield return "It has seen no labels: it can't be asked for a class.";
        }

        if (record.Environment.DatasetExamples?.GetValueOrDefault("train") is < FewExamples and var few)
        {
            yield return $"Trained on {Nats.Count(few)} examples only: expect it to have learned some of them by heart.";
        }

        if (record.Summary.GetValueOrDefault("effective_kl_weight") is double weight and not 1)
        {
            yield return Text(
                $"Trained with an effective KL weight of {weight:R}: the ELBO in the table isn't what training maximised."
            );
        }

        if (record.First is { Kind: "importance", Ess: { } ess, Samples: var k } && ess < 0.1 * k)
        {
            yield return Text(
                $"Of {k} importance samples only {ess:F1} count on average: log p(x) is a lower bound in expectation, and the truth is probably higher."
            );
        }

        yield return "One seed: another one gives other numbers, often by more than their standard errors.";
        yield return "Data unlike its training data gets a number too, and the number may be high: log p(x) is no test of belonging.";
    }

    /// <summary>The Hugging Face Hub's name of a licence, where the phrase begins with one that it knows.</summary>
    private static string? LicenceTag(string? phrase) =>
        phrase is null ? null
        : phrase.StartsWith("CC BY-SA 3.0", StringComparison.Ordinal) ? "cc-by-sa-3.0"
        : phrase.StartsWith("MIT", StringComparison.Ordinal) ? "mit"
        : null;

    // JSON's strings are YAML's, too.
    private static string Quoted(string text) => JsonSerializer.Serialize(text, plain);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
