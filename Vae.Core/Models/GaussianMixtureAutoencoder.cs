using Vae.Core.Distributions;
using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Models;

/// <summary>A variational autoencoder with a class y that is summed out: p(y) p(z | y) p(x | z) or p(x | z, y), q(y | x) q(z | x, y), p(y) uniform.</summary>
/// <remarks>
/// One sample z_y ~ q(z | x, y) for each of Y classes, log w_y = log p(x, z_y, y) − log q(z_y | x, y): [K, B, Y], nats. ELBO = Σ_y q(y | x) (log w_y − log q(y | x)),
/// whose parts are <see cref="Terms{T}"/>'s; log w = log Σ_y w_y is an unbiased weight for p(x), which an average under q(y | x) is not. An example with a known label
/// has log w = log w_y, a weight for p(x, y), and adds α log q(y | x) to the training bound. Kingma et al. 2014, arXiv:1406.5298, eq. 6–9 (M2, where the
/// decoder hears the label); arXiv:2208.07818, section 6 (GMVAE). Marginally p(z) = (1/Y) Σ_y p(z | y) and q(z | x) = Σ_y q(y | x) q(z | x, y): what LogJoint and SamplePosterior give.
/// </remarks>
public sealed class GaussianMixtureAutoencoder : LatentVariableModel, IAutoencoder, ISimulator
{
    private readonly Network classifier;
    private readonly Network encoder;
    private readonly Network decoder;
    private readonly Likelihood likelihood;
    private readonly Prior prior;
    private readonly NormalEncoder normal;
    private readonly bool decodesLabel;
    private readonly double? supervision;
    private readonly Tensor labels; // the Y rows with a single 1

    /// <summary>
    /// classifier: D → Y logits of q(y | x), encoder: D + Y → 2Z, decoder: Z → P · D, or Z + Y → P · D, which hears the label.
    /// supervision: α, with which known labels teach q(y | x); null: labels aren't used.
    /// </summary>
    /// <exception cref="ArgumentException">The widths don't fit.</exception>
    public GaussianMixtureAutoencoder(
        Network classifier,
        Network encoder,
        Network decoder,
        Likelihood likelihood,
        Prior prior,
        ScaleFunction scale,
        double scaleOffset = 0,
        double? supervision = null
    )
        : base(nameof(GaussianMixtureAutoencoder))
    {
        Classes = classifier.Outputs;
        Latent = prior.Size;
        Dimensions = classifier.Inputs;
        decodesLabel = decoder.Inputs == Latent + Classes;
        if (encoder.Inputs != Dimensions + Classes || encoder.Outputs != 2 * Latent)
        {
            throw new ArgumentException(
                $"The encoder takes {encoder.Inputs} numbers and gives {encoder.Outputs}; it must take {Dimensions} + {Classes} and give {2 * Latent}."
            );
        }

        if (!decodesLabel && decoder.Inputs != Latent)
        {
            throw new ArgumentException(
                $"The decoder takes {decoder.Inputs} numbers; it must take {Latent}, or {Classes} more with the label."
            );
        }

        if (prior is not (ClassPrior or StandardNormalPrior))
        {
            throw new ArgumentException("The prior must be p(z | y), or N(0, I) for all classes.", nameof(prior));
        }

        if (decoder.Outputs != likelihood.ParametersPerDimension * Dimensions)
        {
            throw new ArgumentException(
                $"The decoder gives {decoder.Outputs} numbers; the likelihood takes {likelihood.ParametersPerDimension} for each of {Dimensions} dimensions."
            );
        }

        (this.classifier, this.encoder, this.decoder) = (classifier, encoder, decoder);
        (this.likelihood, this.prior, this.supervision) = (likelihood, prior, supervision);
        normal = new NormalEncoder(encoder, Latent, scale, scaleOffset);
        labels = ones([Classes]).diag().to(classifier.parameters().First().device);
        register_buffer(nameof(labels), labels, persistent: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Dimensions { get; }

    /// <inheritdoc/>
    public override long Latent { get; }

    /// <inheritdoc/>
    public override long Classes { get; }

    /// <summary>A sample for each class, and a number that chooses one of them where one is asked for.</summary>
    public override long NoiseSize => Classes * Latent + 1;

    /// <summary>One number more than dimensions: it chooses the class.</summary>
    public override long PriorNoiseSize => Latent + 1;

    /// <inheritdoc/>
    public override LabelUse LabelUse => supervision is null ? LabelUse.None : LabelUse.Training;

    /// <inheritdoc/>
    public Likelihood Likelihood => likelihood;

    /// <inheritdoc/>
    public bool DecodesLabel => decodesLabel;

    /// <summary>q(z | x, y) of the label beside x.</summary>
    public (Normal<T> Normal, T? Context) Encode<T>(IGraph<T> g, Observed<T> x) =>
        (normal.Forward(g, x.X, x.Label ?? throw new ArgumentException("q(z | x, y) takes a label.")).Normal, default);

    /// <inheritdoc/>
    public T Parameters<T>(IGraph<T> g, T z, T? label = default) =>
        decodesLabel && label is null
            ? throw new ArgumentException("The decoder takes a label.", nameof(label))
            : Decoded(g, z, label);

    /// <summary>log q(y | x): [..., D] → [..., Y].</summary>
    public T LogClassPosterior<T>(IGraph<T> g, T x)
    {
        T logits = classifier.Forward(g, x);
        return g.Subtract(logits, g.LogSumExpKept(logits));
    }

    /// <inheritdoc/>
    public override Terms<T> Terms<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        T label = g.Constant(labels);
        T each = g.InsertAxis(x.X); // [B, 1, D]
        T logQy = LogClassPosterior(g, x.X); // [B, Y]
        var q = normal.Forward(g, each, label).Normal; // [B, Y, Z]
        var (z, logQ) = q.Sample(g, g.Unflatten(g.Slice(noise, 0, Classes * Latent), Classes, Latent)); // [K, B, Y, Z], [K, B, Y]
        T logLikelihood = likelihood.LogDensity(g, each, Decoded(g, z, label));
        T logPrior = g.Affine(prior.LogDensity(g, z, label), 1, -Math.Log(Classes));

        T? known = x.Label is { } given ? g.SumLastKept(given) : default; // [B, 1]: 1 where the label is known
        T weights = g.Exp(logQy);
        T chosen = g.SumLast(g.Multiply(weights, logQy)); // −H(q(y | x)): [B]
        if (known is not null)
        {
            T unknown = g.Affine(known, -1, 1);
            weights = g.Add(x.Label!, g.Multiply(unknown, weights));
            chosen = g.Multiply(g.SumLast(unknown), chosen);
        }

        T Mean(T each) => g.SumLast(g.Multiply(weights, each));
        var klByClass = prior.NormalKl(g, q, label)!; // both priors that fit here have one
        return new Terms<T>(Mean(logLikelihood), Mean(logPrior), g.Add(Mean(logQ), chosen), Kl)
        {
            LogW = LogW,
            Supervision =
                known is not null && supervision is { } alpha
                    ? () => g.Affine(g.SumLast(g.Multiply(x.Label!, logQy)), alpha, 0)
                    : null,
        };

        // Σ_y q(y | x) KL(q(z | x, y) ‖ p(z | y)) + Σ_y q(y | x) log q(y | x) + log Y.
        T Kl() => g.Affine(g.Add(Mean(klByClass()), chosen), 1, Math.Log(Classes));

        T LogW()
        {
            T logW = g.Add(logLikelihood, g.Subtract(logPrior, logQ)); // [K, B, Y]
            T all = g.LogSumExp(logW);
            all = g.Learns ? g.Add(all, Lesson(logW, all)) : all;
            return known is null ? all : g.Where(g.SumLast(known), g.SumLast(g.Multiply(x.Label!, logW)), all);
        }

        // Nothing, whose gradient is that of Σ_y w_y / (Σ w) log q(y | x) with w held fixed: log Σ_y w_y doesn't hear q(y | x), which learns p(y | x) by this
        // alone where a bound is made of it. Weighted by an importance-weighted bound, the wake phase of Bornschein and Bengio 2015, arXiv:1406.2751, eq. 9.
        T Lesson(T logW, T all)
        {
            T posterior = g.Exp(g.Subtract(g.Stop(logW), g.Column(g.Stop(all))));
            T lesson = g.SumLast(g.Multiply(posterior, logQy));
            return g.Subtract(lesson, g.Stop(lesson));
        }
    }

    /// <summary>The marginal view: log p(z) = log (1/Y) Σ_y p(z | y), log p(x | z) = log Σ_y p(y | z) p(x | z, y). Labels aren't heeded.</summary>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, Observed<T> x, T z)
    {
        T label = g.Constant(labels);
        T one = g.InsertAxis(z); // [..., 1, Z]
        T byClass = g.Affine(OfEachClass(g, z), 1, -Math.Log(Classes)); // [..., Y]
        T logPrior = g.LogSumExp(byClass);
        if (!decodesLabel)
        {
            return (likelihood.LogDensity(g, x.X, decoder.Forward(g, z)), logPrior);
        }

        T joint = g.Add(byClass, likelihood.LogDensity(g, g.InsertAxis(x.X), decoder.Forward(g, one, label)));
        return (g.Subtract(g.LogSumExp(joint), logPrior), logPrior);
    }

    /// <summary>z ~ q(z | x) = Σ_y q(y | x) q(z | x, y): the class chosen by the last number of the noise.</summary>
    public override PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        T logQy = LogClassPosterior(g, x.X);
        var q = normal.Forward(g, g.InsertAxis(x.X), g.Constant(labels)).Normal;
        T chosen = g.Column(Choose(g, g.Exp(logQy), g.Slice(noise, Classes * Latent, 1))); // [K, B, Y, 1]
        T z = OverClasses(
            g,
            g.Multiply(chosen, q.Sample(g, g.Unflatten(g.Slice(noise, 0, Classes * Latent), Classes, Latent)).Z)
        );
        T logQ = g.LogSumExp(g.Add(logQy, q.LogDensity(g, g.InsertAxis(z))));
        return new PosteriorSample<T>(z, logQ, null)
        {
            FixedLogQ = at =>
                g.LogSumExp(
                    g.Add(g.Stop(logQy), g.NormalLogDensity(g.InsertAxis(at), g.Stop(q.Mean), g.Stop(q.Scale)))
                ),
        };
    }

    /// <summary>z ~ p(z | y), or without a label from the mixture, its class chosen by the last number of the noise.</summary>
    public override T SamplePrior<T>(IGraph<T> g, T noise, T? label = default)
        where T : default
    {
        T y = label ?? Choose(g, g.Constant(labels.mean([0])), g.Slice(noise, Latent, 1));
        return prior.Sample(g, g.Slice(noise, 0, Latent), y);
    }

    /// <summary>E[x | z], where the decoder hears the label under p(y | z) unless it's given.</summary>
    public override T Decode<T>(IGraph<T> g, T z, T? label = default)
        where T : default
    {
        if (!decodesLabel || label is not null)
        {
            return likelihood.Mean(g, decoder.Forward(g, z, decodesLabel ? label : default));
        }

        T mean = likelihood.Mean(g, decoder.Forward(g, g.InsertAxis(z), g.Constant(labels)));
        return OverClasses(g, g.Multiply(g.Column(ClassGivenLatent(g, z)), mean));
    }

    /// <summary>One number more than x takes: it chooses the class under p(y | z), which the decoder may hear.</summary>
    public long SimulationNoiseSize => Dimensions * likelihood.NoisePerDimension + 1;

    /// <inheritdoc/>
    public Tensor Simulate(Tensor z, Tensor noise, Tensor? label)
    {
        var g = new TensorGraph();
        long size = SimulationNoiseSize - 1;
        Tensor y = label ?? Choose(g, ClassGivenLatent(g, z), noise.narrow(-1, size, 1));
        return likelihood.Sample(Decoded(g, z, y), noise.narrow(-1, 0, size));
    }

    // p(y | z): [..., Z] → [..., Y].
    private T ClassGivenLatent<T>(IGraph<T> g, T z)
    {
        T byClass = OfEachClass(g, z);
        return g.Exp(g.Subtract(byClass, g.LogSumExpKept(byClass)));
    }

    // log p(z | y) for each y, also of a prior that doesn't heed it: [..., Z] → [..., Y].
    private T OfEachClass<T>(IGraph<T> g, T z)
    {
        T label = g.Constant(labels);
        T nothing = g.Affine(g.SumLast(label), 0, 0); // [Y]
        return g.Add(prior.LogDensity(g, g.InsertAxis(z), label), nothing);
    }

    private T Decoded<T>(IGraph<T> g, T z, T? label) => decoder.Forward(g, z, decodesLabel ? label : default);

    // A row with a single 1, the class into whose part of [0, 1] u = Φ(noise) falls. weights: [..., Y], noise: [..., 1] → [..., Y].
    private T Choose<T>(IGraph<T> g, T weights, T noise)
    {
        T borders = g.Slice(g.CumulativeSum(weights), 0, Classes - 1); // the last class takes the rest
        T reached = g.Affine(g.Step(g.Subtract(g.NormalCdf(noise), borders)), -1, 1); // 1 from the chosen class on
        T end = g.Affine(noise, 0, 1);
        return g.Subtract(g.Concat(reached, end), g.Concat(g.Affine(end, 0, 0), reached));
    }

    // Sum over the axis before the last: [..., Y, Z] → [..., Z].
    private static T OverClasses<T>(IGraph<T> g, T x) => g.SumLast(g.Transpose(x));
}
