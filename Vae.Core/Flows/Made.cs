using Vae.Core.Graphs;
using Vae.Core.Networks;
using Vae.Primitives;

namespace Vae.Core.Flows;

/// <summary>MADE: an MLP, masked so that the P numbers of dimension i depend on z₁ ... zᵢ₋₁ alone, and on the context h.</summary>
/// <remarks>
/// z: [..., Z], h: [..., C] → [..., P · Z], the first number of every dimension, then the second and so on. Every unit has a degree, and a weight
/// from a to b lives where degree(b) ≥ degree(a), to an output where degree(b) &gt; degree(a). Inputs have 1 ... Z, and so has each run of Z outputs;
/// hidden units random ones of 1 ... Z − 1 in ascending order (0 for Z = 1: such a unit hears the context alone), or blocks of 1 ... Z.
/// The order says nothing about the model, whose hidden units are exchangeable, and makes the masks triangular: see <see cref="Panel"/>.
/// The context enters the first layer through a full matrix without bias; other ways in <see cref="MadeForm"/>.
/// Germain et al. 2015, arXiv:1502.03509, eq. 12–13; with blocks and batch normalisation Kingma et al. 2016, arXiv:1606.04934, as in its published code.
/// </remarks>
public sealed class Made : nn.Module
{
    private readonly ModuleList<MaskedLinear> layers;
    private readonly ModuleList<BatchNormalisation> norms;
    private readonly Linear? context;
    private readonly MadeForm form;

    /// <summary>Hidden unit j of layer l (the first is 0) has the degree drawn from <paramref name="degrees"/> at step l, element j, unless the form has blocks.</summary>
    public Made(
        long size,
        IReadOnlyList<int> hidden,
        long context,
        PhiloxKey degrees,
        Device? device = null,
        MadeForm? form = null,
        int numbers = 2
    )
        : base(nameof(Made))
    {
        this.form = form ??= new MadeForm();
        (Size, Context, Numbers) = (size, context, numbers);
        long[] ordered = [.. Enumerable.Range(1, checked((int)size)).Select(i => (long)i)];
        long[][] degree =
        [
            ordered,
            .. hidden.Select((units, l) => form.Blocks ? Blocks(size, units) : Draw(size, units, degrees, (uint)l)),
            ordered,
        ];
        if (form.Reversed)
        {
            degree = [.. degree.Select(layer => layer.Reverse().ToArray())];
        }

        degree[^1] = [.. Enumerable.Repeat(degree[^1], numbers).SelectMany(d => d)];
        layers = nn.ModuleList(
            degree
                .Zip(degree.Skip(1), (from, to) => (from, to))
                .Select(
                    (d, i) =>
                        new MaskedLinear(
                            d.from,
                            d.to,
                            i == hidden.Count,
                            device,
                            hasBias: !form.BatchNorm || form.KeepsBiases
                        )
                )
                .ToArray()
        );
        norms = nn.ModuleList(
            form.BatchNorm
                ? degree[1..(form.KeepsBiases ? ^1 : ^0)]
                    .Select(d => new BatchNormalisation(d.Length, device: device))
                    .ToArray()
                : []
        );
        AddsContext = form.AddsContext && hidden.Count > 0 && context == hidden[0];
        this.context =
            context == 0 || AddsContext ? null : nn.Linear(context, degree[1].Length, hasBias: false, device: device);
        RegisterComponents();
    }

    /// <summary>Number of dimensions, Z.</summary>
    public long Size { get; }

    /// <summary>Width of the context; 0 without one.</summary>
    public long Context { get; }

    /// <summary>How many numbers each dimension gets, P.</summary>
    public int Numbers { get; }

    /// <summary>Whether the context is added after the first activation as it is.</summary>
    public bool AddsContext { get; }

    /// <summary>The batch normalisation of the outputs; null without one.</summary>
    public BatchNormalisation? OutputNorm => norms.Count == layers.Count ? norms[norms.Count - 1] : null;

    /// <summary>The numbers of every dimension: [..., P · Z].</summary>
    public T Forward<T>(IGraph<T> g, T z, T? h)
    {
        T a = layers[0].Forward(g, z);
        if (context is not null)
        {
            a = g.Add(a, g.Linear(Given(h), context.weight, null));
        }

        a = Normalise(g, a, 0);
        for (int i = 1; i < layers.Count; i++)
        {
            a = form.Activation.Apply(g, a);
            a = i == 1 && AddsContext ? g.Add(a, Given(h)) : a;
            a = Normalise(g, layers[i].Forward(g, a), i);
        }

        return a;
    }

    /// <summary>
    /// The z whose image is y, one dimension after another in the order in which they hear each other: Z passes.
    /// <paramref name="inverse"/> solves dimension i: (i, yᵢ: [..., 1], its numbers: [..., P]) → zᵢ: [..., 1].
    /// </summary>
    public T Invert<T>(IGraph<T> g, T y, T? h, Func<int, T, T, T> inverse)
    {
        var z = new T[Size];
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = g.Affine(g.Slice(y, i, 1), 0, 0); // not known yet, and not heard by those that are solved before
        }

        for (int step = 0; step < z.Length; step++)
        {
            int i = form.Reversed ? z.Length - 1 - step : step;
            T all = Forward(g, g.Concat(z), h);
            T[] numbers = [.. Enumerable.Range(0, Numbers).Select(p => g.Slice(all, p * Size + i, 1))];
            z[i] = inverse(i, g.Slice(y, i, 1), g.Concat(numbers));
        }

        return g.Concat(z);
    }

    private static T Given<T>(T? h) => h ?? throw new ArgumentNullException(nameof(h));

    private T Normalise<T>(IGraph<T> g, T a, int layer) => layer < norms.Count ? norms[layer].Forward(g, a) : a;

    private static long[] Blocks(long size, int units)
    {
        if (size < 2 || (units % size != 0 && size % units != 0))
        {
            throw new ArgumentException(
                $"Block masks need two dimensions at least and hidden widths that are multiples or divisors of their number: {units} units for {size}."
            );
        }

        return [.. Enumerable.Range(1, units).Select(j => (j * size + units - 1) / units)];
    }

    private static long[] Draw(long size, int units, PhiloxKey key, uint layer) =>
        [
            .. Enumerable
                .Range(0, units)
                .Select(unit =>
                    size == 1 ? 0 : 1 + (long)(Philox.Uniform(key, layer, 0, 0, (uint)unit) * (double)(size - 1))
                )
                .Order(),
        ];
}
