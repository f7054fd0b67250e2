namespace Vae.Core.Graphs;

public sealed partial class TensorGraph
{
    /// <inheritdoc/>
    public Tensor Stop(Tensor x) => x.detach();
}
