using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>Which examples each step sees: every epoch is a permutation of the training set, a pure function of seed and epoch.</summary>
/// <remarks>The last batch of an epoch may be smaller.</remarks>
public sealed class BatchOrder : IDisposable
{
    private readonly PhiloxKey key;
    private readonly long count;
    private readonly long batch;
    private readonly bool shuffle;
    private readonly Device device;
    private long current = -1;
    private Tensor? permutation;

    /// <summary>Batches of the given size over <paramref name="count"/> examples.</summary>
    public BatchOrder(PhiloxKey key, long count, long batch, bool shuffle, Device device)
    {
        this.key = key;
        this.count = count;
        this.batch = batch;
        this.shuffle = shuffle;
        this.device = device;
    }

    /// <summary>Batches in an epoch.</summary>
    public long StepsPerEpoch => (count + batch - 1) / batch;

    /// <summary>The numbers of the examples of a step (from 0), [B] int64.</summary>
    public Tensor Rows(long step)
    {
        long start = step % StepsPerEpoch * batch;
        return Permutation(step / StepsPerEpoch).narrow(0, start, Math.Min(batch, count - start));
    }

    /// <inheritdoc/>
    public void Dispose() => permutation?.Dispose();

    private Tensor Permutation(long epoch)
    {
        if (permutation is null || (shuffle && epoch != current))
        {
            permutation?.Dispose();
            permutation = Draw(epoch);
            current = epoch;
        }

        return permutation;
    }

    private Tensor Draw(long epoch)
    {
        using var scope = NewDisposeScope();
        Tensor order = arange(count, ScalarType.Int64);
        if (shuffle)
        {
            Tensor zero = zeros([1], ScalarType.Int64);
            order = PhiloxTensor.Uniform(key, epoch, zero, 0, 1, count).view(count).sort(stable: true).Indices;
        }

        return order.to(device).DetachFromDisposeScope();
    }
}
