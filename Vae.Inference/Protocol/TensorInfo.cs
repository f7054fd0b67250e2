using Microsoft.ML.OnnxRuntime;

namespace Vae.Inference.Protocol;

/// <summary>An input or an output of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">Its datatype.</param>
/// <param name="Shape">Its sizes; −1: any.</param>
/// <param name="Batched">Whether its first axis is the free axis `batch`: rows that don't know of each other.</param>
public sealed record TensorInfo(string Name, Datatype Datatype, IReadOnlyList<long> Shape, bool Batched)
{
    private const string BatchAxis = "batch";

    /// <summary>Elements of one row, and of a whole tensor where it isn't batched; free sizes count as 1.</summary>
    public long RowLength => Shape.Skip(Batched ? 1 : 0).Aggregate(1L, (product, size) => product * Math.Max(1, size));

    /// <exception cref="InvalidDataException">It is no tensor that can be served.</exception>
    public static TensorInfo From(string name, NodeMetadata node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Datatype datatype =
            (node.IsTensor ? Datatype.Of(node.ElementDataType) : null)
            ?? throw new InvalidDataException(
                $"'{name}' is {(node.IsTensor ? $"of {node.ElementDataType}" : "no tensor")}, which isn't served; served are {string.Join(", ", Datatype.All.Select(d => d.Name))}"
            );
        long[] shape = [.. node.Dimensions.Select(d => (long)d)];
        bool batched = shape is [-1, ..] && node.SymbolicDimensions[0] == BatchAxis;
        return new TensorInfo(name, datatype, shape, batched);
    }

    /// <summary>The shape as people write it.</summary>
    public override string ToString() => $"{Name} {Datatype.Name} [{string.Join(", ", Shape)}]";
}
