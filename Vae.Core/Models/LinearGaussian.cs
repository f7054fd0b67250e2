using Vae.Core.Distributions;
using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>The model whose truth is known: z ~ N(0, I), x | z ~ N(W z + b, σ² I), so p(x) = N(b, W Wᵀ + σ² I).</summary>
/// <remarks>
/// Its posterior is N(Σ Wᵀ(x − b) / σ², Σ) with Σ = (I + WᵀW / σ²)⁻¹. <c>widening</c> multiplies the posterior's standard deviation, which makes
/// it a proposal that isn't exact. W: [D, Z], b: [D]. Bishop 2006, Pattern Recognition and Machine Learning, eq. 2.115-2.117.
/// </remarks>
public sealed class LinearGaussian : LatentVariableModel, IAutoencoder, IExactEvidence, ISimulator
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly Parameter posteriorWeight;
    private readonly Parameter posteriorBias;
    private readonly Parameter factor;
    private readonly Parameter inverseFactor;
    private readonly double noise;
    private readonly double logDetFactor;
    private readonly double widening;
    private readonly LinearGaussianEvidence evidence;

    /// <summary>The model with parameters W, b and σ in float64; its tensors are of the given type.</summary>
    public LinearGaussian(
        double[,] w,
        double[] b,
        double sigma,
        double widening = 1,
        ScalarType dtype = ScalarType.Float32
    )
        : base(nameof(LinearGaussian))
    {
        long d = w.GetLength(0);
        long z = w.GetLength(1);
        if (b.Length != d)
        {
            throw new ArgumentException($"W has {d} rows and b {b.Length} numbers; they must be as many.");
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sigma);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(widening);
        using var scope = NewDisposeScope();
        Tensor W = tensor(w.Cast<double>().ToArray(), [d, z]);
        Tensor bb = tensor(b);
        Tensor precision = W.t().matmul(W).div(sigma * sigma).add(Eye(z));
        Tensor covariance = precision.inverse();
        Tensor gain = covariance.matmul(W.t()).div(sigma * sigma);
        Tensor root = Cholesky(covariance).mul(widening);

        weight = Frozen(W, dtype);
        bias = Frozen(bb, dtype);
        posteriorWeight = Frozen(gain, dtype);
        posteriorBias = Frozen(gain.matmul(bb).neg(), dtype);
        factor = Frozen(root, dtype);
        inverseFactor = Frozen(root.inverse(), dtype);
        noise = sigma;
        this.widening = widening;
        logDetFactor = root.diagonal().log().sum().item<double>();
        evidence = new([.. w.Cast<double>()], b, [.. Enumerable.Repeat(sigma, b.Length)]);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Dimensions => weight.shape[0];

    /// <inheritdoc/>
    public override long Latent => weight.shape[1];

    /// <inheritdoc/>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, Observed<T> x, T z)
    {
        T standardised = g.Affine(g.Subtract(x.X, g.Linear(z, weight, bias)), 1 / noise, 0);
        T logLikelihood = g.Affine(g.StandardNormalLogDensity(standardised), 1, -Dimensions * Math.Log(noise));
        return (logLikelihood, g.StandardNormalLogDensity(z));
    }

    /// <inheritdoc/>
    public override PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        T mean = g.Linear(x.X, posteriorWeight, posteriorBias);
        T z = g.Add(mean, g.Linear(noise, factor, null));
        return new PosteriorSample<T>(z, LogDensity(noise), null)
        {
            FixedLogQ = at => LogDensity(g.Linear(g.Subtract(at, g.Stop(mean)), inverseFactor, null)),
        };

        T LogDensity(T standardised) => g.Affine(g.StandardNormalLogDensity(standardised), 1, -logDetFactor);
    }

    /// <inheritdoc/>
    public Likelihood? Likelihood => null;

    /// <inheritdoc/>
    public bool DecodesLabel => false;

    /// <summary>The posterior's mean, and its standard deviations, the same for every x; <see cref="SamplePosterior"/> has the covariances too.</summary>
    public (Normal<T> Normal, T? Context) Encode<T>(IGraph<T> g, Observed<T> x)
    {
        T mean = g.Linear(x.X, posteriorWeight, posteriorBias);
        T root = g.Learned(factor);
        T scale = g.Sqrt(g.SumLast(g.Multiply(root, root)));
        return (new Normal<T>(mean, g.Add(g.Affine(mean, 0, 0), scale)), default);
    }

    /// <summary>E[x | z] = W z + b.</summary>
    public T Parameters<T>(IGraph<T> g, T z, T? label = default) => g.Linear(z, weight, bias);

    /// <inheritdoc/>
    public override T SamplePrior<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => noise;

    /// <inheritdoc/>
    public override T Decode<T>(IGraph<T> g, T z, T? label = default)
        where T : default => Parameters(g, z);

    /// <inheritdoc/>
    public long SimulationNoiseSize => Dimensions;

    /// <inheritdoc/>
    public Tensor Simulate(Tensor z, Tensor noise, Tensor? label) => Decode(new TensorGraph(), z) + noise * this.noise;

    /// <summary>log p(x) = log N(x; b, W Wᵀ + σ² I), exactly, in nats and in float64.</summary>
    public double LogEvidence(ReadOnlySpan<float> x) => evidence.Of(x);

    /// <inheritdoc/>
    public double[] LogEvidence(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        using var scope = NewDisposeScope();
        float[] all = x.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        return [.. all.Chunk((int)Dimensions).Select(row => LogEvidence(row))];
    }

    /// <summary>log p(x) less KL(N(m, w² Σ) ‖ N(m, Σ)) = ½ Z (w² − 1) − Z log w, w being the widening.</summary>
    public double[] Elbo(Tensor x)
    {
        double kl = Latent * ((widening * widening - 1) / 2 - Math.Log(widening));
        return [.. LogEvidence(x).Select(evidence => evidence - kl)];
    }

    private static Parameter Frozen(Tensor value, ScalarType dtype) =>
        nn.Parameter(value.to(dtype).contiguous(), requires_grad: false);

    private static Tensor Eye(long n) => ones([n], ScalarType.Float64).diag();

    // The lower factor of a small positive definite matrix: A = L Lᵀ.
    private static Tensor Cholesky(Tensor a)
    {
        int n = (int)a.shape[0];
        double[] m = a.contiguous().data<double>().ToArray();
        var l = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = m[i * n + j];
                for (int k = 0; k < j; k++)
                {
                    sum -= l[i * n + k] * l[j * n + k];
                }

                l[i * n + j] = i == j ? Math.Sqrt(sum) : sum / l[j * n + j];
            }
        }

        return tensor(l, [n, n]);
    }
}
