using Vae.Core.Networks;

namespace Vae.Export.Graphs;

public sealed partial class OnnxGraph
{
    /// <inheritdoc/>
    public OnnxValue Slice(OnnxValue x, long start, long length) =>
        x.Known is { } known
            ? Known(eager.Slice(known, start, length))
            : Node(
                "Slice",
                [.. x.Shape.SkipLast(1), length],
                [x, Integers(start), Integers(start + length), Integers(-1)]
            );

    /// <inheritdoc/>
    public OnnxValue Reverse(OnnxValue x) =>
        x.Known is { } known
            ? Known(eager.Reverse(known))
            : Node("Slice", x.Shape, [x, Integers(-1), Integers(long.MinValue), Integers(-1), Integers(-1)]);

    /// <inheritdoc/>
    public OnnxValue Rows(OnnxValue table, OnnxValue index) =>
        Knows(table, index)
            ? Known(eager.Rows(table.Known!, index.Known!))
            : Node("Gather", [.. index.Shape, table.Shape[^1]], [table, Cast(index, int64)], ("axis", 0L));

    /// <inheritdoc/>
    public OnnxValue InsertAxis(OnnxValue x) =>
        x.Known is { } known
            ? Known(eager.InsertAxis(known))
            : Node("Unsqueeze", [.. x.Shape.SkipLast(1), 1, x.Shape[^1]], [x, Integers(-2)]);

    /// <inheritdoc/>
    public OnnxValue Column(OnnxValue x) =>
        x.Known is { } known ? Known(eager.Column(known)) : Node("Unsqueeze", [.. x.Shape, 1], [x, Integers(-1)]);

    /// <inheritdoc/>
    public OnnxValue Transpose(OnnxValue x)
    {
        if (x.Known is { } known)
        {
            return Known(eager.Transpose(known));
        }

        int rank = x.Shape.Count;
        long[] order = [.. Enumerable.Range(0, rank - 2).Select(i => (long)i), rank - 1, rank - 2];
        return Node("Transpose", order.Select(axis => x.Shape[(int)axis]), [x], ("perm", order));
    }

    /// <inheritdoc/>
    public OnnxValue Unflatten(OnnxValue x, params long[] sizes) =>
        x.Known is { } known ? Known(eager.Unflatten(known, sizes)) : Reshape(x, [.. x.Shape.SkipLast(1), .. sizes]);

    /// <inheritdoc/>
    public OnnxValue Flatten(OnnxValue x, int axes = 2) =>
        x.Known is { } known
            ? Known(eager.Flatten(known, axes))
            : Reshape(x, [.. x.Shape.SkipLast(axes), Product(x.Shape.TakeLast(axes))]);

    /// <inheritdoc/>
    public OnnxValue ToImage(OnnxValue x, ImageShape shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return x.Known is { } known
            ? Known(eager.ToImage(known, shape))
            : Reshape(x, [OnnxValue.Batch, shape.Channels, shape.Height, shape.Width]);
    }

    /// <inheritdoc/>
    public OnnxValue FromImage(OnnxValue image, OnnxValue like) =>
        Knows(image, like)
            ? Known(eager.FromImage(image.Known!, like.Known!))
            : Reshape(image, [.. like.Shape.SkipLast(1), Product(image.Shape.Skip(1))]);

    /// <inheritdoc/>
    public OnnxValue Concat(params OnnxValue[] parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (Knows(parts))
        {
            return Known(eager.Concat([.. parts.Select(part => part.Known!)]));
        }

        long[] leading = parts.Select(part => part.Shape.SkipLast(1).ToArray()).Aggregate(Broadcast);
        OnnxValue[] expanded = [.. parts.Select(part => Expand(part, [.. leading, part.Shape[^1]]))];
        long[] shape = [.. leading, parts.Sum(part => part.Shape[^1])];
        return Node("Concat", shape, expanded, ("axis", -1L));
    }

    private const long int64 = 7;

    private static long Product(IEnumerable<long> sizes) => sizes.Aggregate(1L, (product, size) => product * size);

    private OnnxValue Reshape(OnnxValue x, long[] shape) => Node("Reshape", shape, [x, Integers(shape)]);

    // An Expand's 1 leaves a size as it is, so the batch has to be named only where x lacks it.
    private OnnxValue Expand(OnnxValue x, long[] shape)
    {
        if (x.Shape.SequenceEqual(shape))
        {
            return x;
        }

        int free = Array.IndexOf(shape, OnnxValue.Batch);
        bool has = free < 0 || (shape.Length - free <= x.Shape.Count && x.Shape[^(shape.Length - free)] == shape[free]);
        if (has)
        {
            return Node("Expand", shape, [x, Integers(shape.Select(size => Math.Max(size, 1)))]);
        }

        batch ??= Node("Shape", [1], [inputs[0]], ("end", 1L));
        OnnxValue[] after = free + 1 < shape.Length ? [Integers(shape[(free + 1)..])] : [];
        OnnxValue[] sizes = free > 0 ? [Integers(shape[..free]), batch, .. after] : [batch, .. after];
        return Node("Expand", shape, [x, Node("Concat", [shape.Length], sizes, ("axis", 0L))]);
    }
}
