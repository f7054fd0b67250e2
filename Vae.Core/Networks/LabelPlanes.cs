using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A network of images that hears a label: each class is one more channel, 1 everywhere or 0 everywhere.</summary>
/// <remarks>[x, y]: [..., D + Y] → [..., O]; the network itself takes C + Y channels. Mirza and Osindero 2014, arXiv:1411.1784.</remarks>
public sealed class LabelPlanes : Network
{
    private readonly Network network;
    private readonly long classes;
    private readonly long dimensions;
    private readonly Tensor plane; // ones; no part of what is learned or stored

    /// <summary>A network of images of H · W = pixels, whose last channels are the classes.</summary>
    public LabelPlanes(Network network, long classes, long pixels, Device? device = null)
        : base(nameof(LabelPlanes), network.Inputs - classes * (pixels - 1), network.Outputs)
    {
        this.network = network;
        this.classes = classes;
        dimensions = Inputs - classes;
        plane = ones([pixels], device: device);
        register_buffer(nameof(plane), plane, persistent: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x) =>
        Labelled(g, g.Slice(x, 0, dimensions), g.Slice(x, dimensions, classes));

    /// <inheritdoc/>
    protected override T Labelled<T>(IGraph<T> g, T x, T label) =>
        network.Forward(g, g.Concat(x, g.Flatten(g.Multiply(g.Column(label), g.Constant(plane)))));
}
