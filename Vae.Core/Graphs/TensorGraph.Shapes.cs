namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor Concat(params Tensor[] parts)
    {
        int rank = 0;
        foreach (Tensor part in parts)
        {
            rank = Math.Max(rank, part.shape.Length);
        }

        var leading = new long[rank - 1];
        Array.Fill(leading, 1);
        foreach (Tensor part in parts)
        {
            long[] shape = part.shape;
            for (int i = 2; i <= shape.Length; i++)
            {
                leading[^(i - 1)] = Math.Max(leading[^(i - 1)], shape[^i]);
            }
        }

        var expanded = new Tensor[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            expanded[i] = parts[i].expand([.. leading, parts[i].shape[^1]]);
        }

        return cat(expanded, -1);
    }

    /// <inheritdoc/>
    public Tensor Unflatten(Tensor x, params long[] sizes) => x.reshape([.. x.shape[..^1], .. sizes]);

    /// <inheritdoc/>
    public Tensor Flatten(Tensor x, int axes = 2) => x.flatten(-axes);
}
