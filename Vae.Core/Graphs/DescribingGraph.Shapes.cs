namespace Vae.Core.Graphs;

public sealed partial class DescribingGraph
{
    /// <inheritdoc/>
    public Described Concat(params Described[] parts)
    {
        var leading = new Described([]);
        long width = 0;
        foreach (Described part in parts)
        {
            leading = Broadcast(leading, new Described([.. part.Shape.SkipLast(1)]));
            width += part.Shape[^1];
        }

        return new Described([.. leading.Shape, width]);
    }

    /// <inheritdoc/>
    public Described Unflatten(Described x, params long[] sizes)
    {
        if (sizes.Aggregate(1L, (product, size) => product * size) != x.Shape[^1])
        {
            throw new ArgumentException($"{x.Shape[^1]} elements don't make [{string.Join(", ", sizes)}].");
        }

        return new Described([.. x.Shape.SkipLast(1), .. sizes]);
    }

    /// <inheritdoc/>
    public Described Flatten(Described x, int axes = 2) =>
        new([.. x.Shape.SkipLast(axes), x.Shape.TakeLast(axes).Aggregate(1L, (product, size) => product * size)]);
}
