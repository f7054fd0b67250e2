namespace Vae.Core.Graphs;

public sealed partial class DescribingGraph
{
    /// <inheritdoc/>
    public bool Learns => false;

    /// <inheritdoc/>
    public Described Stop(Described x) => x;
}
