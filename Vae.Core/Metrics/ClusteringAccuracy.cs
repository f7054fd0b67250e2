namespace Vae.Core.Metrics;

/// <summary>The part of the examples whose cluster's class is their own, with clusters and classes matched one to one in the best way.</summary>
/// <remarks>maxₘ (1/N) Σᵢ [yᵢ = m(cᵢ)], in [0, 1]; Xie, Girshick and Farhadi 2016, arXiv:1511.06335, section 5. Classes of -1 (not known) don't count; without any class it is NaN.</remarks>
public static class ClusteringAccuracy
{
    /// <summary>The accuracy of clusters, 0 ... C − 1, against classes, 0 ... Y − 1.</summary>
    public static double Of(IReadOnlyList<int> clusters, IReadOnlyList<int> classes)
    {
        var contingency = Contingency.Of(clusters, classes);
        int[] matched = ClassOfCluster(contingency.Counts);
        long right = matched.Select((y, c) => y < 0 ? 0 : contingency.Counts[c, y]).Sum();
        return (double)right / contingency.Total;
    }

    /// <summary>The class that is matched to each cluster; -1 for clusters that are left over. counts: [C, Y] → [C].</summary>
    public static int[] ClassOfCluster(long[,] counts)
    {
        ArgumentNullException.ThrowIfNull(counts);
        var (clusters, classes) = (counts.GetLength(0), counts.GetLength(1));
        int size = Math.Max(clusters, classes);
        var square = new long[size, size];
        for (int c = 0; c < clusters; c++)
        {
            for (int y = 0; y < classes; y++)
            {
                square[c, y] = counts[c, y];
            }
        }

        return [.. Matching.Best(square).Take(clusters).Select(y => y < classes ? y : -1)];
    }
}
