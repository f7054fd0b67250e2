using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>p(x | z) as a function of the decoder's output.</summary>
public abstract class Likelihood
{
    /// <summary>How many numbers the decoder gives for each of the D dimensions of x.</summary>
    public abstract int ParametersPerDimension { get; }

    /// <summary>log p(x | parameters), in nats. x: [B, D], parameters: [..., B, P · D] → [..., B].</summary>
    public abstract T LogDensity<T>(IGraph<T> g, T x, T parameters);

    /// <summary>The most probable x where x is discrete, otherwise the mean: what a sequence that goes on by itself hears. [..., P · D] → [..., D].</summary>
    public virtual T Mode<T>(IGraph<T> g, T parameters) => Mean(g, parameters);

    /// <summary>E[x | parameters]: [..., P · D] → [..., D], for pictures.</summary>
    public abstract T Mean<T>(IGraph<T> g, T parameters);

    /// <summary>How many standard normal numbers <see cref="Sample"/> takes for each of the D dimensions of x.</summary>
    public virtual int NoisePerDimension => 1;

    /// <summary>x ~ p(x | parameters) as a function of standard normal noise. parameters: [..., P · D], noise: [..., NoisePerDimension · D] → [..., D].</summary>
    public abstract Tensor Sample(Tensor parameters, Tensor noise);

    /// <summary>Φ(noise): standard normal numbers made uniform in (0, 1).</summary>
    protected static Tensor Uniform(Tensor noise) => noise.mul(Math.Sqrt(0.5)).erf().add(1).mul(0.5);
}
