using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>The normal distribution with diagonal covariance, N(mean, scale²).</summary>
/// <remarks>mean, scale: [..., D], scale &gt; 0; densities in nats, summed over the last axis: [...].</remarks>
public sealed record Normal<T>(T Mean, T Scale)
{
    /// <summary>log N(x; mean, scale²) = −½ Σ (((x − mean) / scale)² + 2 log scale + log 2π).</summary>
    public T LogDensity(IGraph<T> g, T x) => g.NormalLogDensity(x, Mean, Scale);

    /// <summary>z = mean + scale · noise with noise ~ N(0, I), and log N(z; mean, scale²). Kingma and Welling 2014, arXiv:1312.6114, eq. 4.</summary>
    public (T Z, T LogDensity) Sample(IGraph<T> g, T noise) => g.SampleNormal(Mean, Scale, noise);

    /// <summary>KL(N(mean, scale²) ‖ N(0, I)). arXiv:1312.6114, appendix B.</summary>
    public T KlToStandard(IGraph<T> g) => g.NormalKl(Mean, Scale);
}
