using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>Independent continuous Bernoullis with log-odds ℓ from the decoder: p(x | z) = C(λ) λˣ (1 − λ)¹⁻ˣ on [0, 1], λ = sigmoid(ℓ).</summary>
/// <remarks>
/// A density for grey values x in [0, 1]: log p = Σ (x − ½) ℓ − log(sinh(ℓ/2) / (ℓ/2)), for p(x) ∝ exp(x ℓ) and ∫₀¹ exp(x ℓ) dx = (e^ℓ − 1) / ℓ;
/// in terms of ℓ nothing cancels near λ = ½ but in the last term, which is a series there, and no λ is too near to 0 or 1. E[x] = ½ + ½ coth(ℓ/2) − 1/ℓ.
/// x: [B, D], ℓ: [..., B, D] → [..., B], nats. Loaiza-Ganem and Cunningham 2019, arXiv:1907.06845, eq. 7–8.
/// </remarks>
public sealed class ContinuousBernoulliLikelihood : Likelihood
{
    /// <inheritdoc/>
    public override int ParametersPerDimension => 1;

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T x, T parameters) =>
        g.SumLast(g.Subtract(g.Multiply(g.Affine(x, 1, -0.5), parameters), g.LogSinhc(parameters)));

    /// <inheritdoc/>
    public override T Mean<T>(IGraph<T> g, T parameters) => g.Affine(g.LogSinhcSlope(parameters), 1, 0.5);

    /// <summary>The inverse of the distribution function: for a = |ℓ|, 1 + log(u + (1 − u) e⁻ᵃ) / a, mirrored where ℓ is negative.</summary>
    /// <inheritdoc/>
    public override Tensor Sample(Tensor parameters, Tensor noise)
    {
        Tensor u = Uniform(where(parameters.lt(0), noise.neg(), noise));
        Tensor a = parameters.abs();
        Tensor steep = (u + (1 - u) * a.neg().exp()).log() / a + 1;
        Tensor x = where(a.gt(1e-3), steep, u + u * (1 - u) * a * 0.5); // near 0 the series' first terms
        return where(parameters.lt(0), 1 - x, x).clamp(0, 1);
    }
}
