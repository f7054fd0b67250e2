using Vae.Torch;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharp.Modules;

/// <summary>A row of a table for each whole number: [...] int64 → [..., dimensions]. The table begins as N(0, 1).</summary>
public sealed class Embedding : Module<Tensor, Tensor>
{
    private readonly long padding;
    private readonly double? maxNorm;
    private readonly double normType;
    private readonly bool scaled;
    private readonly bool sparse;

    internal Embedding(
        Parameter weight,
        long? padding_idx,
        double? max_norm,
        double norm_type,
        bool scale_grad_by_freq,
        bool sparse
    )
        : base(nameof(Embedding))
    {
        long rows = weight.shape[0];
        if (padding_idx is { } index && (index < -rows || index >= rows))
        {
            throw new ArgumentOutOfRangeException(nameof(padding_idx), index, $"The table has {rows} rows.");
        }

        this.weight = weight;
        padding = padding_idx is { } p ? (p + rows) % rows : -1; // -1: none
        (maxNorm, normType, scaled, this.sparse) = (max_norm, norm_type, scale_grad_by_freq, sparse);
        RegisterComponents();
    }

    internal static Embedding New(
        long rows,
        long dimensions,
        long? padding_idx,
        double? max_norm,
        double norm_type,
        bool scale_grad_by_freq,
        bool sparse,
        Device? device,
        ScalarType? dtype
    )
    {
        Parameter table = Fresh(device, dtype, rows, dimensions);
        init.normal_(table);
        var embedding = new Embedding(table, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse);
        if (embedding.padding >= 0)
        {
            using IDisposable frozen = no_grad();
            using Tensor row = table.select(0, embedding.padding);
            row.zero_();
        }

        return embedding;
    }

    public Parameter weight { get; }

    public override Tensor forward(Tensor input)
    {
        if (maxNorm is { } most)
        {
            using IDisposable frozen = no_grad();
            using Tensor rows = input.reshape(-1);
            Op.Run(aten.embedding_renorm_, weight, rows, most, normType);
        }

        return Op.Call(aten.embedding, weight, input, padding, scaled, sparse);
    }
}
