using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>p(z) = N(z; 0, I): log p(z) = −½ Σ (z² + log 2π).</summary>
/// <remarks>z: [..., Z] → [...], nats. Kingma and Welling 2014, arXiv:1312.6114, section 3.</remarks>
public sealed class StandardNormalPrior(long size) : Prior(nameof(StandardNormalPrior), size)
{
    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T z, T? label = default)
        where T : default => g.StandardNormalLogDensity(z);

    /// <inheritdoc/>
    public override T Sample<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => noise;

    /// <inheritdoc/>
    public override Func<T>? NormalKl<T>(IGraph<T> g, Normal<T> q, T? label = default)
        where T : default => () => q.KlToStandard(g);

    /// <inheritdoc/>
    public override Func<T>? NormalKlByDimension<T>(IGraph<T> g, Normal<T> q, T? label = default)
        where T : default => () => g.NormalKlByDimension(q.Mean, q.Scale);
}
