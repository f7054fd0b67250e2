using System.Globalization;
using System.Numerics;
using Vae.Core.Estimators;
using Vae.Core.Models;
using Vae.Experiments.Training;

namespace Vae.Experiments.Evaluation;

/// <summary>How many samples of z an estimate draws at once, so that they fit in memory: a power of two.</summary>
/// <param name="RowsAtOnce">Samples of z.</param>
/// <param name="BytesEach">Memory for each, in bytes.</param>
public sealed record EvaluationMemory(long RowsAtOnce, double BytesEach)
{
    /// <summary>More samples at once are no faster.</summary>
    public const long Most = 2048;

    private const double MostBytes = 5e8; // nor are more bytes

    private const int Measured = 8; // examples

    /// <summary>For a model and its data. The model stays as it is.</summary>
    public static EvaluationMemory For(LatentVariableModel model, DeviceSplit split, Streams streams, double gigabytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(streams);
        using var scope = NewDisposeScope();
        Tensor rows = zeros([Measured], ScalarType.Int64, model.parameters().First().device);
        bool training = model.training;
        model.eval();
        double each = new ImportanceSampling(model, streams.Noise("memory")).BytesOfASample(
            split.Observe(rows, streams.Binarise("memory"), 0, model, training: false),
            rows
        );
        model.train(training);
        return new EvaluationMemory(Rows(each, gigabytes * 1e9), each);
    }

    /// <summary>The largest power of two of samples that fit in so many bytes, or in half a gigabyte if that is less; at least 1 and at most <see cref="Most"/>.</summary>
    public static long Rows(double bytesEach, double bytes) =>
        1L << BitOperations.Log2((ulong)Math.Clamp(Math.Min(bytes, MostBytes) / bytesEach, 1, Most));

    /// <summary>Half of the memory that is free now, in gigabytes, down to a power of two: so that what else runs seldom changes it.</summary>
    public static double HalfOfFree() => Math.Pow(2, Math.Floor(Math.Log2(Math.Max(FreeBytes(), 1) / 2e9)));

    /// <summary>What it says of itself in the run's log.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"estimates draw up to {RowsAtOnce} samples at once, {RowsAtOnce * BytesEach / 1e6:F0} MB"
        );

    // What the system can give without swapping, within a container's limit.
    private static double FreeBytes()
    {
        const string system = "/proc/meminfo";
        const string field = "MemAvailable:";
        double limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet;
        string? line = File.Exists(system)
            ? File.ReadLines(system).FirstOrDefault(l => l.StartsWith(field, StringComparison.Ordinal))
            : null;
        return line is null
            ? limit
            : Math.Min(limit, 1024.0 * long.Parse(line[field.Length..^"kB".Length], CultureInfo.InvariantCulture));
    }
}
