using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>What a block does to the size of an image.</summary>
public enum Resampling
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Halves both sides.</summary>
    Down,

    /// <summary>Doubles both sides.</summary>
    Up,
}

/// <summary>A pre-activation residual block: shortcut + c · branch, branch = norm-act-conv3×3-norm-act-conv3×3.</summary>
/// <remarks>
/// [N, I, H, W] → [N, O, H′, W′]. Down: the first convolution has stride 2; up: the second is a transposed one with stride 2. The shortcut goes along
/// by nearest neighbour; a single channel is broadcast to all O, and where neither fits (I ≠ O, I > 1) it's a 1×1 convolution. Convolutions have a
/// bias only where batch or layer norm doesn't stand before them. He et al. 2016, arXiv:1603.05027, figure 1b; c: Kingma et al. 2016, arXiv:1606.04934.
/// </remarks>
public sealed class ResidualBlock : nn.Module
{
    private readonly nn.Module? norm1;
    private readonly Convolution conv1;
    private readonly nn.Module? norm2;
    private readonly Layer conv2;
    private readonly Convolution? shortcut;
    private readonly Resampling resampling;
    private readonly Activation activation;
    private readonly double branchScale;

    /// <summary>A block of <paramref name="inputs"/> to <paramref name="outputs"/> channels.</summary>
    public ResidualBlock(
        long inputs,
        long outputs,
        Resampling resampling,
        Activation activation,
        double branchScale,
        LayerOptions options,
        Device? device = null
    )
        : base(nameof(ResidualBlock))
    {
        LayerOptions kernel = options.WeightNormOnly;
        bool bias = !options.NormalisesOutputs;
        norm1 = Normalisations.Make(options, inputs, images: true, device);
        conv1 = Convolution.Same(inputs, outputs, 3, resampling == Resampling.Down ? 2 : 1, kernel, bias, device);
        norm2 = Normalisations.Make(options, outputs, images: true, device);
        conv2 =
            resampling == Resampling.Up
                ? TransposedConvolution.Same(outputs, outputs, 3, 2, kernel, bias, device)
                : Convolution.Same(outputs, outputs, 3, 1, kernel, bias, device);
        shortcut =
            inputs == outputs || inputs == 1
                ? null
                : new Convolution(inputs, outputs, (1, 1), options: options.Unnormalised, bias: false, device: device);
        (this.resampling, this.activation, this.branchScale) = (resampling, activation, branchScale);
        RegisterComponents();
    }

    /// <summary>The block's value.</summary>
    public T Forward<T>(IGraph<T> g, T image)
    {
        T branch = conv1.Forward(g, Normalisations.Apply(norm1, activation, g, image));
        branch = conv2.Forward(g, Normalisations.Apply(norm2, activation, g, branch));
        T straight = resampling switch
        {
            Resampling.Down => g.Subsample(image, 2),
            Resampling.Up => g.Upsample(image, 2),
            _ => image,
        };
        return g.AddScaled(shortcut is null ? straight : shortcut.Forward(g, straight), branch, branchScale);
    }
}
