using Vae.Core.Distributions;
using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>The normal that a network declares, N(m(x), s(x)²) with s(x) = scale(raw + offset).</summary>
/// <remarks>
/// x: [..., D] → mean, scale: [..., Z]. The network's first Z outputs are m(x), the next Z raw; what follows is for others. It's a way to read a
/// network, no module: who holds the network's parameters is another question.
/// </remarks>
public sealed class NormalEncoder(Network network, long latent, ScaleFunction scale, double offset = 0)
{
    /// <summary>Width of x, D.</summary>
    public long Inputs => network.Inputs;

    /// <summary>Number of latent dimensions, Z.</summary>
    public long Latent => latent;

    /// <summary>Numbers that the network gives.</summary>
    public long Outputs => network.Outputs;

    /// <summary>The normal, and the network's whole output.</summary>
    public (Normal<T> Normal, T Output) Forward<T>(IGraph<T> g, T x, T? label = default)
    {
        T output = network.Forward(g, x, label);
        T raw = g.Slice(output, latent, latent);
        raw = offset == 0 ? raw : g.Affine(raw, 1, offset);
        return (new Normal<T>(g.Slice(output, 0, latent), Scale(g, raw)), output);
    }

    private T Scale<T>(IGraph<T> g, T raw) =>
        scale switch
        {
            ScaleFunction.Softplus => g.Softplus(raw),
            ScaleFunction.Exp => g.Exp(raw),
            ScaleFunction.LogVariance => g.Exp(g.Affine(raw, 0.5, 0)),
            _ => throw new ArgumentOutOfRangeException(nameof(raw), scale, null),
        };
}
