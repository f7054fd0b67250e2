using Vae.Core.Networks;
using Vae.Torch;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor MaskedLinear(Tensor x, Parameter weight, Tensor mask, Parameter? bias, IReadOnlyList<Panel> panels) =>
        Fused.MaskedLinear(x, weight, mask, bias, panels.SelectMany(p => (long[])[p.Rows, p.Column, p.Columns]));

    /// <inheritdoc/>
    public Tensor MatMul(Tensor a, Tensor b) => a.matmul(b);

    /// <inheritdoc/>
    public Tensor Transpose(Tensor x) => x.transpose(-2, -1);

    /// <inheritdoc/>
    public Tensor Column(Tensor x) => x.unsqueeze(-1);

    /// <inheritdoc/>
    public Tensor Sqrt(Tensor x) => x.sqrt();
}
