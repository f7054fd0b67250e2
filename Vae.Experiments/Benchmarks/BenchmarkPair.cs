namespace Vae.Experiments.Benchmarks;

/// <summary>A model timed here and, right after, in PyTorch: a row of a comparison's Parquet file.</summary>
/// <param name="Mode">train: optimizer steps; bound: the importance-weighted bound.</param>
/// <param name="Pair">From 1.</param>
/// <param name="Ms">Median milliseconds of a step, here.</param>
/// <param name="PeerMs">The same in PyTorch.</param>
/// <param name="Ratio">PyTorch's time by ours: above 1, ours is faster.</param>
/// <param name="PeakRssMb">Highest resident memory of the process.</param>
/// <param name="FirstStepS">From the start of the process to the end of its first step.</param>
/// <param name="PeerImportS">What PyTorch takes to be imported, without any step.</param>
/// <param name="MatrixShare">As in <see cref="BenchmarkResult"/>.</param>
/// <param name="RateShare">As in <see cref="BenchmarkResult"/>.</param>
public sealed record BenchmarkPair(
    string Model,
    string Mode,
    int Threads,
    int Batch,
    int Pair,
    double Ms,
    double PeerMs,
    double Ratio,
    double PeakRssMb,
    double PeerPeakRssMb,
    double FirstStepS,
    double PeerImportS,
    double MatrixShare,
    double RateShare,
    long Parameters,
    long PeerParameters,
    double Loss,
    double PeerLoss
);
