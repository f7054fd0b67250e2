using Vae.Primitives;

namespace Vae.Experiments.Data;

/// <summary>Splits of data that has no published ones.</summary>
public static class Shuffle
{
    /// <summary>The numbers 0 ... count − 1 in an order that is a function of the seed and of the data set's name.</summary>
    public static int[] Order(int count, uint seed, string name)
    {
        var key = new PhiloxKey(seed, Philox.StreamOf(name + "/order"));
        int[] order = [.. Enumerable.Range(0, count)];
        Array.Sort([.. order.Select(i => Philox.Uniform(key, 0, (uint)i, 0, 0))], order);
        return order;
    }

    /// <summary>The last testSize examples for test, the validSize before them for validation, the rest for training.</summary>
    public static (Split Train, Split Valid, Split Test) Parts(Split all, int validSize, int testSize)
    {
        ArgumentNullException.ThrowIfNull(all);
        var train = all.Count - validSize - testSize;
        if (train < 1)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                $"[data]: valid_size {validSize} and test_size {testSize} leave nothing of {all.Count} examples to train on"
            );
        }

        return (
            all.Slice("train", 0, train),
            all.Slice("valid", train, validSize),
            all.Slice("test", train + validSize, testSize)
        );
    }
}
