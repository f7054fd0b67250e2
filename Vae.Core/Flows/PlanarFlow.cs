using Vae.Core.Graphs;

namespace Vae.Core.Flows;

/// <summary>Planar flow: y = z + û tanh(wᵀz + b).</summary>
/// <remarks>
/// z: [..., Z] → y: [..., Z], logDet = log(1 + (1 − tanh²) wᵀû): [...], in nats. û = u + (log(1 + e^{wᵀu}) − 1 − wᵀu) w / |w|² has wᵀû &gt; −1, so the flow
/// is invertible, though not in closed form. u, w and b come from the context, or are learned where there is none.
/// Rezende and Mohamed 2015, arXiv:1505.05770, eq. 10–12 and appendix A.1.
/// </remarks>
public sealed class PlanarFlow : Flow
{
    private readonly Amortised numbers;

    /// <summary>A planar flow of so many dimensions, conditioned on a context of so many numbers, or 0.</summary>
    public PlanarFlow(long size, long context, Device? device = null)
        : base(nameof(PlanarFlow), size, context)
    {
        numbers = new Amortised(2 * size + 1, context, device);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override (T Y, T LogDet) Forward<T>(IGraph<T> g, T z, T? h)
        where T : default
    {
        T all = numbers.Forward(g, h);
        T u = g.Slice(all, 0, Size);
        T w = g.Slice(all, Size, Size);
        T wu = g.SumLastKept(g.Multiply(w, u));
        T onePlus = g.Softplus(wu); // 1 + wᵀû
        T along = g.Divide(g.Subtract(g.Affine(onePlus, 1, -1), wu), g.SumLastKept(g.Multiply(w, w)));
        T û = g.Add(u, g.Multiply(along, w));
        T t = g.Tanh(g.Add(g.SumLastKept(g.Multiply(w, z)), g.Slice(all, 2 * Size, 1)));
        T square = g.Multiply(t, t);
        // 1 + (1 − t²) wᵀû, as a sum of what is positive.
        T det = g.Add(square, g.Multiply(g.Affine(square, -1, 1), onePlus));
        return (g.Add(z, g.Multiply(û, t)), g.SumLast(g.Log(det)));
    }
}
