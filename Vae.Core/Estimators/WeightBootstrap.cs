using Vae.Primitives;
using Vae.Torch;

namespace Vae.Core.Estimators;

/// <summary>How often each weight counts in each of R bootstrap replicates, for weights that come in pieces and aren't kept.</summary>
/// <remarks>
/// In a replicate weight k counts c ~ Poisson(1) times, a function of (key, replicate, k): so it streams, where drawing K out of K would need them all.
/// The Monte-Carlo standard error of log (1/K) Σ w is the standard deviation over replicates of log (Σ c w / Σ c).
/// Efron 1979, doi:10.1214/aos/1176344552; with Poisson counts, Hanley and MacGibbon 2006, doi:10.1016/j.cmpb.2006.04.006.
/// </remarks>
public sealed class WeightBootstrap(PhiloxKey key, int replicates = 200) : IDisposable
{
    private const int Remembered = 16; // pieces, which are the same for every batch of examples
    private readonly double[] poisson = [.. Enumerable.Range(0, 9).Select(Cumulative)];
    private readonly Dictionary<(long, long), Tensor> pieces = [];

    /// <summary>R.</summary>
    public int Replicates => replicates;

    /// <summary>The counts of weights first ... first + count − 1: [R, count], float64.</summary>
    public Tensor Counts(long first, long count, Device device)
    {
        if (!pieces.TryGetValue((first, count), out Tensor? counts))
        {
            counts = Draw(first, count, device).DetachFromDisposeScope();
            if (pieces.Count == Remembered)
            {
                Dispose();
            }

            pieces.Add((first, count), counts);
        }

        return counts;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Tensor counts in pieces.Values)
        {
            counts.Dispose();
        }

        pieces.Clear();
    }

    private Tensor Draw(long first, long count, Device device)
    {
        using var scope = NewDisposeScope();
        Tensor ids = arange(0, replicates, 1, ScalarType.Int64, device);
        Tensor u = PhiloxTensor.Uniform(key, 0, ids, first, count, 1).view(count, replicates).t();
        return poisson
            .Select(c => u.ge(c).to(ScalarType.Float64))
            .Aggregate((a, b) => a + b)
            .contiguous()
            .MoveToOuterDisposeScope();
    }

    // P(c ≤ n) of Poisson(1).
    private static double Cumulative(int n) =>
        Math.Exp(-1) * Enumerable.Range(0, n + 1).Sum(i => 1 / Enumerable.Range(1, i).Aggregate(1.0, (a, b) => a * b));
}
