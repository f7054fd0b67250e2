namespace Vae.Experiments.Data;

/// <summary>One part of a data set in host memory: pixels or values, and labels where there are any.</summary>
/// <param name="Name">train, valid or test.</param>
/// <param name="Count">How many examples.</param>
/// <param name="Pixels">[Count, C·H·W], row-major, 0..255 (static binary data: 0 or 255); null for real-valued data.</param>
/// <param name="Values">[Count, D], row-major; null for images. Exactly one of the two is there.</param>
/// <param name="Labels">[Count]: 0, 1, ..., or -1 where an example's label isn't known; null where there are no labels.</param>
public sealed record Split(string Name, int Count, byte[]? Pixels, float[]? Values, int[]? Labels)
{
    /// <summary>[Count], 1..T: the steps of each sequence before it is filled up with zeros; null where all are whole, or no sequences.</summary>
    public int[]? Lengths { get; init; }

    /// <summary>The first <paramref name="max"/> examples, or all of them where there are no more or max is null.</summary>
    public Split Take(int? max) => max is { } count && count < Count ? Slice(Name, 0, count) : this;

    /// <summary>The examples of these numbers, in this order.</summary>
    public Split InOrder(IReadOnlyList<int> order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new(Name, order.Count, Moved(Pixels), Moved(Values), Moved(Labels)) { Lengths = Moved(Lengths) };

        T[]? Moved<T>(T[]? all)
        {
            if (all is null)
            {
                return null;
            }

            var width = Count == 0 ? 0 : all.Length / Count;
            var moved = new T[order.Count * width];
            foreach (var (place, example) in order.Index())
            {
                all.AsSpan(example * width, width).CopyTo(moved.AsSpan(place * width));
            }

            return moved;
        }
    }

    /// <summary>Examples start, ..., start + count − 1 under another name.</summary>
    public Split Slice(string name, int start, int count)
    {
        return new(name, count, Part(Pixels), Part(Values), Part(Labels)) { Lengths = Part(Lengths) };

        T[]? Part<T>(T[]? all)
        {
            if (all is null || (start == 0 && count == Count))
            {
                return all;
            }

            var width = Count == 0 ? 0 : all.Length / Count;
            return all.AsSpan(start * width, count * width).ToArray();
        }
    }
}
