using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A plain convolutional decoder, the encoder's mirror image: a linear map to its last image, then transposed convolutions back to the first.</summary>
/// <remarks>
/// [..., Z] → [..., P · C · H · W], the first parameter of every pixel first; the product of the strides divides H and W. Every layer but the last is
/// normalised where asked and followed by the activation.
/// </remarks>
public sealed class ConvDecoder : Network
{
    private readonly ImageShape last;
    private readonly Dense first;
    private readonly ModuleList<TransposedConvolution> layers;
    private readonly Activation activation;

    /// <summary>A decoder to images of a shape (its channels P · C).</summary>
    public ConvDecoder(long inputs, ImageShape shape, ConvOptions conv, LayerOptions options, Device? device = null)
        : base(nameof(ConvDecoder), inputs, shape.Size)
    {
        last = conv.Checked().Last(shape);
        first = new Dense(inputs, last.Size, options, device: device);
        layers = nn.ModuleList<TransposedConvolution>();
        for (int i = conv.Channels.Count - 1; i >= 0; i--)
        {
            long after = i == 0 ? shape.Channels : conv.Channels[i - 1];
            LayerOptions own = i == 0 ? options.Unnormalised : options;
            layers.Add(
                TransposedConvolution.Same(
                    conv.Channels[i],
                    after,
                    conv.Kernels[i],
                    conv.Strides[i],
                    own,
                    device: device
                )
            );
        }

        activation = conv.Activation;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T image = g.ToImage(first.Forward(g, x), last);
        foreach (TransposedConvolution layer in layers)
        {
            image = layer.Forward(g, activation.Apply(g, image));
        }

        return g.FromImage(image, x);
    }
}
