using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>A function from vectors to vectors with parameters. [..., Inputs] → [..., Outputs].</summary>
public abstract class Network(string name, long inputs, long outputs) : nn.Module(name)
{
    /// <summary>Width of the input.</summary>
    public long Inputs { get; } = inputs;

    /// <summary>Width of the output.</summary>
    public long Outputs { get; } = outputs;

    /// <summary>The network's value.</summary>
    public abstract T Forward<T>(IGraph<T> g, T x);

    /// <summary>The value at x with a label beside it, the two together as wide as the input; at x alone where there is no label.</summary>
    public T Forward<T>(IGraph<T> g, T x, T? label) => label is null ? Forward(g, x) : Labelled(g, x, label);

    /// <summary>The value at [x, label].</summary>
    protected virtual T Labelled<T>(IGraph<T> g, T x, T label) => Forward(g, g.Concat(x, label));
}
