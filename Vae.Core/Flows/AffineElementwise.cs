using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>y = x eˢ + t.</summary>
/// <remarks>
/// θ = (t, s'). With a bound c, s = c tanh(s' / c), so that scales stay within e^±c; without one s = s'.
/// Dinh et al. 2017, arXiv:1605.08803, eq. 4 and 7-8 (where s is a tanh times a learned factor); Papamakarios et al. 2017, arXiv:1705.07057, eq. 4-5.
/// </remarks>
public sealed record AffineElementwise(double? Bound = null) : IElementwise
{
    /// <inheritdoc/>
    public int Parameters => 2;

    /// <inheritdoc/>
    public (T Y, T LogSlope) Forward<T>(IGraph<T> g, T x, T parameters)
    {
        T s = LogScale(g, parameters);
        return (g.Add(g.Multiply(x, g.Exp(s)), g.One(parameters, 0)), s);
    }

    /// <inheritdoc/>
    public T Inverse<T>(IGraph<T> g, T y, T parameters) =>
        g.Divide(g.Subtract(y, g.One(parameters, 0)), g.Exp(LogScale(g, parameters)));

    private T LogScale<T>(IGraph<T> g, T parameters)
    {
        T s = g.One(parameters, 1);
        return Bound is { } c ? g.Affine(g.Tanh(g.Affine(s, 1 / c, 0)), c, 0) : s;
    }
}
