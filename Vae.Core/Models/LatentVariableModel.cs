using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>A joint density p(x, z) and an approximate posterior q(z | x): all that objectives and estimators ask for.</summary>
/// <remarks>
/// x: [B, D], z: [K, B, Z], noise: [K, B, NoiseSize] of standard normal numbers; densities are [K, B], in nats. A model that uses labels finds them
/// beside x, one row [Y] with a single 1 for each example.
/// </remarks>
public abstract class LatentVariableModel(string name) : nn.Module(name)
{
    /// <summary>Number of dimensions of x, D.</summary>
    public abstract long Dimensions { get; }

    /// <summary>Number of latent dimensions, Z.</summary>
    public abstract long Latent { get; }

    /// <summary>How many standard normal numbers one sample of z takes.</summary>
    public virtual long NoiseSize => Latent;

    /// <summary>How many standard normal numbers one sample of the prior takes.</summary>
    public virtual long PriorNoiseSize => Latent;

    /// <summary>Steps of the longest sequence, T; 0 where x is no sequence.</summary>
    public virtual long Steps => 0;

    /// <summary>Number of classes, Y; 0 where there are none.</summary>
    public virtual long Classes => 0;

    /// <summary>What the model does with labels.</summary>
    public virtual LabelUse LabelUse => LabelUse.None;

    /// <summary>log p(x, z) = log p(x | z) + log p(z), the two apart.</summary>
    public abstract (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, Observed<T> x, T z);

    /// <summary>z = f(x, noise) ~ q(z | x), log q(z | x), and how to compute the closed-form KL to the prior, where there is one.</summary>
    public abstract PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, Observed<T> x, T noise);

    /// <summary>A sample of the prior (of a class) made of standard normal noise: [..., PriorNoiseSize] → [..., Z].</summary>
    public abstract T SamplePrior<T>(IGraph<T> g, T noise, T? label = default);

    /// <summary>E[x | z] (in a class): [..., Z] → [..., D].</summary>
    public abstract T Decode<T>(IGraph<T> g, T z, T? label = default);

    /// <summary>E[x | z] for z ~ q(z | x): [K, B, D].</summary>
    public virtual T Reconstruct<T>(IGraph<T> g, Observed<T> x, T noise) =>
        Decode(g, SamplePosterior(g, x, noise).Z, x.Label);

    /// <summary>The parts of the log-weights for one batch and its noise.</summary>
    public virtual Terms<T> Terms<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        var q = SamplePosterior(g, x, noise);
        var (logLikelihood, logPrior) = LogJoint(g, x, q.Z);
        return new Terms<T>(logLikelihood, logPrior, q.LogQ, q.Kl) { KlByDimension = q.KlByDimension };
    }

    /// <summary>log w = log p(x, z) − log q(z | x): [K, B].</summary>
    public T LogWeights<T>(IGraph<T> g, Observed<T> x, T noise) => Terms(g, x, noise).LogWeights(g);

    /// <inheritdoc/>
    public override (IList<string> missing_keys, IList<string> unexpected_keyes) load_state_dict(
        Dictionary<string, Tensor> source,
        bool strict = true,
        IList<string>? skip = null
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        foreach (var (name, module) in named_modules())
        {
            if (module is MaskedLinear layer && source.TryGetValue($"{name}.mask", out Tensor? mask))
            {
                layer.Expect(mask);
            }
        }

        return base.load_state_dict(source, strict, skip);
    }

    /// <summary>Whether a parameter belongs to q(z | x) rather than to p(x, z), by its name.</summary>
    public virtual bool OfPosterior(string parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return parameter.Split('.')[0] is "encoder" or "flows" or "classifier";
    }
}
