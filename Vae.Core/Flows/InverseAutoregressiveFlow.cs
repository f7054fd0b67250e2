using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Inverse autoregressive flow: y = σ ⊙ z + (1 − σ) ⊙ m with σ = sigmoid(s + b) and (m, s) = MADE(z, h).</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → y: [..., Z], logDet = Σ log σ: [...], in nats: ∂y/∂z is triangular with diagonal σ, as mᵢ and sᵢ depend on z₁ ... zᵢ₋₁.
/// b: [Z] is learned; at 1 or more the flow begins near the identity. Kingma et al. 2016, arXiv:1606.04934, eq. 13–14.
/// </remarks>
public sealed class InverseAutoregressiveFlow : Flow, IDrawn
{
    private readonly Made made;
    private readonly Parameter bias;

    /// <summary>The flow of a MADE; b is <paramref name="gateBias"/> in every dimension at first.</summary>
    public InverseAutoregressiveFlow(Made made, double gateBias = 2, Device? device = null)
        : base(nameof(InverseAutoregressiveFlow), made.Size, made.Context)
    {
        this.made = made;
        InitialGateBias = gateBias;
        bias = new Parameter(full([made.Size], gateBias, ScalarType.Float32, device));
        RegisterComponents();
    }

    /// <summary>The gate's bias b: [Z].</summary>
    public Parameter GateBias => bias;

    /// <summary>What b is before training.</summary>
    public double InitialGateBias { get; }

    /// <inheritdoc/>
    public void Draw(Draws draws) => draws.Constant(bias, InitialGateBias);

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        var (m, s) = made.Forward(g, z, h);
        return g.GatedAffine(z, m, g.AddBias(s, bias));
    }
}
