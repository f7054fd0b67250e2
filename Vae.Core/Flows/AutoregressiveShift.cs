using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>The autoregressive flow that keeps volumes: y = z + m with m = MADE(z, h), logDet = 0.</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → y: [..., Z]. The inverse takes a pass of the MADE for each dimension.
/// Kingma et al. 2016, arXiv:1606.04934, without its scales; the idea of volume preservation is that of Dinh et al. 2014, arXiv:1410.8516.
/// </remarks>
public sealed class AutoregressiveShift : Flow
{
    private readonly Made made;
    private readonly Tensor zero; // no part of the weights, but it moves along with them

    /// <summary>The flow of a MADE that gives one number for each dimension.</summary>
    public AutoregressiveShift(Made made, Device? device = null)
        : base(nameof(AutoregressiveShift), made.Size, made.Context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(made.Numbers, 1);
        this.made = made;
        zero = zeros([], device: device);
        register_buffer(nameof(zero), zero, persistent: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default => (g.Add(z, made.Forward(g, z, h)), g.Constant(zero));

    /// <inheritdoc/>
    public override bool HasInverse => true;

    /// <inheritdoc/>
    public override T Inverse<T>(IGraph<T> g, T y, T? h)
        where T : default => made.Invert(g, y, h, (_, yi, m) => g.Subtract(yi, m));
}
