using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A residual encoder of images: stages of blocks, norm, a fully connected layer (norm, activation), outputs (norm).</summary>
/// <remarks>
/// [..., C · H · W] → [..., O]. The first block of every stage but the first halves the sides. The output is normalised number by number, so mean, scale
/// and context from one layer are what they'd be from three. Kingma et al. 2016, arXiv:1606.04934, appendix A, for MNIST.
/// </remarks>
public sealed class ResnetEncoder : Network
{
    private readonly ImageShape shape;
    private readonly ModuleList<ResidualBlock> blocks;
    private readonly nn.Module? norm;
    private readonly Dense hidden;
    private readonly Dense output;
    private readonly Activation activation;

    /// <summary>An encoder of images of a shape, whose sides 2^(stages − 1) must divide.</summary>
    public ResnetEncoder(
        ImageShape shape,
        long outputs,
        ResnetOptions resnet,
        LayerOptions options,
        Device? device = null
    )
        : base(nameof(ResnetEncoder), shape.Size, outputs)
    {
        ImageShape last = shape.Shrunk(resnet.Stride) with { Channels = resnet.Channels };
        blocks = nn.ModuleList<ResidualBlock>();
        for (int i = 0; i < resnet.Stages * resnet.Blocks; i++)
        {
            blocks.Add(
                new ResidualBlock(
                    i == 0 ? shape.Channels : resnet.Channels,
                    resnet.Channels,
                    i > 0 && i % resnet.Blocks == 0 ? Resampling.Down : Resampling.None,
                    resnet.Activation,
                    resnet.BranchScale,
                    options,
                    device
                )
            );
        }

        norm = Normalisations.Make(options, resnet.Channels, images: true, device);
        hidden = new Dense(last.Size, resnet.Hidden, options, device: device);
        output = new Dense(resnet.Hidden, outputs, options, device: device);
        (this.shape, activation) = (shape, resnet.Activation);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override T Forward<T>(IGraph<T> g, T x)
    {
        T image = g.ToImage(x, shape);
        foreach (ResidualBlock block in blocks)
        {
            image = block.Forward(g, image);
        }

        T features = g.FromImage(Normalisations.Apply(norm, g, image), x);
        return output.Forward(g, activation.Apply(g, hidden.Forward(g, features)));
    }
}
