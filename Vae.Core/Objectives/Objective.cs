using Vae.Core.Models;

namespace Vae.Core.Objectives;

/// <summary>What training maximises: a bound on log p(x) made of K log-weights per example.</summary>
public abstract class Objective(int samples, Reduction reduction)
{
    /// <summary>Samples of z per example and step, K.</summary>
    public int Samples { get; } =
        samples >= 1 ? samples : throw new ArgumentOutOfRangeException(nameof(samples), samples, "at least 1");

    /// <summary>The bound of each example in nats. terms: [K, B] → [B].</summary>
    public abstract Tensor Bound(Terms<Tensor> terms);

    /// <summary>The loss: minus the mean or the sum of the bounds. [B] → scalar.</summary>
    public Tensor Loss(Tensor bound) => reduction == Reduction.Sum ? bound.sum().neg() : bound.mean().neg();
}
