using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A transposed convolution of images: [N, I, H, W] → [N, O, H′, W′], H′ = (H − 1) s − 2p + k + extra.</summary>
public sealed class TransposedConvolution(
    long inputs,
    long outputs,
    (long High, long Wide) size,
    long stride = 1,
    long padding = 0,
    long extra = 0,
    LayerOptions? options = null,
    bool bias = true,
    Device? device = null
) : Layer(nameof(TransposedConvolution), [inputs, outputs, size.High, size.Wide], 1, bias, options, device)
{
    /// <summary>A square kernel of an odd size k with padding (k − 1) / 2: the image grows exactly by the stride.</summary>
    public static TransposedConvolution Same(
        long inputs,
        long outputs,
        long size,
        long stride,
        LayerOptions? options,
        bool bias = true,
        Device? device = null
    ) => new(inputs, outputs, (size, size), stride, (size - 1) / 2, stride - 1, options, bias, device);

    /// <inheritdoc/>
    protected override T Map<T>(IGraph<T> g, T x) => g.ConvTranspose2d(x, Kernel, Bias, stride, padding, extra);
}
