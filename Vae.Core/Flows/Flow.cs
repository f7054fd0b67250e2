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
}
