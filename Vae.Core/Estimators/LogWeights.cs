namespace Vae.Core.Estimators;

/// <summary>The two reductions of log-weights, log w = log p(x, z) − log q(z | x) with z ~ q. logW: [K, B] → [B], in nats.</summary>
public static class LogWeights
{
    /// <summary>The evidence lower bound, (1/K) Σₖ log wₖ. Kingma and Welling 2014, arXiv:1312.6114, eq. 6.</summary>
    public static Tensor Elbo(Tensor logW) => logW.mean([0]);

    /// <summary>Importance-sampled log-likelihood, log p̂(x) = log (1/K) Σₖ wₖ, a lower bound in expectation. Burda et al. 2016, arXiv:1509.00519, eq. 8.</summary>
    public static Tensor LogLikelihood(Tensor logW) => logW.logsumexp(0) - Math.Log(logW.shape[0]);
}
