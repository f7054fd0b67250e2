namespace Vae.Core.Metrics;

/// <summary>How often each cluster meets each class.</summary>
/// <remarks>Examples with a negative class, whose label isn't known, don't count. Counts: [clusters, classes].</remarks>
public sealed class Contingency
{
    private Contingency(long[,] counts) => Counts = counts;

    /// <summary>[clusters, classes].</summary>
    public long[,] Counts { get; }

    /// <summary>How many examples are counted.</summary>
    public long Total => Counts.Cast<long>().Sum();

    /// <summary>Counts examples with cluster c[i] and class y[i].</summary>
    public static Contingency Of(IReadOnlyList<int> clusters, IReadOnlyList<int> classes)
    {
        ArgumentNullException.ThrowIfNull(clusters);
        ArgumentNullException.ThrowIfNull(classes);
        if (clusters.Count != classes.Count)
        {
            throw new ArgumentException($"{clusters.Count} examples have a cluster and {classes.Count} a class.");
        }

        if (clusters.Any(cluster => cluster < 0))
        {
            throw new ArgumentException("A cluster is 0 or more.", nameof(clusters));
        }

        var counts = new long[clusters.DefaultIfEmpty(-1).Max() + 1, Math.Max(classes.DefaultIfEmpty(-1).Max() + 1, 0)];
        for (int i = 0; i < clusters.Count; i++)
        {
            if (classes[i] >= 0)
            {
                counts[clusters[i], classes[i]]++;
            }
        }

        return new(counts);
    }
}
