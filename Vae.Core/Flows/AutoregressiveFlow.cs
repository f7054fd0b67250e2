using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>An autoregressive flow: yᵢ = f(zᵢ; θᵢ) with an increasing f and θ = MADE(z, h), where θᵢ depends on z₁ ... zᵢ₋₁.</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → y: [..., Z], logDet = Σ log ∂yᵢ/∂zᵢ: [...], in nats. Forward is the parallel direction, one pass; the inverse takes a pass for
/// each dimension. In a prior forward goes from z to the noise, so with an affine f this is the masked autoregressive flow, MAF
/// (Papamakarios et al. 2017, arXiv:1705.07057, eq. 4–5: there s = −α, t = −μ e^{−α}): densities are fast and samples slow.
/// In a posterior the same map goes from the noise to z and is fast where it's needed. With <see cref="DeepSigmoid"/> it's the neural autoregressive flow,
/// NAF (Huang et al. 2018, arXiv:1804.00779).
/// </remarks>
public sealed class AutoregressiveFlow : Flow
{
    private readonly Made made;
    private readonly IElementwise function;

    /// <summary>The flow of a MADE that gives as many numbers as f has parameters.</summary>
    public AutoregressiveFlow(Made made, IElementwise function)
        : base(nameof(AutoregressiveFlow), made.Size, made.Context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(made.Numbers, function.Parameters);
        this.made = made;
        this.function = function;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        T numbers = g.Transpose(g.Unflatten(made.Forward(g, z, h), made.Numbers, Size));
        var (y, logSlope) = function.Forward(g, z, numbers);
        return (y, g.SumLast(logSlope));
    }

    /// <inheritdoc/>
    public override bool HasInverse => true;

    /// <inheritdoc/>
    public override T Inverse<T>(IGraph<T> g, T y, T? h)
        where T : default =>
        made.Invert(g, y, h, (_, yi, numbers) => function.Inverse(g, yi, g.Unflatten(numbers, 1, made.Numbers)));
}
