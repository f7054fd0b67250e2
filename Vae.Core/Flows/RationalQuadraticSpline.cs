using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Monotone rational-quadratic spline with K bins over [−B, B], and the identity outside, where its slope is 1 too.</summary>
/// <remarks>
/// θ = (w', h', d') with K, K and K − 1 numbers: bins' widths and heights 2B (m + (1 − K m) softmax(·)), slopes at the inner knots
/// m + log(1 + e^{d' + c}), which are 1 at 0; m = 0.001. With s = height / width and ξ = (x − left) / width within a bin,
/// y = bottom + height (s ξ² + δ₀ ξ (1 − ξ)) / (s + (δ₁ + δ₀ − 2 s) ξ (1 − ξ)). Durkan et al. 2019, arXiv:1906.04032, eq. 4–8.
/// </remarks>
public sealed record RationalQuadraticSpline(int Bins, double Bound) : IElementwise
{
    private const double Least = 1e-3;

    // Softplus of it is 1 − Least.
    private static readonly double unitSlope = Math.Log(Math.Exp(1 - Least) - 1);

    /// <inheritdoc/>
    public int Parameters => 3 * Bins - 1;

    /// <inheritdoc/>
    public (T Y, T LogSlope) Forward<T>(IGraph<T> g, T x, T parameters)
    {
        T inside = Inside(g, x);
        T within = g.Multiply(inside, x);
        Knots<T> all = KnotsOf(g, parameters);
        Knots<T> bin = Select(g, all, all.Left, within);
        T s = g.Divide(bin.Height, bin.Width);
        T ξ = g.Divide(g.Subtract(within, bin.Left), bin.Width);
        T rest = g.Affine(ξ, -1, 1);
        T both = g.Multiply(ξ, rest);
        T denominator = g.Add(s, g.Multiply(Bend(g, bin, s), both));
        T share = g.Add(g.Multiply(s, g.Multiply(ξ, ξ)), g.Multiply(bin.Begin, both));
        T y = g.Add(bin.Bottom, g.Divide(g.Multiply(bin.Height, share), denominator));
        T slope = g.Add(
            g.Add(g.Multiply(bin.End, g.Multiply(ξ, ξ)), g.Multiply(bin.Begin, g.Multiply(rest, rest))),
            g.Affine(g.Multiply(s, both), 2, 0)
        );
        T logSlope = g.Subtract(g.Log(slope), g.Affine(g.Subtract(g.Log(denominator), g.Log(s)), 2, 0));
        return (g.Add(g.Multiply(inside, y), g.Multiply(g.Affine(inside, -1, 1), x)), g.Multiply(inside, logSlope));
    }

    /// <inheritdoc/>
    public T Inverse<T>(IGraph<T> g, T y, T parameters)
    {
        T inside = Inside(g, y);
        T within = g.Multiply(inside, y);
        Knots<T> all = KnotsOf(g, parameters);
        Knots<T> bin = Select(g, all, all.Bottom, within);
        T s = g.Divide(bin.Height, bin.Width);
        T rise = g.Subtract(within, bin.Bottom);
        T bent = g.Multiply(rise, Bend(g, bin, s));
        T a = g.Add(g.Multiply(bin.Height, g.Subtract(s, bin.Begin)), bent);
        T b = g.Subtract(g.Multiply(bin.Height, bin.Begin), bent);
        T c = g.Affine(g.Multiply(s, rise), -1, 0);
        T root = g.Sqrt(g.Relu(g.Subtract(g.Multiply(b, b), g.Affine(g.Multiply(a, c), 4, 0)))); // rounding may take it below 0
        T ξ = g.Divide(g.Affine(c, -2, 0), g.Add(b, root));
        T x = g.Add(bin.Left, g.Multiply(ξ, bin.Width));
        return g.Add(g.Multiply(inside, x), g.Multiply(g.Affine(inside, -1, 1), y));
    }

    private static T Bend<T>(IGraph<T> g, Knots<T> bin, T s) =>
        g.Subtract(g.Add(bin.Begin, bin.End), g.Affine(s, 2, 0));

    private T Inside<T>(IGraph<T> g, T x) => g.Subtract(g.Step(g.Affine(x, 1, Bound)), g.Step(g.Affine(x, 1, -Bound)));

    // Of every bin, [..., D, K], or of one bin for each dimension, [..., D].
    private sealed record Knots<T>(T Left, T Width, T Bottom, T Height, T Begin, T End);

    private Knots<T> KnotsOf<T>(IGraph<T> g, T parameters)
    {
        T widths = Shares(g, g.Slice(parameters, 0, Bins));
        T heights = Shares(g, g.Slice(parameters, Bins, Bins));
        T slopes = g.Affine(g.Softplus(g.Affine(g.Slice(parameters, 2L * Bins, Bins - 1), 1, unitSlope)), 1, Least);
        T one = g.Affine(g.Slice(parameters, 0, 1), 0, 1);
        return new(Edges(g, widths), widths, Edges(g, heights), heights, g.Concat(one, slopes), g.Concat(slopes, one));
    }

    private T Shares<T>(IGraph<T> g, T raw)
    {
        T softmax = g.Exp(g.Subtract(raw, g.LogSumExpKept(raw)));
        return g.Affine(softmax, 2 * Bound * (1 - Bins * Least), 2 * Bound * Least);
    }

    // Where each bin begins.
    private T Edges<T>(IGraph<T> g, T sizes) => g.Affine(g.Subtract(g.CumulativeSum(sizes), sizes), 1, -Bound);

    // The bin that x lies in: the last whose edge is below x.
    private Knots<T> Select<T>(IGraph<T> g, Knots<T> all, T edges, T x)
    {
        T passed = g.Step(g.Subtract(g.Column(x), edges));
        T next = g.Concat(g.Slice(passed, 1, Bins - 1), g.Affine(g.Slice(passed, 0, 1), 0, 0));
        T only = g.Subtract(passed, next);
        return new(Pick(all.Left), Pick(all.Width), Pick(all.Bottom), Pick(all.Height), Pick(all.Begin), Pick(all.End));

        T Pick(T values) => g.Flatten(g.SumLastKept(g.Multiply(only, values)));
    }
}
