namespace Vae.Core.Estimators;

/// <summary>One example's log-weights, summed up as they come: K may be any number, memory stays the same. Float64 throughout.</summary>
/// <remarks>Kept as max m, Σ exp(log w − m), Σ exp 2(log w − m) and Σ of what makes the ELBO (the online log-sum-exp).</remarks>
public struct WeightSummary
{
    private double max;
    private double sum;
    private double sumOfSquares;
    private double sumOfBounds;

    /// <summary>How many weights were added, K.</summary>
    public long Count { get; private set; }

    /// <summary>The evidence lower bound in nats, (1/K) Σ log w, or the mean of what was said to make it.</summary>
    public readonly double Elbo => sumOfBounds / Count;

    /// <summary>log (1/K) Σ w, the importance-sampled log-likelihood in nats. arXiv:1509.00519, eq. 8.</summary>
    public readonly double LogLikelihood => max + Math.Log(sum) - Math.Log(Count);

    /// <summary>Effective sample size (Σ w)² / Σ w², between 1 and K. Kong 1992.</summary>
    public readonly double EffectiveSampleSize => sum * sum / sumOfSquares;

    /// <summary>The Monte-Carlo variance of <see cref="LogLikelihood"/> by the delta method: (Σw² / (Σw)² − 1/K) · K / (K − 1), in nats²; NaN of a single weight.</summary>
    public readonly double Variance =>
        Count < 2 ? double.NaN : Math.Max(0, sumOfSquares / (sum * sum) - 1.0 / Count) * Count / (Count - 1.0);

    /// <summary>Adds one log-weight, in nats. −∞ is a weight of zero; NaN stays NaN.</summary>
    public void Add(double logW) => Add(logW, logW);

    /// <summary>The same, with what makes the ELBO where it isn't the log-weight: in a model that sums over classes.</summary>
    public void Add(double logW, double bound)
    {
        sumOfBounds += bound;
        if (Count++ == 0)
        {
            (max, sum, sumOfSquares) = (logW, 1, 1);
        }
        else if (logW <= max)
        {
            double w = max == double.NegativeInfinity ? 1 : Math.Exp(logW - max);
            sum += w;
            sumOfSquares += w * w;
        }
        else
        {
            double shrink = Math.Exp(max - logW);
            (max, sum, sumOfSquares) = (logW, sum * shrink + 1, sumOfSquares * shrink * shrink + 1);
        }
    }
}
