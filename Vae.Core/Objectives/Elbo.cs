using Vae.Core.Estimators;
using Vae.Core.Graphs;
using Vae.Core.Models;

namespace Vae.Core.Objectives;

/// <summary>The evidence lower bound, E_q[log p(x | z)] − KL(q(z | x) ‖ p(z)), with the KL by Monte Carlo or in closed form.</summary>
/// <remarks>[K, B] → [B], nats. Kingma and Welling 2014, arXiv:1312.6114, eq. 6 (Monte Carlo) and 7 (closed form).</remarks>
public sealed class Elbo(int samples, bool closedFormKl, Reduction reduction) : Objective(samples, reduction)
{
    private readonly TensorGraph graph = new();

    /// <inheritdoc/>
    public override Tensor Bound(Terms<Tensor> terms)
    {
        if (!closedFormKl)
        {
            return LogWeights.Elbo(terms.LogWeights(graph));
        }

        if (terms.Kl is null)
        {
            throw new InvalidOperationException("This model has no closed-form KL; use the Monte-Carlo KL.");
        }

        return terms.LogLikelihood.mean([0]) - terms.Kl();
    }
}
