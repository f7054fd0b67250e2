using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Inverse autoregressive flow: y = σ ⊙ z + (1 − σ) ⊙ m with σ = sigmoid(s + b) and (m, s) = MADE(z, h).</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → y: [..., Z], logDet = Σ log σ: [...], in nats: ∂y/∂z is triangular with diagonal σ, as mᵢ and sᵢ depend on z₁ ... zᵢ₋₁.
/// b: [Z] is learned; at 1 or more the flow begins near the identity. Where the MADE normalises its outputs, b is the shift of that normalisation.
/// The inverse takes a pass of the MADE for each dimension. Kingma et al. 2016, arXiv:1606.04934, eq. 13–14.
/// </remarks>
public sealed class InverseAutoregressiveFlow : Flow, IDrawn
{
    private readonly Made made;
    private readonly Parameter? bias;

    /// <summary>The flow of a MADE; b is <paramref name="gateBias"/> in every dimension at first.</summary>
    public InverseAutoregressiveFlow(Made made, double gateBias = 2, Device? device = null)
        : base(nameof(InverseAutoregressiveFlow), made.Size, made.Context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(made.Numbers, 2);
        this.made = made;
        InitialGateBias = gateBias;
        made.OutputNorm?.BeginAt(made.Size, made.Size, gateBias);
        bias = made.OutputNorm is null ? new Parameter(full([made.Size], gateBias, ScalarType.Float32, device)) : null;
        RegisterComponents();
    }

    /// <summary>The gate's bias b: [Z]; null where the shift of the MADE's last normalisation is its.</summary>
    public Parameter? GateBias => bias;

    /// <summary>What b is before training.</summary>
    public double InitialGateBias { get; }

    /// <inheritdoc/>
    public void Draw(Draws draws)
    {
        if (bias is not null)
        {
            draws.Constant(bias, InitialGateBias);
        }
    }

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        T all = made.Forward(g, z, h);
        T s = g.Slice(all, Size, Size);
        return g.GatedAffine(z, g.Slice(all, 0, Size), bias is null ? s : g.AddBias(s, bias));
    }

    /// <inheritdoc/>
    public override bool HasInverse => true;

    /// <inheritdoc/>
    public override T Inverse<T>(IGraph<T> g, T y, T? h)
        where T : default =>
        made.Invert(
            g,
            y,
            h,
            (i, yi, numbers) =>
            {
                T m = g.Slice(numbers, 0, 1);
                T s = g.Slice(numbers, 1, 1);
                s = bias is null ? s : g.Add(s, g.Slice(g.Constant(bias), i, 1));
                return g.Add(m, g.Divide(g.Subtract(yi, m), g.Sigmoid(s)));
            }
        );
}
