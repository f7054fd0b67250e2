using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>The variational autoencoder: a prior p(z), p(x | z) from the decoder, q(z | x) from the encoder.</summary>
/// <remarks>
/// q(z | x) is N(m(x), s(x)²), or with flows the law of z = f_n(... f_1(z₀; h) ...; h), z₀ ~ N(m(x), s(x)²), with a context h(x) from the encoder:
/// log q(z | x) = log N(z₀; m(x), s(x)²) − Σ logDet of the flows; then the KL to the prior has no closed form.
/// Kingma and Welling 2014, arXiv:1312.6114; Rezende, Mohamed and Wierstra 2014, arXiv:1401.4082; flows: arXiv:1505.05770, eq. 13.
/// </remarks>
public sealed class VariationalAutoencoder : LatentVariableModel
{
    private readonly Network encoder;
    private readonly Network decoder;
    private readonly Likelihood likelihood;
    private readonly NormalEncoder normal;
    private readonly Prior prior;
    private readonly ModuleList<Flow> flows;
    private readonly long context;

    /// <summary>
    /// encoder: D → 2Z + C (mean, raw scale, and the context that flows take), decoder: Z → P · D, flows in the order in which they act,
    /// the prior N(0, I) unless given; s(x) = scale(raw + scaleOffset).
    /// </summary>
    public VariationalAutoencoder(
        Network encoder,
        Network decoder,
        Likelihood likelihood,
        ScaleFunction scale,
        IReadOnlyList<Flow>? flows = null,
        Prior? prior = null,
        double scaleOffset = 0
    )
        : base(nameof(VariationalAutoencoder))
    {
        this.flows = nn.ModuleList([.. flows ?? []]);
        context = this.flows.Select(flow => flow.Context).DefaultIfEmpty().Max();
        if (this.flows.FirstOrDefault(flow => flow.Size != decoder.Inputs) is { } odd)
        {
            throw new ArgumentException(
                $"A flow has {odd.Size} dimensions; the decoder takes {decoder.Inputs} latent ones."
            );
        }

        if (this.flows.FirstOrDefault(flow => flow.Context != 0 && flow.Context != context) is { } other)
        {
            throw new ArgumentException(
                $"One flow takes a context of {other.Context} numbers, another one of {context}; the encoder gives one context."
            );
        }

        this.prior = prior ?? new StandardNormalPrior(decoder.Inputs);
        if (this.prior.Size != decoder.Inputs)
        {
            throw new ArgumentException(
                $"The prior has {this.prior.Size} dimensions; the decoder takes {decoder.Inputs} latent ones."
            );
        }

        if (encoder.Outputs != 2 * decoder.Inputs + context)
        {
            throw new ArgumentException(
                $"The encoder gives {encoder.Outputs} numbers; {decoder.Inputs} latent dimensions take {2 * decoder.Inputs}"
                    + (context == 0 ? "." : $", and the flows' context {context}.")
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
        normal = new NormalEncoder(encoder, decoder.Inputs, scale, scaleOffset);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Dimensions => encoder.Inputs;

    /// <inheritdoc/>
    public override long Latent => decoder.Inputs;

    /// <inheritdoc/>
    public override long PriorNoiseSize => prior.NoiseSize;

    /// <summary>The normal N(m(x), s(x)²): q(z | x) itself, or what the flows begin with. x: [..., D] → mean, scale: [..., Z].</summary>
    public Normal<T> Posterior<T>(IGraph<T> g, T x) => normal.Forward(g, x).Normal;

    /// <inheritdoc/>
    public override PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, T x, T noise)
    {
        var (q, output) = normal.Forward(g, x);
        var (z, logQ) = q.Sample(g, noise);
        T? h = context == 0 ? default : g.Slice(output, 2 * Latent, context);
        foreach (Flow flow in flows)
        {
            (z, T logDet) = flow.Forward(g, z, h);
            logQ = g.Subtract(logQ, logDet);
        }

        return flows.Count > 0
            ? new PosteriorSample<T>(z, logQ, null)
            : new PosteriorSample<T>(z, logQ, prior.NormalKl(g, q))
            {
                KlByDimension = prior.NormalKlByDimension(g, q),
                FixedLogQ = at => g.NormalLogDensity(at, g.Stop(q.Mean), g.Stop(q.Scale)),
            };
    }

    /// <inheritdoc/>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, T x, T z) =>
        (likelihood.LogDensity(g, x, decoder.Forward(g, z)), prior.LogDensity(g, z));

    /// <inheritdoc/>
    public override T SamplePrior<T>(IGraph<T> g, T noise) => prior.Sample(g, noise);

    /// <inheritdoc/>
    public override T Decode<T>(IGraph<T> g, T z) => likelihood.Mean(g, decoder.Forward(g, z));
}
