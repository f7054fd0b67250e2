namespace Vae.Core.Graphs;

/// <summary>What the describing interpreter passes along: a shape without the sample and batch axes, so that costs are per image.</summary>
public sealed record Described(IReadOnlyList<long> Shape)
{
    /// <summary>A vector of the given width.</summary>
    public static Described Vector(long width) => new([width]);

    /// <summary>Number of elements per image.</summary>
    public long Elements => Shape.Aggregate(1L, (product, size) => product * size);

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(", ", Shape)}]";
}
