using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>The prior p(z) over Z latent dimensions, perhaps with parameters that are learned; or p(z | y), where it heeds the label, a row [Y] with a single 1.</summary>
public abstract class Prior(string name, long size) : nn.Module(name)
{
    /// <summary>Number of latent dimensions, Z.</summary>
    public long Size { get; } = size;

    /// <summary>How many standard normal numbers one sample takes.</summary>
    public virtual long NoiseSize => Size;

    /// <summary>log p(z) in nats. z: [..., Z] → [...].</summary>
    public abstract T LogDensity<T>(IGraph<T> g, T z, T? label = default);

    /// <summary>z ~ p(z) as a function of standard normal noise: [..., NoiseSize] → [..., Z].</summary>
    public abstract T Sample<T>(IGraph<T> g, T noise, T? label = default);

    /// <summary>KL(N(mean, scale²) ‖ p) in closed form, where there is one. mean, scale: [..., Z] → [...].</summary>
    public virtual Func<T>? NormalKl<T>(IGraph<T> g, Normal<T> q, T? label = default) => null;

    /// <summary>The same of each latent dimension, where it is their sum: [..., Z] → [..., Z].</summary>
    public virtual Func<T>? NormalKlByDimension<T>(IGraph<T> g, Normal<T> q, T? label = default) => null;
}
