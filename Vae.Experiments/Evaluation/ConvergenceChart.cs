using Vae.Core.Estimators;
using Vae.Experiments.Figures;

namespace Vae.Experiments.Evaluation;

/// <summary>k_convergence.png: the estimate of log p(x) from the first 1, 10, 100, ... samples, which rises to the truth as K grows.</summary>
internal static class ConvergenceChart
{
    internal static Canvas Of(IReadOnlyList<EvidenceEstimate> estimates, string title)
    {
        var points = estimates
            .Select(e =>
                (
                    X: Math.Log10(e.Samples),
                    Y: e.Weights.Average(w => w.LogLikelihood),
                    Error: Math.Sqrt(e.Errors.Sum(error => error * error)) / e.Errors.Count
                )
            )
            .ToList();
        double elbo = estimates[^1].Weights.Average(w => w.Elbo);
        return LineChart.Render(
            $"{title}: log p(x) against the number of samples",
            "log10 K",
            "nats per example",
            [
                new Series("estimate", [.. points.Select(p => (p.X, p.Y))]),
                new Series("2 Monte-Carlo errors above", [.. points.Select(p => (p.X, p.Y + (2 * p.Error)))]),
                new Series("2 below", [.. points.Select(p => (p.X, p.Y - (2 * p.Error)))]),
                new Series("ELBO", [(points[0].X, elbo), (points[^1].X, elbo)]),
            ]
        );
    }
}
