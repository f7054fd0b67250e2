using Vae.Core.Distributions;
using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>Factor analysis: z ~ N(0, I), x | z ~ N(W z, diag(σ²)), with the posterior q(z | x) = N(V x, L Lᵀ), whose covariance all x share.</summary>
/// <remarks>
/// W: [D, Z], σ: [D] = softplus, V: [Z, D], L: [Z, Z] lower triangular with softplus diagonal; x: [B, D] → z: [K, B, Z]. The evidence is known, log p(x) = log N(x; 0,
/// W Wᵀ + diag(σ²)), and so is the ELBO; the posterior can be exact, V = (I + Wᵀ Ψ⁻¹ W)⁻¹ Wᵀ Ψ⁻¹ with Ψ = diag(σ²). Bishop 2006, Pattern Recognition
/// and Machine Learning, section 12.2.4; arXiv:2208.07818, section 3.
/// </remarks>
public sealed class FactorAnalysis : LatentVariableModel, IAutoencoder, IExactEvidence, ISimulator, IDrawn
{
    private readonly Parameter weight;
    private readonly Parameter rawScale;
    private readonly Parameter gain;
    private readonly Parameter rawFactor;
    private readonly Tensor below; // 1 under the diagonal
    private readonly Tensor diagonal; // 1 on it

    /// <summary>D observed dimensions, Z factors.</summary>
    public FactorAnalysis(long dimensions, long latent, Device? device = null)
        : base(nameof(FactorAnalysis))
    {
        weight = new Parameter(zeros([dimensions, latent], device: device));
        rawScale = new Parameter(zeros([dimensions], device: device));
        gain = new Parameter(zeros([latent, dimensions], device: device));
        rawFactor = new Parameter(zeros([latent, latent], device: device));
        below = ones([latent, latent]).tril(-1).to(device ?? CPU);
        diagonal = ones([latent]).diag().to(device ?? CPU);
        register_buffer(nameof(below), below, persistent: false);
        register_buffer(nameof(diagonal), diagonal, persistent: false);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override long Dimensions => weight.shape[0];

    /// <inheritdoc/>
    public override long Latent => weight.shape[1];

    /// <summary>W and V as linear layers begin, U(±1 / √fan_in); raw scales and L's raw elements 0.</summary>
    public void Draw(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Uniform(weight, 1 / Math.Sqrt(Latent));
        draws.Uniform(gain, 1 / Math.Sqrt(Dimensions));
        draws.Constant(rawScale, 0);
        draws.Constant(rawFactor, 0);
    }

    /// <inheritdoc/>
    public override bool OfPosterior(string parameter) => parameter is nameof(gain) or nameof(rawFactor);

    /// <inheritdoc/>
    public override (T LogLikelihood, T LogPrior) LogJoint<T>(IGraph<T> g, Observed<T> x, T z) =>
        (
            g.NormalLogDensity(x.X, g.Linear(z, weight, null), g.Softplus(g.Learned(rawScale))),
            g.StandardNormalLogDensity(z)
        );

    /// <inheritdoc/>
    public override PosteriorSample<T> SamplePosterior<T>(IGraph<T> g, Observed<T> x, T noise)
    {
        T mean = g.Linear(x.X, gain, null);
        var (l, scales) = Factor(g);
        T z = g.Add(mean, g.MatMul(noise, g.Transpose(l)));
        T logDet = g.SumLast(g.Log(scales));
        return new PosteriorSample<T>(z, g.Subtract(g.StandardNormalLogDensity(noise), logDet), Kl);

        // ½ (tr L Lᵀ + |V x|² − Z) − log |L|.
        T Kl()
        {
            T trace = g.SumLast(g.Flatten(g.Multiply(l, l)));
            return g.Subtract(g.Affine(g.Add(g.SumLast(g.Multiply(mean, mean)), trace), 0.5, -0.5 * Latent), logDet);
        }
    }

    /// <inheritdoc/>
    public Likelihood? Likelihood => null;

    /// <inheritdoc/>
    public bool DecodesLabel => false;

    /// <summary>V x, and the root of the diagonal of L Lᵀ, the same for every x; <see cref="SamplePosterior"/> has the covariances too.</summary>
    public (Normal<T> Normal, T? Context) Encode<T>(IGraph<T> g, Observed<T> x)
    {
        T mean = g.Linear(x.X, gain, null);
        T l = Factor(g).L;
        T scale = g.Sqrt(g.SumLast(g.Multiply(l, l)));
        return (new Normal<T>(mean, g.Add(g.Affine(mean, 0, 0), scale)), default);
    }

    /// <summary>E[x | z] = W z.</summary>
    public T Parameters<T>(IGraph<T> g, T z, T? label = default) => g.Linear(z, weight, null);

    /// <inheritdoc/>
    public override T SamplePrior<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => noise;

    /// <inheritdoc/>
    public override T Decode<T>(IGraph<T> g, T z, T? label = default)
        where T : default => Parameters(g, z);

    /// <inheritdoc/>
    public long SimulationNoiseSize => Dimensions;

    /// <inheritdoc/>
    public Tensor Simulate(Tensor z, Tensor noise, Tensor? label) => z.matmul(weight.t()) + noise * rawScale.softplus();

    /// <inheritdoc/>
    public double[] LogEvidence(Tensor x) => InDouble(x, Evidence);

    /// <summary>E_q[log p(x | z)] − KL: −½ Σ_d [((x − W V x)_d² + (W L Lᵀ Wᵀ)_dd) / σ_d² + log 2π σ_d²] − KL(q ‖ N(0, I)).</summary>
    public double[] Elbo(Tensor x) => InDouble(x, Bound);

    // −½ (xᵀ C⁻¹ x + log |C| + D log 2π), C = W Wᵀ + diag(σ²).
    private Tensor Evidence(Tensor x)
    {
        Tensor w = Double(weight);
        Tensor covariance = w.matmul(w.t()) + Double(rawScale).softplus().square().diag();
        Tensor quadratic = (x.matmul(covariance.inverse()) * x).sum(-1);
        return (quadratic + covariance.logdet() + Dimensions * Math.Log(2 * Math.PI)).mul(-0.5);
    }

    // L: [Z, Z], and its diagonal: [Z].
    private (T L, T Scales) Factor<T>(IGraph<T> g)
    {
        T scales = g.SumLast(g.Multiply(g.Softplus(g.Learned(rawFactor)), g.Constant(diagonal)));
        T l = g.Add(
            g.Multiply(g.Learned(rawFactor), g.Constant(below)),
            g.Multiply(g.Column(scales), g.Constant(diagonal))
        );
        return (l, scales);
    }

    private Tensor Bound(Tensor x)
    {
        Tensor w = Double(weight);
        Tensor variance = Double(rawScale).softplus().square();
        Tensor raw = Double(rawFactor);
        Tensor l = raw * Double(below) + raw.softplus() * Double(diagonal);
        Tensor mean = x.matmul(Double(gain).t());
        Tensor error = (x - mean.matmul(w.t())).square() + w.matmul(l).square().sum(-1);
        Tensor likelihood = (error / variance + variance.mul(2 * Math.PI).log()).sum(-1).mul(-0.5);
        Tensor kl = (mean.square().sum(-1) + l.square().sum() - Latent).mul(0.5) - l.diagonal().log().sum();
        return likelihood - kl;
    }

    private static double[] InDouble(Tensor x, Func<Tensor, Tensor> density)
    {
        ArgumentNullException.ThrowIfNull(x);
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        return density(Double(x)).contiguous().data<double>().ToArray();
    }

    private static Tensor Double(Tensor x) => x.cpu().to(ScalarType.Float64);
}
