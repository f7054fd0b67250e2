using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A gated layer: y = v(x) ⊙ sigmoid(g(x)), or with an ELU on the value, elu(v(x)) ⊙ sigmoid(g(x)).</summary>
/// <remarks>Value and gate are layers of the same shape. Van den Berg et al. 2018, arXiv:1803.05649, appendix; Dauphin et al. 2017, arXiv:1612.08083, eq. 1.</remarks>
public sealed class Gated : nn.Module
{
    private readonly Layer value;
    private readonly Layer gate;
    private readonly bool elu;

    /// <summary>Two layers of one making; <paramref name="elu"/>: the value goes through an ELU.</summary>
    public Gated(Func<Layer> layer, bool elu)
        : base(nameof(Gated))
    {
        (value, gate, this.elu) = (layer(), layer(), elu);
        RegisterComponents();
    }

    /// <summary>The layer's value.</summary>
    public T Forward<T>(IGraph<T> g, T x)
    {
        T v = value.Forward(g, x);
        return g.Multiply(elu ? g.Elu(v) : v, g.Sigmoid(gate.Forward(g, x)));
    }
}
