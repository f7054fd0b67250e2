using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>The gated convolutional encoder of the Sylvester flows: c, c, 2c, 2c, 2c maps by 5×5 kernels, strides 1, 2, 1, 2, 1; one of 8c over all that is left; a linear map.</summary>
/// <remarks>
/// [..., C · H · W] → [..., O]; 4 divides H and W. c = 32 in van den Berg et al. 2018, arXiv:1803.05649, appendix, whose values have no activation.
/// The output has no normalisation.
/// </remarks>
public sealed class SnfEncoder : Network
{
    private readonly ImageShape shape;
    private readonly ModuleList<Gated> layers;
    private readonly Dense output;

    /// <summary>An encoder of images of a shape; <paramref name="elu"/>: the values go through an ELU.</summary>
    public SnfEncoder(
        ImageShape shape,
        long outputs,
        long channels,
        bool elu,
        LayerOptions options,
        Device? device = null
    )
        : base(nameof(SnfEncoder), shape.Size, outputs)
    {
        ImageShape last = shape.Shrunk(4);
        long c = channels;
        layers = nn.ModuleList(
            Same(shape.Channels, c, 1),
            Same(c, c, 2),
            Same(c, 2 * c, 1),
            Same(2 * c, 2 * c, 2),
            Same(2 * c, 2 * c, 1),
            new Gated(
                () => new Convolution(2 * c, 8 * c, (last.Height, last.Width), options: options, device: device),
                elu
            )
        );
        output = new Dense(8 * c, outputs, options.Unnormalised, device: device);
        this.shape = shape;
        RegisterComponents();

        Gated Same(long from, long to, long stride) =>
            new(() => Convolution.Same(from, to, 5, stride, options, device: device), elu);
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T image = g.ToImage(x, shape);
        foreach (Gated layer in layers)
        {
            image = layer.Forward(g, image);
        }

        return output.Forward(g, g.FromImage(image, x));
    }
}
