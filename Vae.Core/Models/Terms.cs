using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>What a model says about x and K samples of z: the parts of the log-weights, each [K, B] in nats.</summary>
/// <remarks>
/// Where a class y is summed out, the parts are their expectations under q(y | x), so that they make the ELBO, and the log-weight is a part of its own:
/// log Σ_y of the weights, which an expectation of log-weights is not.
/// </remarks>
/// <param name="LogLikelihood">log p(x | z).</param>
/// <param name="LogPrior">log p(z).</param>
/// <param name="LogQ">log q(z | x).</param>
/// <param name="Kl">Computes KL(q(z | x) ‖ p(z)) in closed form, [B]; null where the model has none.</param>
public sealed record Terms<T>(T LogLikelihood, T LogPrior, T LogQ, Func<T>? Kl)
{
    /// <summary>Computes the closed-form KL of each latent dimension, [B, Z]; null where it doesn't come apart.</summary>
    public Func<T>? KlByDimension { get; init; }

    /// <summary>z as the posterior gave it, and the copy without its history at which the densities were taken; null where they are the same.</summary>
    public (T Drawn, T Copy)? Cut { get; init; }

    /// <summary>Computes log w where it isn't the sum of the parts, [K, B]; null where it is.</summary>
    public Func<T>? LogW { get; init; }

    /// <summary>What labels add to a training bound and to no estimate, such as α log q(y | x): [B]; null without.</summary>
    public Func<T>? Supervision { get; init; }

    /// <summary>log w, whose exponential is an unbiased estimate of p(x). As a rule log p(x | z) + (log p(z) − log q(z | x)): the small numbers first, which rounds less.</summary>
    public T LogWeights(IGraph<T> g) => LogW is { } logW ? logW() : Elbo(g);

    /// <summary>The sum of the parts, whose expectation is the ELBO: [K, B].</summary>
    public T Elbo(IGraph<T> g) => g.Add(LogLikelihood, g.Subtract(LogPrior, LogQ));
}
