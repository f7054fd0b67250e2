namespace Vae.Core.Graphs;

public sealed partial class DescribingGraph
{
    /// <inheritdoc/>
    public Described Stop(Described x) => x;
}
