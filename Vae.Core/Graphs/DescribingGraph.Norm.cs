using Vae.Core.Networks;

namespace Vae.Core.Graphs;

public sealed partial class DescribingGraph
{
    /// <summary>Two FLOPs per element, as with running averages it is one scale and one shift.</summary>
    public Described BatchNorm(Described x, BatchNormalisation norm)
    {
        string name = NameOf(norm.Weight);
        if (x.Shape.Count < norm.ChannelAxis || x.Shape[^norm.ChannelAxis] != norm.Channels)
        {
            throw new ArgumentException($"{name} normalises {norm.Channels} channels and got {x}.");
        }

        operations.Add(new DescribedOperation(name, "BatchNorm", x, 2 * norm.Channels, 2 * x.Elements));
        return x;
    }
}
