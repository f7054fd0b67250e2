using Vae.Core.Networks;

namespace Vae.Core.Graphs;

/// <content>Images. Vectors come with any axes before the last; images have one, [N, C, H, W], and go back to vectors by what they came from.</content>
public partial interface IGraph<T>
{
    /// <summary>The vectors as images: [..., C · H · W] → [N, C, H, W], N being all axes before the last at once.</summary>
    T ToImage(T x, ImageShape shape);

    /// <summary>Images as vectors again, with the axes of <paramref name="like"/> before the last: [N, C, H, W], [..., D] → [..., C · H · W].</summary>
    T FromImage(T image, T like);

    /// <summary>x Wᵀ + b with a weight that may be in weight norm. [..., I] → [..., O].</summary>
    T Linear(T x, Kernel kernel, Parameter? bias);

    /// <summary>max(x Wᵀ + b, 0).</summary>
    T LinearRelu(T x, Kernel kernel, Parameter? bias) => Relu(Linear(x, kernel, bias));

    /// <summary>Cross-correlation with zeros around the image: [N, C, H, W] → [N, O, H′, W′], H′ = ⌊(H + 2p − k) / s⌋ + 1; weight: [O, C, k, k′], bias: [O].</summary>
    T Conv2d(T image, Kernel kernel, Parameter? bias, long stride, long padding);

    /// <summary>The transpose of <see cref="Conv2d"/>: [N, C, H, W] → [N, O, H′, W′], H′ = (H − 1) s − 2p + k + extra; weight: [C, O, k, k′], bias: [O].</summary>
    T ConvTranspose2d(T image, Kernel kernel, Parameter? bias, long stride, long padding, long extra);

    /// <summary>Every s-th row and column, the first included: [N, C, H, W] → [N, C, ⌈H / s⌉, ⌈W / s⌉].</summary>
    T Subsample(T image, long stride);

    /// <summary>Every pixel as a square of s · s (nearest neighbour): [N, C, H, W] → [N, C, sH, sW].</summary>
    T Upsample(T image, long factor);

    /// <summary>Layer norm of vectors over the last axis, or of images over all but the first. Ba et al. 2016, arXiv:1607.06450, eq. 4.</summary>
    T LayerNorm(T x, LayerNormalisation norm);

    /// <summary>a + scale · b.</summary>
    T AddScaled(T a, T b, double scale) => Add(a, Affine(b, scale, 0));
}
