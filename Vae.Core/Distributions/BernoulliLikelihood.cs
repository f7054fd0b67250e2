using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>Independent Bernoulli pixels whose log-odds ℓ the decoder gives: log p(x | z) = Σ x ℓ − log(1 + e^ℓ).</summary>
/// <remarks>A likelihood for x in {0, 1}; for grey values between it's a score without normaliser. x: [B, D], ℓ: [..., B, D] → [..., B], nats.</remarks>
public sealed class BernoulliLikelihood : Likelihood
{
    /// <inheritdoc/>
    public override int ParametersPerDimension => 1;

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T x, T parameters) => g.BernoulliLogDensity(x, parameters);

    /// <inheritdoc/>
    public override T Mode<T>(IGraph<T> g, T parameters) => g.Step(parameters);

    /// <inheritdoc/>
    public override T Mean<T>(IGraph<T> g, T parameters) => g.Sigmoid(parameters);

    /// <inheritdoc/>
    public override Tensor Sample(Tensor parameters, Tensor noise) =>
        Uniform(noise).lt(parameters.sigmoid()).to(parameters.dtype);
}
