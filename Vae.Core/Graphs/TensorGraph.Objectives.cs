namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public bool Learns => is_grad_enabled();

    /// <inheritdoc/>
    public Tensor Stop(Tensor x) => x.detach();
}
