using Vae.Core.Distributions;
using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>How the encoder's output becomes the posterior's standard deviation.</summary>
public enum ScaleFunction
{
    /// <summary>scale = log(1 + e^s).</summary>
    Softplus,

    /// <summary>scale = e^s.</summary>
    Exp,
}

/// <summary>The variational autoencoder: p(z) = N(0, I), p(x | z) from the decoder, q(z | x) = N(m(x), s(x)²) from the encoder.</summary>
/// <remarks>Kingma and Welling 2014, arXiv:1312.6114; Rezende, Mohamed and Wierstra 2014, arXiv:1401.4082.</remarks>
public sealed class VariationalAutoencoder : LatentVariableModel
{
    private readonly Network encoder;
    private readonly Network decoder;
    private readonly Likelihood likelihood;
    private readonly ScaleFunction scale;

    /// <summary>encoder: D → 2Z (mean, then raw scale), decoder: Z → P · D.</summary>
    public VariationalAutoencoder(Network encoder, Network decoder, Likelihood likelihood, ScaleFunction scale)
        : base(nameof(VariationalAutoencoder))
    {
        if (encoder.Outputs != 2 * decoder.Inputs)
        {
            throw new ArgumentException(
                $"The encoder gives {encoder.Outputs} numbers; {decoder.Inputs} latent dimensions take {2 * decoder.Inputs}."
            );
        }

        if (decoder.Outputs != likelihood.ParametersPerDimension * encoder.Inputs)
        {
            throw new ArgumentException(
                $"The decoder gives {decoder.Outputs} numbers; the likelihood takes {likelihood.ParametersPerDimension} for each of {encoder.Inputs} dimensions."
            );
        }

        this.encoder = encoder;
        this.decoder = decoder;
        this.likelihood = likelihood;
        this.scale = scale;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Dimensions => encoder.Inputs;

    /// <inheritdoc/>
    public override long Latent => decoder.Inputs;

    /// <summary>q(z | x). x: [..., D] → mean, scale: [..., Z].</summary>
    public Normal<T> Posterior<T>(IGraph<T> g, T x)
    {
        T output = encoder.Forward(g, x);
        T raw = g.Slice(output, Latent, Latent);
        return new Normal<T>(g.Slice(output, 0, Latent), scale == ScaleFunction.Exp ? g.Exp(raw) : g.Softplus(raw));
    }

    /// <inheritdoc/>
    public override (T Z, T LogQ, Func<T>? Kl) SamplePosterior<T>(IGraph<T> g, T x, T noise)
    {
        Normal<T> q = Posterior(g, x);
        var (z, logQ) = q.Sample(g, noise);
        return (z, logQ, () => q.KlToStandard(g));
    }

    /// <inheritdoc/>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, T x, T z) =>
        (likelihood.LogDensity(g, x, decoder.Forward(g, z)), g.StandardNormalLogDensity(z));

    /// <inheritdoc/>
    public override T SamplePrior<T>(IGraph<T> g, T noise) => noise;

    /// <inheritdoc/>
    public override T Decode<T>(IGraph<T> g, T z) => likelihood.Mean(g, decoder.Forward(g, z));
}
