using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>An increasing function of one number with P parameters, y = f(x; θ), applied to each dimension with parameters of its own.</summary>
/// <remarks>x, y: [..., D], θ: [..., D, P]. At θ = 0 it's the identity, so that a flow begins near it.</remarks>
public interface IElementwise
{
    /// <summary>Number of parameters, P.</summary>
    int Parameters { get; }

    /// <summary>y and log dy/dx of every dimension: [..., D] each.</summary>
    (T Y, T LogSlope) Forward<T>(IGraph<T> g, T x, T parameters);

    /// <summary>x with f(x; θ) = y: [..., D].</summary>
    T Inverse<T>(IGraph<T> g, T y, T parameters);
}

/// <summary>What elementwise functions take from their parameters.</summary>
internal static class ElementwiseParameters
{
    /// <summary>One parameter of every dimension: [..., D, P] → [..., D].</summary>
    internal static T One<T>(this IGraph<T> g, T parameters, int index) => g.Flatten(g.Slice(parameters, index, 1));
}
