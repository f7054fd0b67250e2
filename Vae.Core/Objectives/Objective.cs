using Vae.Core.Graphs;
using Vae.Core.Models;

namespace Vae.Core.Objectives;

/// <summary>What training maximises: as a rule a bound on log p(x), made of K log-weights per example.</summary>
public abstract class Objective(int samples, Reduction reduction)
{
    /// <summary>Computes tensors; a graph that drops out is set anew for every step.</summary>
    public TensorGraph Graph { get; set; } = new();

    /// <summary>Samples of z per example and step, K.</summary>
    public int Samples { get; } =
        samples >= 1 ? samples : throw new ArgumentOutOfRangeException(nameof(samples), samples, "at least 1");

    /// <summary>What the bound is made of. x: [B, D], noise: [K, B, NoiseSize].</summary>
    public virtual Terms<Tensor> Terms(LatentVariableModel model, Observed<Tensor> x, Tensor noise) =>
        model.Terms(Graph, x, noise);

    /// <summary>What is maximised of each example, in nats: its bound, and what its label adds. terms: [K, B] → [B].</summary>
    public Tensor Bound(Terms<Tensor> terms, ObjectiveValues values)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Tensor bound = Reduce(terms, values);
        return terms.Supervision is { } supervision ? bound + supervision() : bound;
    }

    /// <summary>The same where nothing is weighted.</summary>
    public Tensor Bound(Terms<Tensor> terms) => Bound(terms, ObjectiveValues.Plain);

    /// <summary>The bound itself. [K, B] → [B].</summary>
    protected abstract Tensor Reduce(Terms<Tensor> terms, ObjectiveValues values);

    /// <summary>The loss: minus the mean or the sum of the bounds. [B] → scalar.</summary>
    public Tensor Loss(Tensor bound) => Loss(bound, bound.shape[0]);

    /// <summary>The part that these bounds have in the loss of so many examples. [B] → scalar.</summary>
    public Tensor Loss(Tensor bound, long examples)
    {
        Tensor sum = bound.sum().neg();
        return reduction == Reduction.Sum ? sum : sum.div(examples);
    }

    /// <summary>Adds the loss's gradient to the parameters'. The terms are those of <see cref="Terms"/>.</summary>
    public virtual void Backward(Tensor loss, Terms<Tensor> terms) => loss.backward();
}
