using Vae.Core.Graphs;
using Vae.Core.Networks;
using Vae.Primitives;

namespace Vae.Core.Flows;

/// <summary>MADE: an MLP with ReLUs, masked so that outputs mᵢ and sᵢ depend on z₁ ... zᵢ₋₁ alone, and on the context h.</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → m, s: [..., Z]. Every unit has a degree, and a weight from a to b lives where degree(b) ≥ degree(a), to an output
/// where degree(b) &gt; degree(a). Inputs have 1 ... Z, hidden units random ones of 1 ... Z − 1 (0 for Z = 1: such a unit hears the context alone),
/// and each half of the outputs 1 ... Z. The context enters the first layer through a full matrix without bias.
/// Germain et al. 2015, arXiv:1502.03509, eq. 12–13.
/// </remarks>
public sealed class Made : nn.Module
{
    private readonly ModuleList<MaskedLinear> layers;
    private readonly Linear? context;

    /// <summary>Hidden unit j of layer l (the first is 0) has the degree drawn from <paramref name="degrees"/> at step l, element j.</summary>
    public Made(long size, IReadOnlyList<int> hidden, long context, PhiloxKey degrees, Device? device = null)
        : base(nameof(Made))
    {
        Size = size;
        Context = context;
        long[] ordered = [.. Enumerable.Range(1, checked((int)size)).Select(i => (long)i)];
        long[][] degree =
        [
            ordered,
            .. hidden.Select((units, layer) => Draw(size, units, degrees, (uint)layer)),
            [.. ordered, .. ordered],
        ];
        layers = nn.ModuleList(
            degree
                .Zip(degree.Skip(1), (from, to) => (from, to))
                .Select((d, i) => new MaskedLinear(d.from, d.to, strict: i == hidden.Count, device))
                .ToArray()
        );
        this.context = context == 0 ? null : nn.Linear(context, degree[1].Length, hasBias: false, device: device);
        RegisterComponents();
    }

    /// <summary>Number of dimensions, Z.</summary>
    public long Size { get; }

    /// <summary>Width of the context; 0 without one.</summary>
    public long Context { get; }

    /// <summary>The two numbers of each dimension.</summary>
    public (T M, T S) Forward<T>(IGraph<T> g, T z, T? h)
    {
        T a = layers[0].Forward(g, z);
        if (context is not null)
        {
            a = g.Add(a, g.Linear(h ?? throw new ArgumentNullException(nameof(h)), context.weight, null));
        }

        foreach (MaskedLinear layer in layers.Skip(1))
        {
            a = layer.Forward(g, g.Relu(a));
        }

        return (g.Slice(a, 0, Size), g.Slice(a, Size, Size));
    }

    private static long[] Draw(long size, int units, PhiloxKey key, uint layer) =>
        [
            .. Enumerable
                .Range(0, units)
                .Select(unit =>
                    size == 1 ? 0 : 1 + (long)(Philox.Uniform(key, layer, 0, 0, (uint)unit) * (double)(size - 1))
                ),
        ];
}
