using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Deep sigmoidal flow: y = σ⁻¹(Σₖ wₖ σ(aₖ x + bₖ)) with aₖ &gt; 0, wₖ &gt; 0 and Σ wₖ = 1.</summary>
/// <remarks>
/// θ = (a', b, w') with K numbers each: a = log(1 + e^{a' + log(e − 1)}), which is 1 at 0, and w = softmax(w'). Everything is computed with log σ, so nothing
/// saturates: y = log Σ wₖ σ(uₖ) − log Σ wₖ σ(−uₖ), uₖ = aₖ x + bₖ. The inverse is by bisection between the least and the greatest (y − bₖ) / aₖ,
/// where every component gives less or more than σ(y). Huang et al. 2018, arXiv:1804.00779, eq. 8 and section 3.1.
/// </remarks>
public sealed record DeepSigmoid(int Components) : IElementwise
{
    // log(e − 1): softplus of it is 1.
    private const double UnitSoftplus = 0.54132485461291802;

    // Halvings of a bracket of ordinary width leave less than float64 resolves.
    private const int Halvings = 64;

    /// <inheritdoc/>
    public int Parameters => 3 * Components;

    /// <inheritdoc/>
    public (T Y, T LogSlope) Forward<T>(IGraph<T> g, T x, T parameters)
    {
        var (a, b, logW) = Split(g, parameters);
        T u = g.Add(g.Multiply(a, g.Column(x)), b);
        T on = g.LogSigmoid(u);
        T off = g.LogSigmoid(g.Affine(u, -1, 0));
        T logD = g.LogSumExpKept(g.Add(logW, on));
        T logRest = g.LogSumExpKept(g.Add(logW, off));
        T logSlope = g.LogSumExpKept(g.Add(g.Add(logW, g.Log(a)), g.Add(on, off)));
        return (g.Flatten(g.Subtract(logD, logRest)), g.Flatten(g.Subtract(logSlope, g.Add(logD, logRest))));
    }

    /// <inheritdoc/>
    public T Inverse<T>(IGraph<T> g, T y, T parameters)
    {
        var (a, b, _) = Split(g, parameters);
        T ends = g.Divide(g.Subtract(g.Column(y), b), a);
        T low = g.Affine(g.Flatten(g.LogSumExpKept(g.Affine(ends, -1, 0))), -1, 0); // at most the least
        T high = g.Flatten(g.LogSumExpKept(ends)); // at least the greatest
        for (int i = 0; i < Halvings; i++)
        {
            T middle = g.Affine(g.Add(low, high), 0.5, 0);
            T above = g.Step(g.Subtract(Forward(g, middle, parameters).Y, y));
            T half = g.Affine(g.Subtract(high, low), 0.5, 0);
            high = g.Subtract(high, g.Multiply(above, half));
            low = g.Add(low, g.Multiply(g.Affine(above, -1, 1), half));
        }

        return g.Affine(g.Add(low, high), 0.5, 0);
    }

    private (T A, T B, T LogW) Split<T>(IGraph<T> g, T parameters)
    {
        T raw = g.Slice(parameters, 2L * Components, Components);
        return (
            g.Softplus(g.Affine(g.Slice(parameters, 0, Components), 1, UnitSoftplus)),
            g.Slice(parameters, Components, Components),
            g.Subtract(raw, g.LogSumExpKept(raw))
        );
    }
}
