using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>x ~ N(m, I) with the decoder's output m as its mean: log p(x | z) = −½ Σ ((x − m)² + log 2π).</summary>
/// <remarks><c>normalised: false</c> drops log 2π: then it's a score, no density. x: [B, D], m: [..., B, D] → [..., B], nats.</remarks>
public sealed class UnitGaussianLikelihood(bool normalised = true) : Likelihood
{
    /// <inheritdoc/>
    public override int ParametersPerDimension => 1;

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T x, T parameters)
    {
        T error = g.Subtract(x, parameters);
        return normalised ? g.StandardNormalLogDensity(error) : g.SumLast(g.Affine(g.Multiply(error, error), -0.5, 0));
    }

    /// <inheritdoc/>
    public override T Mean<T>(IGraph<T> g, T parameters) => parameters;

    /// <inheritdoc/>
    public override Tensor Sample(Tensor parameters, Tensor noise) => parameters + noise;
}
