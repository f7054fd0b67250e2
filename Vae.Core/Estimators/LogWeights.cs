namespace Vae.Core.Estimators;

/// <summary>The two reductions of log-weights, log w = log p(x, z) − log q(z | x) with z ~ q. logW: [K, B] → [B], in nats.</summary>
public static class LogWeights
{
    /// <summary>The evidence lower bound, (1/K) Σₖ log wₖ. Kingma and Welling 2014, arXiv:1312.6114, eq. 6.</summary>
    public static Tensor Elbo(Tensor logW) => logW.mean([0]);

    /// <summary>Importance-sampled log-likelihood, log p̂(x) = log (1/K) Σₖ wₖ, a lower bound in expectation. Burda et al. 2016, arXiv:1509.00519, eq. 8.</summary>
    /// <remarks>In float64: the gradient holds exp(log w − log Σ w), and at hundreds of nats the float32 of a log Σ w is off by 3e-5.</remarks>
    public static Tensor LogLikelihood(Tensor logW) =>
        logW.to(ScalarType.Float64).logsumexp(0).sub(Math.Log(logW.shape[0])).to(logW.dtype);
}
