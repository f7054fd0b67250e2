using Vae.Experiments.Figures;

namespace Vae.Experiments.Evaluation;

/// <summary>active_units.png: how much each latent dimension says about x, the most active one first.</summary>
internal static class ActiveUnitsChart
{
    private const double Floor = 1e-6;

    internal static Canvas Of(IReadOnlyList<double> variances, IReadOnlyList<double>? kl, double threshold)
    {
        int[] order = [.. Enumerable.Range(0, variances.Count).OrderByDescending(j => variances[j])];
        int active = variances.Count(a => a > threshold);
        Series[] series =
        [
            Curve("log10 Var E[z|x]", variances),
            new("active above", [(1, Math.Log10(threshold)), (variances.Count, Math.Log10(threshold))]),
        ];
        return LineChart.Render(
            FormattableString.Invariant($"{active} of {variances.Count} latent dimensions are active"),
            "latent dimension, the most active first",
            "log10",
            kl is null ? series : [series[0], Curve("log10 of its KL in nats", kl), series[1]]
        );

        Series Curve(string name, IReadOnlyList<double> values) =>
            new(name, [.. order.Select((j, place) => (place + 1.0, Math.Log10(Math.Max(values[j], Floor))))]);
    }
}
