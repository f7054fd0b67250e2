using System.Globalization;
using Vae.Core.Estimators;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Results;

namespace Vae.Experiments.Evaluation;

/// <summary>One [[evaluate]] of a run: from its log-weights to its rows in the tables.</summary>
public sealed class EvaluationTask(EvaluateConfig config, string runId, long step, long seed, Binarisation binarisation)
{
    private const double Normal95 = 1.959963984540054;

    private readonly string binarisationName = Binarisations.NameOf(binarisation);
    private readonly string split = config.Split.ToString().ToLowerInvariant();

    /// <summary>"elbo" or "importance".</summary>
    public string Kind { get; } = config is ImportanceEvaluateConfig ? "importance" : "elbo";

    /// <summary>Samples of z per example, K.</summary>
    public long Samples { get; } =
        config switch
        {
            ImportanceEvaluateConfig c => c.Samples,
            ElboEvaluateConfig c => c.Samples,
            _ => throw new NotSupportedException($"evaluation {config}"),
        };

    private bool Importance => Kind == "importance";

    /// <summary>The row of estimates.parquet; lower and upper are the 95 % interval over the data.</summary>
    public EstimateRow Row(IReadOnlyList<WeightSummary> summaries)
    {
        Estimate e = Estimate.Of(summaries);
        double centre = Importance ? LogPx(e) : e.Elbo;
        double error = Importance ? e.StandardError : ElboError(summaries);
        return new EstimateRow(
            runId,
            step,
            split,
            Kind,
            Samples,
            seed,
            binarisationName,
            e.Elbo,
            Importance ? LogPx(e) : null,
            Importance ? e.StandardError : null,
            Importance ? e.MonteCarloError : null,
            Importance ? e.EffectiveSampleSize : null,
            centre - Normal95 * error,
            centre + Normal95 * error,
            summaries.Count
        );
    }

    /// <summary>The rows of log_weights.parquet, one per example.</summary>
    public IEnumerable<LogWeightRow> Examples(IReadOnlyList<WeightSummary> summaries, IReadOnlyList<int>? labels) =>
        summaries.Select(
            (s, i) =>
                new LogWeightRow(
                    runId,
                    step,
                    split,
                    Kind,
                    Samples,
                    seed,
                    i,
                    labels?[i] is >= 0 and var label ? label : null,
                    s.Elbo,
                    Importance ? s.LogLikelihood : null,
                    Importance && s.Count > 1 ? Math.Sqrt(s.Variance) : null,
                    Importance ? s.EffectiveSampleSize : null
                )
        );

    /// <summary>The estimate in words.</summary>
    public string Sentence(IReadOnlyList<WeightSummary> summaries)
    {
        EstimateRow row = Row(summaries);
        string n = summaries.Count.ToString("N0", CultureInfo.InvariantCulture);
        string value = Importance
            ? $"log p(x) = {row.LogPx:F2} ± {row.LogPxSe:F2} nats (elbo {row.Elbo:F2}, mean effective sample size {row.Ess:F1})"
            : $"elbo = {row.Elbo:F2} ± {ElboError(summaries):F2} nats";
        return $"{this}: {value}, {n} examples";
    }

    /// <inheritdoc/>
    public override string ToString() => $"{split} {Kind} K={Samples}";

    private static double LogPx(Estimate e) => e.LogPx ?? e.Elbo;

    private static double ElboError(IReadOnlyList<WeightSummary> summaries)
    {
        double mean = summaries.Average(s => s.Elbo);
        int n = summaries.Count;
        return n > 1 ? Math.Sqrt(summaries.Sum(s => Math.Pow(s.Elbo - mean, 2)) / (n - 1) / n) : double.NaN;
    }
}
