using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>x ~ N(m, I) with the decoder's output m as its mean: log p(x | z) = −½ Σ ((x − m)² + log 2π).</summary>
/// <remarks>x: [B, D], m: [..., B, D] → [..., B], nats.</remarks>
public sealed class UnitGaussianLikelihood : Likelihood
{
    /// <inheritdoc/>
    public override int ParametersPerDimension => 1;

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T x, T parameters) =>
        g.StandardNormalLogDensity(g.Subtract(x, parameters));

    /// <inheritdoc/>
    public override T Mean<T>(IGraph<T> g, T parameters) => parameters;
}
