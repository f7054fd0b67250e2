using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A convolution of images: [N, I, H, W] → [N, O, H′, W′], H′ = ⌊(H + 2p − k) / s⌋ + 1.</summary>
public sealed class Convolution(
    long inputs,
    long outputs,
    (long High, long Wide) size,
    long stride = 1,
    long padding = 0,
    LayerOptions? options = null,
    bool bias = true,
    Device? device = null
) : Layer(nameof(Convolution), [outputs, inputs, size.High, size.Wide], 0, bias, options, device)
{
    /// <summary>A square kernel of an odd size k with padding (k − 1) / 2: the image shrinks by the stride alone, where that divides it.</summary>
    public static Convolution Same(
        long inputs,
        long outputs,
        long size,
        long stride,
        LayerOptions? options,
        bool bias = true,
        Device? device = null
    ) => new(inputs, outputs, (size, size), stride, (size - 1) / 2, options, bias, device);

    /// <inheritdoc/>
    protected override T Map<T>(IGraph<T> g, T x) => g.Conv2d(x, Kernel, Bias, stride, padding);
}
