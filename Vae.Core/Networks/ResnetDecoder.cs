using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A residual decoder of images: z as one pixel → transposed convolution to the smallest image (activation) → the encoder's blocks mirrored → norm → 1×1 convolution.</summary>
/// <remarks>
/// [..., Z] → [..., P · C · H · W], the first parameter of every pixel first. Where a block of the encoder halves the sides, its mirror image doubles them.
/// Kingma et al. 2016, arXiv:1606.04934, appendix A, for MNIST.
/// </remarks>
public sealed class ResnetDecoder : Network
{
    private readonly ImageShape pixel;
    private readonly TransposedConvolution first;
    private readonly ModuleList<ResidualBlock> blocks;
    private readonly nn.Module? norm;
    private readonly Convolution output;
    private readonly Activation activation;

    /// <summary>A decoder to images of a shape (its channels P · C), whose sides 2^(stages − 1) must divide.</summary>
    public ResnetDecoder(
        long inputs,
        ImageShape shape,
        ResnetOptions resnet,
        LayerOptions options,
        Device? device = null
    )
        : base(nameof(ResnetDecoder), inputs, shape.Size)
    {
        ImageShape smallest = shape.Shrunk(resnet.Stride);
        first = new TransposedConvolution(
            inputs,
            resnet.Channels,
            (smallest.Height, smallest.Width),
            options: options.WeightNormOnly,
            device: device
        );
        blocks = nn.ModuleList<ResidualBlock>();
        for (int i = resnet.Stages * resnet.Blocks - 1; i >= 0; i--)
        {
            blocks.Add(
                new ResidualBlock(
                    resnet.Channels,
                    resnet.Channels,
                    i > 0 && i % resnet.Blocks == 0 ? Resampling.Up : Resampling.None,
                    resnet.Activation,
                    resnet.BranchScale,
                    options,
                    device
                )
            );
        }

        norm = Normalisations.Make(options, resnet.Channels, images: true, device);
        output = new Convolution(
            resnet.Channels,
            shape.Channels,
            (1, 1),
            options: options.Unnormalised,
            device: device
        );
        (pixel, activation) = (new ImageShape(inputs, 1, 1), resnet.Activation);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T image = activation.Apply(g, first.Forward(g, g.ToImage(x, pixel)));
        foreach (ResidualBlock block in blocks)
        {
            image = block.Forward(g, image);
        }

        return g.FromImage(output.Forward(g, Normalisations.Apply(norm, g, image)), x);
    }
}
