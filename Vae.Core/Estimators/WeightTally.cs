namespace Vae.Core.Estimators;

/// <summary>Sums up K weights of each of N examples as they come, and notes the estimates from the first 1, 10, 100, ... of them.</summary>
/// <remarks>What it keeps is [R, N] numbers for R bootstrap replicates, however large K is.</remarks>
internal sealed class WeightTally
{
    private const double Tiny = 1e-300; // for a replicate whose weights all vanish beside the largest
    private readonly WeightBootstrap bootstrap;
    private readonly long samples;
    private readonly WeightSummary[] weights;
    private readonly double[] shift; // the largest log w so far: [N]
    private readonly double[] sums; // Σ c exp(log w − shift): [R, N]
    private readonly double[] counts; // Σ c: [R]
    private readonly List<EvidenceEstimate> estimates = [];
    private long seen;
    private long mark = 1;

    public WeightTally(long examples, long samples, WeightBootstrap bootstrap)
    {
        this.bootstrap = bootstrap;
        this.samples = samples;
        weights = new WeightSummary[examples];
        shift = new double[examples];
        Array.Fill(shift, double.NegativeInfinity);
        counts = new double[bootstrap.Replicates];
        sums = new double[bootstrap.Replicates * examples];
    }

    /// <summary>The estimates from 1, 10, 100, ... and at last from all K weights.</summary>
    public IReadOnlyList<EvidenceEstimate> Estimates => estimates;

    /// <summary>Adds the next weights of every example, and what makes the ELBO where it isn't the log-weights: [k, N] in nats.</summary>
    public void Add(Tensor logW, Tensor? elbo = null)
    {
        using var scope = NewDisposeScope();
        Tensor piece = logW.detach().to(ScalarType.Float64).contiguous();
        double[]? bounds = elbo?.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
        for (long at = 0; at < piece.shape[0]; )
        {
            long upTo = Math.Min(piece.shape[0], at + mark - seen);
            Tensor part = piece.narrow(0, at, upTo - at);
            double[] values = part.data<double>().ToArray();
            for (int i = 0; i < values.Length; i++)
            {
                weights[i % weights.Length].Add(values[i], bounds?[at * weights.Length + i] ?? values[i]);
            }

            Resample(part, values);
            (seen, at) = (seen + upTo - at, upTo);
            if (seen == mark)
            {
                estimates.Add(new EvidenceEstimate(seen, [.. weights], Errors()));
                mark = seen == samples ? long.MaxValue : Math.Min(10 * mark, samples);
            }
        }
    }

    private void Resample(Tensor part, double[] values)
    {
        int n = weights.Length;
        var before = (double[])shift.Clone();
        for (int i = 0; i < values.Length; i++)
        {
            shift[i % n] = Math.Max(shift[i % n], values[i]);
        }

        Tensor c = bootstrap.Counts(seen, part.shape[0], part.device);
        double[] counted = c.sum(1).data<double>().ToArray();
        Tensor largest = tensor([.. shift.Select(s => double.IsFinite(s) ? s : 0)], device: part.device);
        double[] added = c.matmul((part - largest).exp()).contiguous().data<double>().ToArray();
        for (int r = 0; r < counts.Length; r++)
        {
            counts[r] += counted[r];
            for (int i = 0; i < n; i++)
            {
                double kept = sums[r * n + i];
                kept = kept == 0 ? 0 : kept * Math.Exp(before[i] - shift[i]);
                sums[r * n + i] = kept + added[r * n + i];
            }
        }
    }

    private double[] Errors()
    {
        int n = weights.Length;
        int[] used = [.. Enumerable.Range(0, counts.Length).Where(r => counts[r] > 0)];
        return [.. Enumerable.Range(0, n).Select(i => seen == 1 ? double.NaN : Deviation(i))];

        double Deviation(int i)
        {
            double[] logs = [.. used.Select(r => Math.Log(Math.Max(sums[r * n + i], Tiny) / counts[r]))];
            double mean = logs.Average();
            return Math.Sqrt(logs.Sum(v => (v - mean) * (v - mean)) / (logs.Length - 1));
        }
    }
}
