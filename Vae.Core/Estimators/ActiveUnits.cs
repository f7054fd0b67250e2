namespace Vae.Core.Estimators;

/// <summary>How much each latent dimension says about x: Aⱼ = Var_x(E[zⱼ | x]), over batches of examples as they come.</summary>
/// <remarks>
/// A unit is active where Aⱼ exceeds 0.01. The means over K samples vary by more than E[z | x] does, by E_x[Var(z | x)] / K, which is taken off; so
/// K ≥ 2 samples suffice and the posterior may be any; where E[z | x] itself is known, nothing is taken off. Burda et al. 2016, arXiv:1509.00519, section 5.2.
/// </remarks>
public sealed class ActiveUnits
{
    private readonly List<double[]> means = []; // of each example: [Z]
    private double[] spread = []; // Σ Var(z | x) / K over examples: [Z]

    /// <summary>Adds samples of the posterior: z: [K, B, Z].</summary>
    public void Add(Tensor z)
    {
        using var scope = NewDisposeScope();
        Tensor samples = z.to(ScalarType.Float64);
        int latent = (int)z.shape[2];
        double[] mean = samples.mean([0]).contiguous().data<double>().ToArray();
        double[] within = samples.var([0]).sum([0]).div(z.shape[0]).contiguous().data<double>().ToArray();
        means.AddRange(mean.Chunk(latent));
        spread = spread.Length == 0 ? within : [.. spread.Zip(within, (a, b) => a + b)];
    }

    /// <summary>Adds E[z | x] itself: [B, Z].</summary>
    public void AddMeans(Tensor z)
    {
        ArgumentNullException.ThrowIfNull(z);
        using var scope = NewDisposeScope();
        int latent = (int)z.shape[1];
        means.AddRange(z.to(ScalarType.Float64).contiguous().data<double>().ToArray().Chunk(latent));
        spread = spread.Length == 0 ? new double[latent] : spread;
    }

    /// <summary>Aⱼ of each dimension: Z numbers, which noise may take a little below 0.</summary>
    public IReadOnlyList<double> Variances =>
        [
            .. Enumerable
                .Range(0, spread.Length)
                .Select(j =>
                {
                    double centre = means.Average(m => m[j]);
                    double between = means.Sum(m => (m[j] - centre) * (m[j] - centre)) / (means.Count - 1);
                    return between - spread[j] / means.Count;
                }),
        ];
}
