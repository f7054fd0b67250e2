using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Experiments.Figures;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Evaluation;

/// <summary>Where a model puts examples in its latent space.</summary>
public static class Encodings
{
    private const long ExamplesAtOnce = 500;
    private static readonly TensorGraph graph = new();

    /// <summary>The posterior's centre of the first examples: z made without noise, the mean of q(z | x) where there are no flows. [N, Z].</summary>
    public static Tensor Of(LatentVariableModel model, DeviceSplit split, long count, PhiloxKey binarise)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        Device device = model.parameters().First().device;
        count = Math.Min(count, split.Count);
        var parts = new List<Tensor>();
        for (long start = 0; start < count; start += ExamplesAtOnce)
        {
            using var inner = NewDisposeScope();
            Tensor rows = arange(start, Math.Min(start + ExamplesAtOnce, count), 1, ScalarType.Int64, device);
            Observed<Tensor> x = split.Observe(rows, binarise, 0, model, training: false);
            Tensor nothing = zeros([1, rows.shape[0], model.NoiseSize], device: device);
            Tensor z = model.SamplePosterior(graph, x, nothing).Z.view(rows.shape[0], model.Latent);
            parts.Add(z.MoveToOuterDisposeScope());
        }

        return cat(parts, 0).MoveToOuterDisposeScope();
    }

    /// <summary>The encodings in the plane, coloured by label: the two dimensions, or the two principal components of more.</summary>
    /// <param name="encodings">[N, Z], Z ≥ 2.</param>
    /// <param name="labels">A label for each, -1 where it isn't known: drawn grey; or null.</param>
    /// <param name="title">Of the chart.</param>
    public static Canvas Plane(Tensor encodings, IReadOnlyList<int>? labels, string title)
    {
        ArgumentNullException.ThrowIfNull(encodings);
        using var scope = NewDisposeScope();
        (Tensor plane, string x, string y) =
            encodings.shape[1] == 2 ? (encodings.@double(), "z1", "z2") : Projected(encodings);
        double[] points = plane.contiguous().data<double>().ToArray();
        Series[] classes =
        [
            .. Enumerable
                .Range(0, points.Length / 2)
                .GroupBy(i => labels?[i] ?? 0)
                .OrderBy(group => (uint)group.Key) // the unlabelled last
                .Select(group => new Series(
                    group.Key < 0 ? "unlabelled" : FormattableString.Invariant($"{group.Key}"),
                    [.. group.Select(i => (points[2 * i], points[2 * i + 1]))]
                )
                {
                    Colour = group.Key < 0 ? Colour.Grey(190) : null,
                }),
        ];
        return ScatterPlot.Render(title, x, y, classes);
    }

    private static (Tensor, string, string) Projected(Tensor encodings)
    {
        var (plane, first, second) = PrincipalComponents.Of(encodings);
        return (plane, Axis("1st", first), Axis("2nd", second));
    }

    private static string Axis(string which, double part) =>
        FormattableString.Invariant($"{which} principal component ({100 * part:F0} % of the variance)");
}
