using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>x ~ N(m, diag(σ²)) with mean and log-variance from the decoder: log p(x | z) = −½ Σ ((x − m)² / σ² + log σ² + log 2π).</summary>
/// <remarks>
/// The decoder's output is (m, s), and σ² = e^s + minScale². Without a floor the density has no upper bound: it grows beyond all
/// measure where the decoder gets a pixel exactly right (Rezende and Viola 2018, arXiv:1810.00597; Mattei and Frellsen 2018, arXiv:1802.04826, proposition 1).
/// <c>normalised: false</c> drops log 2π: then it's a score, no density.
/// x: [B, D], parameters: [..., B, 2 · D] → [..., B], nats. Kingma and Welling 2014, arXiv:1312.6114, appendix C.2.
/// </remarks>
public sealed class GaussianLikelihood : Likelihood
{
    private readonly long dimensions;
    private readonly double minScale;
    private readonly double constant;

    /// <summary>A Gaussian over D dimensions.</summary>
    public GaussianLikelihood(long dimensions, double minScale, bool normalised = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minScale);
        this.dimensions = dimensions;
        this.minScale = minScale;
        constant = normalised ? Math.Log(2 * Math.PI) : 0;
    }

    /// <inheritdoc/>
    public override int ParametersPerDimension => 2;

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T x, T parameters)
    {
        T error = g.Subtract(x, Mean(g, parameters));
        T logVariance = LogVariance(g, g.Slice(parameters, dimensions, dimensions));
        T standardised = g.Multiply(g.Multiply(error, error), g.Exp(g.Affine(logVariance, -1, 0)));
        return g.SumLast(g.Affine(g.Add(standardised, logVariance), -0.5, -0.5 * constant));
    }

    /// <inheritdoc/>
    public override T Mean<T>(IGraph<T> g, T parameters) => g.Slice(parameters, 0, dimensions);

    /// <inheritdoc/>
    public override Tensor Sample(Tensor parameters, Tensor noise)
    {
        var g = new TensorGraph();
        Tensor logVariance = LogVariance(g, parameters.narrow(-1, dimensions, dimensions));
        return Mean(g, parameters) + logVariance.mul(0.5).exp() * noise;
    }

    // log(e^s + f²) = softplus(s − log f²) + log f².
    private T LogVariance<T>(IGraph<T> g, T s)
    {
        double floor = 2 * Math.Log(minScale);
        return minScale == 0 ? s : g.Affine(g.Softplus(g.Affine(s, 1, -floor)), 1, floor);
    }
}
