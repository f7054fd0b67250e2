using Vae.Core.Graphs;

namespace Vae.Core.Networks;

/// <summary>The nonlinearity between layers.</summary>
public enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>x for x &gt; 0, else eˣ − 1.</summary>
    Elu,

    /// <summary>log(1 + eˣ).</summary>
    Softplus,
}

/// <summary>Applies an <see cref="Activation"/>.</summary>
public static class Activations
{
    /// <summary>The activation's value, elementwise.</summary>
    public static T Apply<T>(this Activation activation, IGraph<T> g, T x) =>
        activation switch
        {
            Activation.Relu => g.Relu(x),
            Activation.Tanh => g.Tanh(x),
            Activation.Elu => g.Elu(x),
            Activation.Softplus => g.Softplus(x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, null),
        };
}
