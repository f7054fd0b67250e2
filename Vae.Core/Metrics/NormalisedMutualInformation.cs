namespace Vae.Core.Metrics;

/// <summary>How much clusters say about classes: I(c; y) / ((H(c) + H(y)) / 2), in [0, 1].</summary>
/// <remarks>
/// The arithmetic mean of the entropies normalises, as in scikit-learn; Vinh, Epps and Bailey 2010, JMLR 11:2837-2854, table 2 (NMI_sum).
/// Where both are a single group it is 1. Classes of -1 (not known) don't count; without any class it is NaN.
/// </remarks>
public static class NormalisedMutualInformation
{
    /// <summary>Of clusters and classes; both may have any numbers of groups.</summary>
    public static double Of(IReadOnlyList<int> clusters, IReadOnlyList<int> classes)
    {
        var contingency = Contingency.Of(clusters, classes);
        long[,] counts = contingency.Counts;
        double total = contingency.Total;
        var (rows, columns) = (counts.GetLength(0), counts.GetLength(1));
        double joint = Entropy(counts.Cast<long>(), total);
        double rowEntropy = Entropy(
            Enumerable.Range(0, rows).Select(c => Enumerable.Range(0, columns).Sum(y => counts[c, y])),
            total
        );
        double columnEntropy = Entropy(
            Enumerable.Range(0, columns).Select(y => Enumerable.Range(0, rows).Sum(c => counts[c, y])),
            total
        );
        double normaliser = (rowEntropy + columnEntropy) / 2;
        return total == 0 ? double.NaN
            : normaliser == 0 ? 1
            : Math.Clamp((rowEntropy + columnEntropy - joint) / normaliser, 0, 1);
    }

    // In nats.
    private static double Entropy(IEnumerable<long> counts, double total) =>
        -counts.Where(n => n > 0).Sum(n => n / total * Math.Log(n / total));
}
