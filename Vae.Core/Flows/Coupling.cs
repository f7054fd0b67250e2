using Vae.Core.Graphs;
using Vae.Core.Networks;

namespace Vae.Core.Flows;

/// <summary>A coupling layer: one half of the dimensions stays, each of the others goes through an increasing f whose parameters an MLP makes of the half that stays.</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → y: [..., Z], logDet = Σ log f': [...], in nats: y₁ = z₁, y₂ = f(z₂; MLP(z₁, h)). The inverse costs no more than the flow.
/// The first ⌊Z/2⌋ dimensions stay, or, flipped, the others. With an affine f it's RealNVP (Dinh et al. 2017, arXiv:1605.08803, eq. 4–8);
/// with a spline a neural spline flow (Durkan et al. 2019, arXiv:1906.04032).
/// </remarks>
public sealed class Coupling : Flow
{
    private readonly Mlp network;
    private readonly IElementwise function;
    private readonly bool flipped;

    /// <summary>The MLP has the hidden layers given; Z is 2 at least.</summary>
    public Coupling(
        long size,
        IReadOnlyList<int> hidden,
        Activation activation,
        long context,
        IElementwise function,
        bool flipped,
        Device? device = null
    )
        : base(nameof(Coupling), size, context)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 2);
        this.function = function;
        this.flipped = flipped;
        network = new Mlp(size - Changed + context, hidden, Changed * function.Parameters, activation, device: device);
        RegisterComponents();
    }

    private long Half => Size / 2;

    private long Changed => flipped ? Half : Size - Half;

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        var (kept, changed) = Split(g, z);
        var (y, logSlope) = function.Forward(g, changed, Numbers(g, kept, h));
        return (Join(g, kept, y), g.SumLast(logSlope));
    }

    /// <inheritdoc/>
    public override bool HasInverse => true;

    /// <inheritdoc/>
    public override T Inverse<T>(IGraph<T> g, T y, T? h)
        where T : default
    {
        var (kept, changed) = Split(g, y);
        return Join(g, kept, function.Inverse(g, changed, Numbers(g, kept, h)));
    }

    private T Numbers<T>(IGraph<T> g, T kept, T? h)
    {
        T input = Context == 0 ? kept : g.Concat(kept, h ?? throw new ArgumentNullException(nameof(h)));
        return g.Unflatten(network.Forward(g, input), Changed, function.Parameters);
    }

    private (T Kept, T Changed) Split<T>(IGraph<T> g, T z)
    {
        T first = g.Slice(z, 0, Half);
        T second = g.Slice(z, Half, Size - Half);
        return flipped ? (second, first) : (first, second);
    }

    private T Join<T>(IGraph<T> g, T kept, T changed) => flipped ? g.Concat(changed, kept) : g.Concat(kept, changed);
}
