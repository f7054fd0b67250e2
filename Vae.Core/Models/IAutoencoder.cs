using Vae.Core.Distributions;
using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>A model whose encoder and decoder can be asked by themselves, as applications ask an exported one.</summary>
public interface IAutoencoder
{
    /// <summary>p(x | z) as a function of the decoder's output; null where that output is E[x | z] itself.</summary>
    Likelihood? Likelihood { get; }

    /// <summary>Whether the decoder hears a label.</summary>
    bool DecodesLabel { get; }

    /// <summary>Mean and standard deviation of each latent dimension given x (with flows: before them), and the flows' context. x: [..., D] → [..., Z], [..., C].</summary>
    (Normal<T> Normal, T? Context) Encode<T>(IGraph<T> g, Observed<T> x);

    /// <summary>The decoder's output: [..., Z] → [..., P · D].</summary>
    T Parameters<T>(IGraph<T> g, T z, T? label = default);
}
