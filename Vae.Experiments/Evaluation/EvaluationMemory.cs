using System.Globalization;
using System.Numerics;
using Vae.Core.Estimators;
using Vae.Core.Models;
using Vae.Experiments.Training;

namespace Vae.Experiments.Evaluation;

/// <summary>How many samples of z an evaluation draws at once, so that they fit in memory: a power of two, that small changes of what is free change nothing.</summary>
/// <param name="RowsAtOnce">Samples of z.</param>
/// <param name="BytesEach">Memory for each, in bytes.</param>
public sealed record EvaluationMemory(long RowsAtOnce, double BytesEach)
{
    /// <summary>More than fit in the processor's caches are no faster.</summary>
    public const long Most = 2048;

    /// <summary>For a model and its data, with what the config allows, or half of what is free now.</summary>
    public static EvaluationMemory For(LatentVariableModel model, DeviceSplit split, Streams streams, double? gigabytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(streams);
        using var scope = NewDisposeScope();
        Tensor first = zeros([1], ScalarType.Int64, model.parameters().First().device);
        double each = new ImportanceSampling(model, streams.Noise("memory")).BytesOfASample(
            split.Observe(first, streams.Binarise("memory"), 0, model, training: false),
            first
        );
        return new EvaluationMemory(Rows(each, gigabytes * 1e9 ?? FreeBytes() / 2.0), each);
    }

    /// <summary>The largest power of two of samples that fit in so many bytes, at least 1 and at most <see cref="Most"/>.</summary>
    public static long Rows(double bytesEach, double bytes) =>
        1L << BitOperations.Log2((ulong)Math.Clamp(bytes / bytesEach, 1, Most));

    /// <summary>What it says of itself in the run's log.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"evaluations draw up to {RowsAtOnce} samples at once, {RowsAtOnce * BytesEach / 1e6:F0} MB"
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
