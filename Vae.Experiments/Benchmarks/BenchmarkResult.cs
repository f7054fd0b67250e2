namespace Vae.Experiments.Benchmarks;

/// <summary>What a benchmark measured, with the PyTorch peer's field names.</summary>
/// <param name="Ms">Median milliseconds per step.</param>
/// <param name="ImagesPerS">Images per second at the median.</param>
/// <param name="Loss">Nats per image at the last step (bound: the sum's mean).</param>
/// <param name="PeakRssMb">Highest resident memory of the process.</param>
/// <param name="LiveTensors">Tensors alive after the last step less those alive after the 100th (or the first, in short runs).</param>
public sealed record BenchmarkResult(
    string Model,
    string Mode,
    string Device,
    int Threads,
    int Batch,
    double Ms,
    double ImagesPerS,
    long Parameters,
    double Loss,
    string Torch,
    double PeakRssMb,
    long LiveTensors
);
