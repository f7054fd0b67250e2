using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A plain convolutional encoder: strided convolutions, each normalised where asked and followed by the activation, then a linear map.</summary>
/// <remarks>[..., C · H · W] → [..., O]; the product of the strides divides H and W. The output has no normalisation.</remarks>
public sealed class ConvEncoder : Network
{
    private readonly ImageShape shape;
    private readonly ModuleList<Convolution> layers;
    private readonly Dense output;
    private readonly Activation activation;

    /// <summary>An encoder of images of a shape.</summary>
    public ConvEncoder(ImageShape shape, long outputs, ConvOptions conv, LayerOptions options, Device? device = null)
        : base(nameof(ConvEncoder), shape.Size, outputs)
    {
        ImageShape last = conv.Checked().Last(shape);
        layers = nn.ModuleList<Convolution>();
        for (int i = 0; i < conv.Channels.Count; i++)
        {
            long before = i == 0 ? shape.Channels : conv.Channels[i - 1];
            layers.Add(
                Convolution.Same(before, conv.Channels[i], conv.Kernels[i], conv.Strides[i], options, device: device)
            );
        }

        output = new Dense(last.Size, outputs, options.Unnormalised, device: device);
        (this.shape, activation) = (shape, conv.Activation);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T image = g.ToImage(x, shape);
        foreach (Convolution layer in layers)
        {
            image = activation.Apply(g, layer.Forward(g, image));
        }

        return output.Forward(g, g.FromImage(image, x));
    }
}
