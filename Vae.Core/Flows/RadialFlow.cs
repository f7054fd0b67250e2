using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Radial flow: y = z + β (z − c) / (α + r) with r = |z − c|.</summary>
/// <remarks>
/// z: [..., Z] → y: [..., Z], logDet = (Z − 1) log(1 + β / (α + r)) + log(1 + α β / (α + r)²): [...], in nats. α = log(1 + e^{a}) and
/// β = −α + log(1 + e^{b}), so that the flow is invertible, though not in closed form. The centre c, a and b come from the context, or are learned where
/// there is none. Rezende and Mohamed 2015, arXiv:1505.05770, eq. 14 and appendix A.2.
/// </remarks>
public sealed class RadialFlow : Flow
{
    private readonly Amortised numbers;

    /// <summary>A radial flow of so many dimensions, conditioned on a context of so many numbers, or 0.</summary>
    public RadialFlow(long size, long context, Device? device = null)
        : base(nameof(RadialFlow), size, context)
    {
        numbers = new Amortised(size + 2, context, device);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        T all = numbers.Forward(g, h);
        T α = g.Softplus(g.Slice(all, Size, 1));
        T onePlus = g.Softplus(g.Slice(all, Size + 1, 1)); // α + β
        T β = g.Subtract(onePlus, α);
        T away = g.Subtract(z, g.Slice(all, 0, Size));
        T r = g.Sqrt(g.SumLastKept(g.Multiply(away, away)));
        T sum = g.Add(α, r);
        T across = g.Subtract(g.Log(g.Add(r, onePlus)), g.Log(sum));
        // 1 + αβ / (α + r)², as a sum of what is positive: (r² + 2αr + α(α + β)) / (α + r)².
        T positive = g.Add(g.Multiply(r, g.Add(r, g.Affine(α, 2, 0))), g.Multiply(α, onePlus));
        T outwards = g.Subtract(g.Log(positive), g.Affine(g.Log(sum), 2, 0));
        T y = g.Add(z, g.Multiply(g.Divide(β, sum), away));
        return (y, g.SumLast(g.Add(g.Affine(across, Size - 1, 0), outwards)));
    }
}
