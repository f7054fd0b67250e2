using Vae.Core.Networks;

namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor MaskedLinear(Tensor x, Parameter weight, Tensor mask, Parameter? bias, IReadOnlyList<Panel> panels)
    {
        if (panels.Count == 1)
        {
            return nn.functional.linear(x, weight * mask, bias);
        }

        // Rows are cut by one split, so that their gradients meet in one concatenation.
        long[] rows = [.. panels.Select(panel => panel.Rows)];
        Tensor[] weights = weight.split(rows, 0);
        Tensor[] masks = mask.split(rows, 0);
        Tensor[]? biases = bias?.split(rows, 0);
        Tensor flat = x.reshape(-1, x.shape[^1]);
        var outputs = new Tensor[panels.Count];
        for (int i = 0; i < outputs.Length; i++)
        {
            Tensor Live(Tensor t) => t.narrow(1, panels[i].Column, panels[i].Columns);
            outputs[i] = nn.functional.linear(Live(flat), Live(weights[i]) * Live(masks[i]), biases?[i]);
        }

        return cat(outputs, 1).reshape([.. x.shape[..^1], weight.shape[0]]);
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
