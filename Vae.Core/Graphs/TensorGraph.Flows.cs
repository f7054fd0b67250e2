using Vae.Core.Networks;
using Vae.Torch;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor MaskedLinear(Tensor x, Parameter weight, Tensor mask, Parameter? bias, IReadOnlyList<Panel> panels)
    {
        IEnumerable<long> places = panels.SelectMany(p => (long[])[p.Rows, p.Column, p.Columns, p.Partial, p.Partials]);
        return Factors is null
            ? Fused.MaskedLinear(x, weight, mask, bias, places)
            : Rounded(x, weight, bias, (x, weight) => Fused.MaskedLinear(x, weight, mask.to(x.dtype), null, places));
    }

    /// <inheritdoc/>
    public Tensor MatMul(Tensor a, Tensor b) => a.matmul(b);

    /// <inheritdoc/>
    public Tensor Transpose(Tensor x) => x.transpose(-2, -1);

    /// <inheritdoc/>
    public Tensor Column(Tensor x) => x.unsqueeze(-1);

    /// <inheritdoc/>
    public Tensor Sqrt(Tensor x) => x.sqrt();
}
