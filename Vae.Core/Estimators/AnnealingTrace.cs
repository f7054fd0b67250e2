namespace Vae.Core.Estimators;

/// <summary>What happened on the way of annealed chains: the estimate so far and the acceptance at every temperature, averaged over examples.</summary>
/// <remarks>Batches of examples may follow one another; each adds to the averages.</remarks>
public sealed class AnnealingTrace(int temperatures, Action<int>? after = null)
{
    private readonly double[] times = new double[temperatures];
    private readonly double[] logMeans = new double[temperatures];
    private readonly double[] means = new double[temperatures];
    private readonly double[] acceptance = new double[temperatures];
    private readonly long[] examples = new long[temperatures];

    /// <summary>For each step: t, log of the mean weight over chains so far, mean log-weight so far (nats), and the part of the moves accepted.</summary>
    public IEnumerable<(double Time, double LogMean, double Mean, double? Acceptance)> Steps =>
        from i in Enumerable.Range(1, temperatures - 1)
        where examples[i] > 0
        let n = examples[i]
        select (times[i], logMeans[i] / n, means[i] / n, i < temperatures - 1 ? acceptance[i] / n : (double?)null);

    /// <summary>The mean acceptance over all moves; null where there were none.</summary>
    public double? Acceptance => Steps.Average(step => step.Acceptance);

    internal void Add(int step, double time, Tensor logW, double? accepted)
    {
        long n = logW.shape[1];
        times[step] = time;
        logMeans[step] += (logW.logsumexp(0).sum() - (n * Math.Log(logW.shape[0]))).item<double>();
        means[step] += logW.mean([0]).sum().item<double>();
        acceptance[step] += (accepted ?? 0) * n;
        examples[step] += n;
        after?.Invoke(step);
    }
}
