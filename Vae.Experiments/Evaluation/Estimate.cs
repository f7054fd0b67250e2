using Vae.Core.Estimators;

namespace Vae.Experiments.Evaluation;

/// <summary>What K log-weights for each of N examples say: means over the examples and their errors, in nats per example.</summary>
/// <param name="Elbo">Mean ELBO.</param>
/// <param name="LogPx">Mean importance-sampled log p(x); null when K = 1.</param>
/// <param name="StandardError">Standard error over the data of LogPx, or of Elbo when K = 1.</param>
/// <param name="MonteCarloError">Standard error from the finite K, by the delta method; null when K = 1.</param>
/// <param name="EffectiveSampleSize">Mean over the examples.</param>
public sealed record Estimate(
    double Elbo,
    double? LogPx,
    double StandardError,
    double? MonteCarloError,
    double EffectiveSampleSize
)
{
    /// <summary>Summaries of equally many weights each, one per example.</summary>
    public static Estimate Of(IReadOnlyList<WeightSummary> summaries)
    {
        ArgumentNullException.ThrowIfNull(summaries);
        bool many = summaries[0].Count > 1;
        double elbo = summaries.Average(s => s.Elbo);
        double logPx = summaries.Average(s => s.LogLikelihood);
        double centre = many ? logPx : elbo;
        double squares = summaries.Sum(s => Math.Pow((many ? s.LogLikelihood : s.Elbo) - centre, 2));
        int n = summaries.Count;
        return new Estimate(
            elbo,
            many ? logPx : null,
            n > 1 ? Math.Sqrt(squares / (n - 1) / n) : double.NaN,
            many ? Math.Sqrt(summaries.Sum(s => s.Variance)) / n : null,
            summaries.Average(s => s.EffectiveSampleSize)
        );
    }
}
