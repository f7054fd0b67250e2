using Vae.Core.Estimators;
using Vae.Core.Models;

namespace Vae.Core.Objectives;

/// <summary>The importance-weighted bound with the doubly reparametrised gradient: the same bound, less noise in the encoder's gradient.</summary>
/// <remarks>
/// [K, B] → [B], nats. With w̃ₖ = wₖ / Σ w: ∇θ = E[Σₖ w̃ₖ ∂ log wₖ/∂θ] as ever, ∇φ = E[Σₖ w̃ₖ² (∂ log wₖ/∂zₖ)(∂zₖ/∂φ)], where log q is held fixed in φ
/// but through z. Tucker et al. 2019, arXiv:1810.04152, eq. 8. It takes log q(z | x) as a function of z, which a posterior with flows doesn't have.
/// </remarks>
public sealed class Dreg(int samples, Reduction reduction) : Objective(samples, reduction)
{
    /// <summary>The densities at a copy of z that is cut off from the encoder.</summary>
    /// <exception cref="InvalidOperationException">The posterior has flows.</exception>
    public override Terms<Tensor> Terms(LatentVariableModel model, Observed<Tensor> x, Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(model);
        var q = model.SamplePosterior(Graph, x, noise);
        if (q.FixedLogQ is null)
        {
            throw new InvalidOperationException(
                "The doubly reparametrised gradient takes log q(z | x) as a function of z, which this posterior doesn't have; use the importance-weighted bound."
            );
        }

        Tensor z = q.Z.detach().requires_grad_();
        var (logLikelihood, logPrior) = model.LogJoint(Graph, x, z);
        return new Terms<Tensor>(logLikelihood, logPrior, q.FixedLogQ(z), q.Kl) { Cut = (q.Z, z) };
    }

    /// <inheritdoc/>
    protected override Tensor Reduce(Terms<Tensor> terms, ObjectiveValues values) =>
        LogWeights.LogLikelihood(terms.LogWeights(Graph));

    /// <summary>First the gradients of θ and of z, w̃ ∂ log w/∂z; then that of φ, by z's gradient times w̃.</summary>
    public override void Backward(Tensor loss, Terms<Tensor> terms)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (terms.Cut is not var (drawn, z))
        {
            throw new ArgumentException("These terms were not made by this objective.", nameof(terms));
        }

        loss.backward();
        Tensor weights = terms.LogWeights(Graph).detach().softmax(0, ScalarType.Float64).to(drawn.dtype);
        drawn.backward([z.grad! * weights.unsqueeze(-1)]);
    }
}
