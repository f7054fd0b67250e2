using Vae.Core.Estimators;
using Vae.Core.Models;

namespace Vae.Core.Objectives;

/// <summary>The importance-weighted bound, E[log (1/K) Σₖ wₖ], tighter than the ELBO for K &gt; 1.</summary>
/// <remarks>[K, B] → [B], nats. Burda, Grosse and Salakhutdinov 2016, arXiv:1509.00519, eq. 8.</remarks>
public sealed class Iwae(int samples, Reduction reduction) : Objective(samples, reduction)
{
    /// <inheritdoc/>
    protected override Tensor Reduce(Terms<Tensor> terms, ObjectiveValues values) =>
        LogWeights.LogLikelihood(terms.LogWeights(Graph));
}
