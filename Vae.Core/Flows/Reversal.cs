using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>The dimensions in reversed order: yᵢ = z_{Z+1−i}, logDet = 0.</summary>
/// <remarks>
/// Between two autoregressive flows it gives the dimensions that heard few others their turn to hear many.
/// Kingma et al. 2016, arXiv:1606.04934, section 3.
/// </remarks>
public sealed class Reversal : Flow
{
    private readonly Tensor zero; // no part of the weights, but it moves along with them

    /// <summary>Reverses <paramref name="size"/> dimensions.</summary>
    public Reversal(long size, Device? device = null)
        : base(nameof(Reversal), size, 0)
    {
        zero = zeros([], device: device);
        register_buffer(nameof(zero), zero, persistent: false);
    }

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default => (g.Reverse(z), g.Constant(zero));

    /// <inheritdoc/>
    public override bool HasInverse => true;

    /// <inheritdoc/>
    public override T Inverse<T>(IGraph<T> g, T y, T? h)
        where T : default => g.Reverse(y);
}
