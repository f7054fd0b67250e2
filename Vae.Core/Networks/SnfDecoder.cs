using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>The gated convolutional decoder of the Sylvester flows: z as one pixel → 2c maps of the smallest image → 2c, c, c, c, c maps by transposed 5×5 kernels, strides 1, 2, 1, 2, 1 → a 1×1 convolution.</summary>
/// <remarks>
/// [..., Z] → [..., P · C · H · W], the first parameter of every pixel first; 4 divides H and W. c = 32 in van den Berg et al. 2018, arXiv:1803.05649,
/// appendix, whose values have no activation. The output has no normalisation.
/// </remarks>
public sealed class SnfDecoder : Network
{
    private readonly ImageShape pixel;
    private readonly ModuleList<Gated> layers;
    private readonly Convolution output;

    /// <summary>A decoder to images of a shape (its channels P · C); <paramref name="elu"/>: the values go through an ELU.</summary>
    public SnfDecoder(
        long inputs,
        ImageShape shape,
        long channels,
        bool elu,
        LayerOptions options,
        Device? device = null
    )
        : base(nameof(SnfDecoder), inputs, shape.Size)
    {
        ImageShape smallest = shape.Shrunk(4);
        long c = channels;
        (long, long) size = (smallest.Height, smallest.Width);
        layers = nn.ModuleList(
            new Gated(() => new TransposedConvolution(inputs, 2 * c, size, options: options, device: device), elu),
            Same(2 * c, 2 * c, 1),
            Same(2 * c, c, 2),
            Same(c, c, 1),
            Same(c, c, 2),
            Same(c, c, 1)
        );
        output = new Convolution(c, shape.Channels, (1, 1), options: options.Unnormalised, device: device);
        pixel = new ImageShape(inputs, 1, 1);
        RegisterComponents();

        Gated Same(long from, long to, long stride) =>
            new(() => TransposedConvolution.Same(from, to, 5, stride, options, device: device), elu);
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T image = g.ToImage(x, pixel);
        foreach (Gated layer in layers)
        {
            image = layer.Forward(g, image);
        }

        return g.FromImage(output.Forward(g, image), x);
    }
}
