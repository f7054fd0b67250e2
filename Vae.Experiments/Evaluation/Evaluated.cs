using Vae.Core.Estimators;
using Vae.Experiments.Figures;

namespace Vae.Experiments.Evaluation;

/// <summary>What an evaluation came to: its number for each example, and what else it has to say.</summary>
/// <param name="Examples">From all K samples or chains.</param>
public sealed record Evaluated(IReadOnlyList<ExampleEstimate> Examples)
{
    /// <summary>The same from the first 1, 10, 100, ... samples or chains.</summary>
    public IReadOnlyList<(long Samples, IReadOnlyList<ExampleEstimate> Examples)> Fewer { get; init; } = [];

    /// <summary>Rows of metrics.parquet.</summary>
    public IReadOnlyList<(string Metric, double Value)> Metrics { get; init; } = [];

    /// <summary>Sentences for people.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Pictures, by the names of their files.</summary>
    public IReadOnlyDictionary<string, Canvas> Figures { get; init; } = new Dictionary<string, Canvas>();

    /// <summary>Estimates from weights, the last of which is from all of them.</summary>
    public static Evaluated Of(IReadOnlyList<EvidenceEstimate> estimates)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        return new Evaluated(ExampleEstimate.Of(estimates[^1]))
        {
            Fewer = [.. estimates.SkipLast(1).Select(e => (e.Samples, ExampleEstimate.Of(e)))],
        };
    }
}

/// <summary>One example's share of an estimate, in nats.</summary>
/// <param name="Elbo">Its ELBO; with annealed chains, the mean of their log-weights.</param>
/// <param name="LogPx">Its log p(x), where the kind gives one.</param>
/// <param name="Error">The Monte-Carlo standard error of LogPx; null where there is no telling.</param>
/// <param name="EffectiveSamples">1 to K.</param>
/// <param name="Upper">An upper bound of log p(x), where the kind gives one.</param>
public sealed record ExampleEstimate(
    double Elbo,
    double? LogPx,
    double? Error,
    double? EffectiveSamples,
    double? Upper = null
)
{
    /// <summary>Of each example's weights.</summary>
    public static IReadOnlyList<ExampleEstimate> Of(EvidenceEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        return
        [
            .. estimate.Weights.Zip(
                estimate.Errors,
                (w, error) =>
                    new ExampleEstimate(
                        w.Elbo,
                        w.LogLikelihood,
                        double.IsNaN(error) ? null : error,
                        w.EffectiveSampleSize
                    )
            ),
        ];
    }
}
