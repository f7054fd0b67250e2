using System.Globalization;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Results;

namespace Vae.Experiments.Evaluation;

/// <summary>One [[evaluate]] of a run: from its numbers for each example to its rows in the tables.</summary>
public sealed class EvaluationTask(EvaluateConfig config, string runId, long step, long seed, Binarisation binarisation)
{
    /// <summary>The split of estimates on data that the model draws itself: nobody else's, so not to be compared.</summary>
    public const string FromModel = "model";

    private const double Normal95 = 1.959963984540054;

    private readonly string binarisationName = Binarisations.NameOf(binarisation);
    private readonly string split =
        config is BdmcEvaluateConfig ? FromModel : config.Split.ToString().ToLowerInvariant();

    /// <summary>Whether the estimate is on data that the model draws itself.</summary>
    public bool IsFromModel => split == FromModel;

    /// <summary>The estimator.</summary>
    public string Kind { get; } = Schema.KindOf(config.GetType())!;

    /// <summary>Samples of z or chains per example, K.</summary>
    public long Samples { get; } = config.Count;

    /// <summary>The row of estimates.parquet; lower and upper are the 95 % interval over the data, or the two bounds.</summary>
    public EstimateRow Row(Evaluated made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return Row(made.Examples, Samples, partOf: null);
    }

    /// <summary>The rows from the first 1, 10, 100, ... samples.</summary>
    public IEnumerable<EstimateRow> Fewer(Evaluated made)
    {
        ArgumentNullException.ThrowIfNull(made);
        return made.Fewer.Select(fewer => Row(fewer.Examples, fewer.Samples, Samples));
    }

    /// <summary>The rows of log_weights.parquet, one per example.</summary>
    public IEnumerable<LogWeightRow> Examples(Evaluated made, IReadOnlyList<int>? labels)
    {
        ArgumentNullException.ThrowIfNull(made);
        return made.Examples.Select(
            (e, i) =>
                new LogWeightRow(
                    runId,
                    step,
                    split,
                    Kind,
                    Samples,
                    seed,
                    i,
                    labels?[i] is >= 0 and var label ? label : null,
                    e.Elbo,
                    e.LogPx,
                    e.LogPx is null ? null : e.Error,
                    e.LogPx is null ? null : e.EffectiveSamples,
                    config.Settings
                )
        );
    }

    /// <summary>The estimate in words.</summary>
    public string Sentence(Evaluated made)
    {
        EstimateRow row = Row(made);
        string n = made.Examples.Count.ToString("N0", CultureInfo.InvariantCulture);
        string monteCarlo = row.McSe is > 0 and var error ? Text($", Monte-Carlo error {error:G2}") : "";
        string ess = row.Ess is { } samples ? Text($", mean effective sample size {samples:F1}") : "";
        string value =
            row.LogPx is null ? Text($"elbo = {row.Elbo:F2} ± {Spread([.. made.Examples.Select(e => e.Elbo)]):F2} nats")
            : split == FromModel
                ? Text(
                    $"{row.Lower:F3} <= log p(x) <= {row.Upper:F3} nats, a gap of {row.Upper - row.Lower:F3}{monteCarlo}, data drawn from the model"
                )
            : Text($"log p(x) = {row.LogPx:F2} ± {row.LogPxSe:F2} nats (elbo {row.Elbo:F2}{monteCarlo}{ess})");
        return $"{this}: {value}, {n} examples";
    }

    /// <inheritdoc/>
    public override string ToString() =>
        config is ExactEvaluateConfig ? $"{split} {Kind}" : $"{split} {Kind} K={Samples}";

    private EstimateRow Row(IReadOnlyList<ExampleEstimate> examples, long samples, long? partOf)
    {
        double elbo = examples.Average(e => e.Elbo);
        double? logPx = examples.Average(e => e.LogPx);
        double spread = Spread([.. examples.Select(e => e.LogPx ?? e.Elbo)]);
        double centre = logPx ?? elbo;
        double? upper = examples.Average(e => e.Upper);
        return new EstimateRow(
            runId,
            step,
            split,
            Kind,
            samples,
            seed,
            binarisationName,
            elbo,
            logPx,
            logPx is null ? null : spread,
            logPx is null || examples.Any(e => e.Error is null)
                ? null
                : Math.Sqrt(examples.Sum(e => e.Error!.Value * e.Error.Value)) / examples.Count,
            logPx is null ? null : examples.Average(e => e.EffectiveSamples),
            upper is null ? centre - Normal95 * spread : centre,
            upper ?? centre + Normal95 * spread,
            examples.Count,
            config.Settings,
            partOf
        );
    }

    // The standard error of a mean over examples.
    private static double Spread(double[] values)
    {
        double mean = values.Average();
        int n = values.Length;
        return n > 1 ? Math.Sqrt(values.Sum(v => Math.Pow(v - mean, 2)) / (n - 1) / n) : double.NaN;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
