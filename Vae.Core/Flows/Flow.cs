using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>An invertible map of the latent space, y = f(z; h), whose Jacobian's determinant is cheap: log p(y) = log p(z) − log |det ∂y/∂z|.</summary>
/// <remarks>
/// z: [..., Z], h: what h broadcasts to it → y: [..., Z], logDet: [...] in nats (or a scalar, where it's the same for every z).
/// Rezende and Mohamed 2015, arXiv:1505.05770, eq. 5–7.
/// </remarks>
public abstract class Flow(string name, long size, long context) : nn.Module(name)
{
    /// <summary>Number of dimensions, Z.</summary>
    public long Size { get; } = size;

    /// <summary>Width of the context h; 0 for a flow that takes none.</summary>
    public long Context { get; } = context;

    /// <summary>y = f(z; h) and log |det ∂y/∂z|; h is null where <see cref="Context"/> is 0.</summary>
    public abstract (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h);

    /// <summary>Whether <see cref="Inverse"/> can be computed, in closed form or by a stated iteration.</summary>
    public virtual bool HasInverse => false;

    /// <summary>z with f(z; h) = y. [..., Z] → [..., Z].</summary>
    /// <exception cref="NotSupportedException">This flow has no inverse that can be computed.</exception>
    public virtual T Inverse<T>(IGraph<T> g, T y, T? h) =>
        throw new NotSupportedException($"{GetName()} has no inverse that can be computed.");
}
