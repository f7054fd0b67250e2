namespace Vae.Export.Graphs;

/// <summary>What the exporting interpreter passes along: an array that a node of the graph computes, or one that is known without any input.</summary>
/// <remarks>What is known is computed while the graph is written, and becomes an initializer where it meets what isn't.</remarks>
/// <param name="Name">Its name in the file; empty for what is known and has no name of its own.</param>
/// <param name="Shape">Its sizes; −1 is what isn't known before the graph runs: the batch, and what lies along with it.</param>
/// <param name="Known">Its numbers.</param>
public sealed record OnnxValue(string Name, IReadOnlyList<long> Shape, Tensor? Known = null)
{
    /// <summary>The size that is the batch's.</summary>
    public const long Batch = -1;

    /// <inheritdoc/>
    public override string ToString() => $"{Name}[{string.Join(", ", Shape)}]";
}
