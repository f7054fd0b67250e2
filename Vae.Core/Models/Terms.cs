using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>What a model says about x and K samples of z: the parts of the log-weights, each [K, B] in nats.</summary>
/// <param name="LogLikelihood">log p(x | z).</param>
/// <param name="LogPrior">log p(z).</param>
/// <param name="LogQ">log q(z | x).</param>
/// <param name="Kl">Computes KL(q(z | x) ‖ p(z)) in closed form, [B]; null where the model has none.</param>
public sealed record Terms<T>(T LogLikelihood, T LogPrior, T LogQ, Func<T>? Kl)
{
    /// <summary>log w = log p(x | z) + (log p(z) − log q(z | x)): the small numbers first, which rounds less.</summary>
    public T LogWeights(IGraph<T> g) => g.Add(LogLikelihood, g.Subtract(LogPrior, LogQ));
}
