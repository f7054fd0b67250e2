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
}
