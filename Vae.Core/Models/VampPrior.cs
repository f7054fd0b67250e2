using Vae.Core.Distributions;
using Vae.Core.Graphs;

namespace Vae.Core.Models;

/// <summary>VampPrior, the mixture of the encoder's normals at K learned pseudo-inputs: p(z) = (1/K) Σₖ q(z | uₖ).</summary>
/// <remarks>
/// z: [..., Z] → [...], nats; u: [K, D]. The encoder belongs to the model; it's only asked here, and learns from both. Pseudo-inputs of pictures are
/// cut to [0, 1]. The mixture is of q itself only where no flows follow the encoder's normal. Tomczak and Welling 2018, arXiv:1705.07120, eq. 9.
/// </remarks>
public sealed class VampPrior : Prior, IDrawn
{
    private readonly NormalEncoder encoder;
    private readonly Parameter pseudoInputs;
    private readonly Tensor logits; // equal weights; no part of what is learned or stored
    private readonly double mean;
    private readonly double deviation;
    private readonly bool unit;

    /// <summary>K pseudo-inputs, drawn from N(mean, deviation²); <paramref name="unit"/> cuts them to [0, 1], where the data lies in it.</summary>
    public VampPrior(
        NormalEncoder encoder,
        int components,
        double mean = 0.05,
        double deviation = 0.01,
        bool unit = true,
        Device? device = null
    )
        : base(nameof(VampPrior), encoder.Latent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(components, 1);
        this.encoder = encoder;
        this.mean = mean;
        this.deviation = deviation;
        this.unit = unit;
        pseudoInputs = new Parameter(zeros([components, encoder.Inputs], device: device));
        logits = zeros([components], device: device);
        register_buffer(nameof(logits), logits, persistent: false);
        RegisterComponents();
    }

    /// <summary>One number more than dimensions: it chooses the component.</summary>
    public override long NoiseSize => Size + 1;

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        draws.Normal(pseudoInputs, mean, deviation);
    }

    /// <inheritdoc/>
    public override T LogDensity<T>(IGraph<T> g, T z, T? label = default)
        where T : default => Mixture(g).LogDensity(g, z);

    /// <inheritdoc/>
    public override T Sample<T>(IGraph<T> g, T noise, T? label = default)
        where T : default => Mixture(g).Sample(g, noise, logits.numel(), Size);

    private NormalMixture<T> Mixture<T>(IGraph<T> g)
    {
        T u = g.Learned(pseudoInputs);
        u = unit ? g.Subtract(g.Relu(u), g.Relu(g.Affine(u, 1, -1))) : u; // cut to [0, 1]
        return new(g.Constant(logits), encoder.Forward(g, u).Normal);
    }
}
