using Vae.Core.Graphs;

namespace Vae.Core.Distributions;

/// <summary>A mixture of K normals whose weights, means and scales are learned: p(z) = Σₖ wₖ N(z; mₖ, diag(sₖ²)).</summary>
/// <remarks>
/// z: [..., Z] → [...], nats. w = softmax(logits), s = exp(logScales). Begins with equal weights, unit scales, and means drawn from N(0, 1), so that the
/// components differ. Dilokthanakul et al. 2016, arXiv:1611.02648; as the baseline "MoG" of Tomczak and Welling 2018, arXiv:1705.07120, section 4.
/// </remarks>
public sealed class MixturePrior : Prior, IDrawn
{
    private readonly Parameter logits;
    private readonly Parameter means;
    private readonly Parameter logScales;

    /// <summary>K components over Z dimensions.</summary>
    public MixturePrior(long size, int components, Device? device = null)
        : base(nameof(MixturePrior), size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        logits = new Parameter(zeros([components], device: device));
        means = new Parameter(zeros([components, size], device: device));
        logScales = new Parameter(zeros([components, size], device: device));
        RegisterComponents();
    }

    /// <summary>One number more than dimensions: it chooses the component.</summary>
    public override long NoiseSize => Size + 1;

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Constant(logits, 0);
        draws.Normal(means, 0, 1);
        draws.Constant(logScales, 0);
    }

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T z, T? label = default)
        where T : default => Mixture(g).LogDensity(g, z);

    /// <inheritdoc/>
    public override T Sample<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => Mixture(g).Sample(g, noise, logits.numel(), Size);

    private NormalMixture<T> Mixture<T>(IGraph<T> g) =>
        new(g.Learned(logits), new Normal<T>(g.Learned(means), g.Exp(g.Learned(logScales))));
}
