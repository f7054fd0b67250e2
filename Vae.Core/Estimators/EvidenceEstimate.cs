namespace Vae.Core.Estimators;

/// <summary>log p̂(x) of some examples from their first K weights each, in nats.</summary>
/// <param name="Samples">K.</param>
/// <param name="Weights">The weights of each example, summed up.</param>
/// <param name="Errors">The Monte-Carlo standard error of each example's log p̂(x), by bootstrap over its weights; NaN when K = 1.</param>
public sealed record EvidenceEstimate(long Samples, IReadOnlyList<WeightSummary> Weights, IReadOnlyList<double> Errors)
{
    /// <summary>The estimates from the first 1, 10, 100, ... and at last from all of these weights. logW: [K, B].</summary>
    public static IReadOnlyList<EvidenceEstimate> Of(Tensor logW, WeightBootstrap bootstrap)
    {
        var tally = new WeightTally(logW.shape[1], logW.shape[0], bootstrap);
        tally.Add(logW);
        return tally.Estimates;
    }

    /// <summary>The estimates of pieces, in their order, as one; each piece has the same K's.</summary>
    public static IReadOnlyList<EvidenceEstimate> Join(IEnumerable<IReadOnlyList<EvidenceEstimate>> pieces) =>
        [
            .. pieces
                .SelectMany(piece => piece)
                .GroupBy(estimate => estimate.Samples)
                .Select(same => new EvidenceEstimate(
                    same.Key,
                    [.. same.SelectMany(e => e.Weights)],
                    [.. same.SelectMany(e => e.Errors)]
                )),
        ];
}
