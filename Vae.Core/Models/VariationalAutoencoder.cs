using Vae.Core.Distributions;
using Vae.Core.Flows;
using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>The variational autoencoder: a prior p(z), p(x | z) from the decoder, q(z | x) from the encoder; conditional where there are classes.</summary>
/// <remarks>
/// Kingma and Welling 2014, arXiv:1312.6114; Rezende, Mohamed and Wierstra 2014, arXiv:1401.4082. With Y classes it's a model of x given y, p(z | y) p(x | z, y)
/// with q(z | x, y): the label goes into encoder, decoder and prior, each of which may ignore it. Sohn, Lee and Yan 2015, Learning structured output
/// representation using deep conditional generative models, eq. 4.
/// </remarks>
public sealed class VariationalAutoencoder : LatentVariableModel, IAutoencoder, ISimulator
{
    private readonly Network encoder;
    private readonly Network decoder;
    private readonly Likelihood likelihood;
    private readonly FlowPosterior posterior;
    private readonly Prior prior;
    private readonly ModuleList<Flow> flows;

    /// <summary>
    /// encoder: D + Y → 2Z + C (mean, raw scale, and the context that flows take), decoder: Z + Y → P · D, flows in the order in which they act,
    /// the prior N(0, I) unless given; s(x) = scale(raw + scaleOffset).
    /// </summary>
    public VariationalAutoencoder(
        Network encoder,
        Network decoder,
        Likelihood likelihood,
        ScaleFunction scale,
        IReadOnlyList<Flow>? flows = null,
        Prior? prior = null,
        double scaleOffset = 0,
        long classes = 0
    )
        : base(nameof(VariationalAutoencoder))
    {
        Classes = classes;
        Latent = decoder.Inputs - classes;
        Dimensions = encoder.Inputs - classes;
        this.flows = nn.ModuleList([.. flows ?? []]);
        posterior = new FlowPosterior(new NormalEncoder(encoder, Latent, scale, scaleOffset), [.. this.flows]);
        this.prior = prior ?? new StandardNormalPrior(Latent);
        if (this.prior.Size != Latent)
        {
            throw new ArgumentException(
                $"The prior has {this.prior.Size} dimensions; the decoder takes {Latent} latent ones."
            );
        }

        if (decoder.Outputs != likelihood.ParametersPerDimension * Dimensions)
        {
            throw new ArgumentException(
                $"The decoder gives {decoder.Outputs} numbers; the likelihood takes {likelihood.ParametersPerDimension} for each of {Dimensions} dimensions."
            );
        }

        this.encoder = encoder;
        this.decoder = decoder;
        this.likelihood = likelihood;
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Dimensions { get; }

    /// <inheritdoc/>
    public override long Latent { get; }

    /// <inheritdoc/>
    public override long PriorNoiseSize => prior.NoiseSize;

    /// <inheritdoc/>
    public override long Classes { get; }

    /// <inheritdoc/>
    public override LabelUse LabelUse => Classes > 0 ? LabelUse.Always : LabelUse.None;

    /// <summary>The normal N(m(x), s(x)²): q(z | x) itself, or what the flows begin with. x: [..., D] → mean, scale: [..., Z].</summary>
    public Normal<T> Posterior<T>(IGraph<T> g, Observed<T> x) => posterior.Normal(g, x.X, x.Label);

    /// <inheritdoc/>
    public Likelihood Likelihood => likelihood;

    /// <inheritdoc/>
    public bool DecodesLabel => Classes > 0;

    /// <inheritdoc/>
    public (Normal<T> Normal, T? Context) Encode<T>(IGraph<T> g, Observed<T> x) => posterior.Encode(g, x.X, x.Label);

    /// <inheritdoc/>
    public T Parameters<T>(IGraph<T> g, T z, T? label = default) => decoder.Forward(g, z, label);

    /// <inheritdoc/>
    public override PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, Observed<T> x, T noise) =>
        posterior.Sample(g, x.X, noise, prior, x.Label);

    /// <inheritdoc/>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, Observed<T> x, T z) =>
        (likelihood.LogDensity(g, x.X, decoder.Forward(g, z, x.Label)), prior.LogDensity(g, z, x.Label));

    /// <inheritdoc/>
    public override T SamplePrior<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => prior.Sample(g, noise, label);

    /// <inheritdoc/>
    public override T Decode<T>(IGraph<T> g, T z, T? label = default)
        where T : default => likelihood.Mean(g, decoder.Forward(g, z, label));

    /// <inheritdoc/>
    public long SimulationNoiseSize => Dimensions * likelihood.NoisePerDimension;

    /// <inheritdoc/>
    public Tensor Simulate(Tensor z, Tensor noise, Tensor? label) =>
        likelihood.Sample(decoder.Forward(new TensorGraph(), z, label), noise);
}
