using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Experiments.Figures;
using Vae.Experiments.Training;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Evaluation;

/// <summary>What a model shows: its own drawings, test images redrawn, and what each latent dimension does.</summary>
/// <remarks>shape: of an example, [C, H, W] with 1 or 3 channels. Random numbers are a function of the key alone.</remarks>
public sealed class Pictures(LatentVariableModel model, IReadOnlyList<int> shape)
{
    private const int PairsInARow = 16;
    private static readonly TensorGraph graph = new();

    private int Channels => shape[0];

    private int Height => shape[1];

    private int Width => shape[2];

    private Device Device => model.parameters().First().device;

    /// <summary>E[x | z] for z ~ p(z), the noise scaled by the temperature; with classes each of a class, in turn, or all of one.</summary>
    public Canvas Samples(int count, PhiloxKey key, double temperature = 1, int? label = null)
    {
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        Tensor one = zeros([1], ScalarType.Int64, Device);
        Tensor noise = PhiloxTensor
            .Normal(key, 0, one, 0, count, model.PriorNoiseSize)
            .view(count, model.PriorNoiseSize);
        // What lies beyond the latent dimensions chooses a mixture's component, and has no temperature.
        long chooses = model.PriorNoiseSize - model.Latent;
        noise = cat([noise.narrow(1, 0, model.Latent).mul(temperature), noise.narrow(1, model.Latent, chooses)], 1);
        Tensor? y = label is not null || model.LabelUse == LabelUse.Always ? Labels(count, label) : null;
        Tensor images = model.Decode(graph, model.SamplePrior(graph, noise, y), y);
        int columns = (int)Math.Ceiling(Math.Sqrt(count));
        return ImageGrid.Render(Numbers(images), count, Channels, Height, Width, columns);
    }

    /// <summary>E[x | z, y] for z ~ p(z | y): a row for each class y, in the given order.</summary>
    /// <param name="classes">The class of each row.</param>
    /// <param name="labels">What to call each row.</param>
    /// <param name="columns">Pictures in a row.</param>
    /// <param name="key">Of the noise.</param>
    public Canvas ByClass(IReadOnlyList<int> classes, IReadOnlyList<string> labels, int columns, PhiloxKey key)
    {
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        int count = classes.Count * columns;
        Tensor one = zeros([1], ScalarType.Int64, Device);
        Tensor noise = PhiloxTensor
            .Normal(key, 0, one, 0, count, model.PriorNoiseSize)
            .view(count, model.PriorNoiseSize);
        long[] each = [.. classes.SelectMany(y => Enumerable.Repeat((long)y, columns))];
        Tensor label = DeviceSplit.OneHot(tensor(each, [count]).to(Device), model.Classes);
        Tensor images = model.Decode(graph, model.SamplePrior(graph, noise, label), label);
        return ImageGrid.Rows(Numbers(images), labels, Channels, Height, Width, columns);
    }

    /// <summary>The first examples that fall into each cluster: a row for each, in the given order; where a cluster has fewer, the row ends early.</summary>
    public Canvas Clusters(
        DeviceSplit split,
        ClassPosteriors posteriors,
        IReadOnlyList<int> classes,
        IReadOnlyList<string> labels,
        int columns,
        PhiloxKey binarise
    )
    {
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(posteriors);
        using var scope = NewDisposeScope();
        ILookup<int, long> members = posteriors.Clusters.Index().ToLookup(c => c.Item, c => (long)c.Index);
        int size = Channels * Height * Width;
        var images = new float[classes.Count * columns * size];
        for (int row = 0; row < classes.Count; row++)
        {
            long[] rows = [.. members[classes[row]].Take(columns)];
            if (rows.Length > 0)
            {
                Tensor x = split.Take(tensor(rows, [rows.Length]).to(Device), binarise, 0);
                Numbers(x).CopyTo(images, row * columns * size);
            }
        }

        return ImageGrid.Rows(images, labels, Channels, Height, Width, columns);
    }

    /// <summary>Drawings of a model of the rows of pictures, as they grow row by row.</summary>
    public IReadOnlyList<Canvas> Evolution(int count, PhiloxKey key)
    {
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        Tensor one = zeros([1], ScalarType.Int64, Device);
        Tensor noise = PhiloxTensor
            .Normal(key, 0, one, 0, count, model.PriorNoiseSize)
            .view(count, model.PriorNoiseSize);
        float[] images = Numbers(model.Decode(graph, model.SamplePrior(graph, noise)));
        int columns = (int)Math.Ceiling(Math.Sqrt(count));
        return SequenceEvolution.Frames([.. Enumerable.Repeat(images, Height)], Height, Width, columns);
    }

    /// <summary>The first examples, and below each what the model makes of it from its first rows alone.</summary>
    /// <param name="split">Where the examples are.</param>
    /// <param name="count">How many.</param>
    /// <param name="seen">How many rows it sees.</param>
    /// <param name="binarise">As in estimates.</param>
    /// <param name="key">Of the noise.</param>
    public Canvas Completions(DeviceSplit split, int count, int seen, PhiloxKey binarise, PhiloxKey key)
    {
        ArgumentNullException.ThrowIfNull(split);
        var recurrent = (VariationalRnn)model;
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        count = (int)Math.Min(count, split.Count);
        Tensor rows = arange(count, ScalarType.Int64, Device);
        Tensor x = split.Take(rows, binarise, 0);
        Tensor noise = PhiloxTensor.Normal(key, 0, rows, 0, 1, model.NoiseSize);
        Tensor images = recurrent.Complete(graph, x, seen, noise);
        int columns = Math.Min(PairsInARow, count);
        return ImageGrid.Pairs(
            Numbers(x),
            Numbers(images),
            count,
            Channels,
            Height,
            Width,
            columns,
            below: "completion"
        );
    }

    /// <summary>The first examples, and E[x | z] for one z ~ q(z | x) each.</summary>
    public Canvas Reconstructions(DeviceSplit split, int count, PhiloxKey binarise, PhiloxKey key)
    {
        ArgumentNullException.ThrowIfNull(split);
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        count = (int)Math.Min(count, split.Count);
        Tensor rows = arange(count, ScalarType.Int64, Device);
        Observed<Tensor> x = split.Observe(rows, binarise, 0, model, training: false);
        Tensor noise = PhiloxTensor.Normal(key, 0, rows, 0, 1, model.NoiseSize);
        Tensor images = model.Reconstruct(graph, x, noise);
        int columns = Math.Min(PairsInARow, count);
        return ImageGrid.Pairs(Numbers(x.X), Numbers(images), count, Channels, Height, Width, columns);
    }

    /// <summary>E[x | z] where each of some dimensions of an example's encoding moves from −range to range while the others stay.</summary>
    /// <param name="encodings">[N, Z].</param>
    /// <param name="example">The encoding to begin with.</param>
    /// <param name="dimensions">How many rows: the dimensions that vary most over the encodings.</param>
    /// <param name="steps">Pictures in a row.</param>
    /// <param name="range">In the latent space's units.</param>
    /// <param name="label">The example's class, where the model is of x given its class.</param>
    public Canvas Traversals(Tensor encodings, int example, int dimensions, int steps, double range, int? label = null)
    {
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        Tensor variance = (encodings - encodings.mean([0], keepdim: true)).square().mean([0]);
        float[] spread = variance.data<float>().ToArray();
        int[] order = [.. Enumerable.Range(0, spread.Length).OrderByDescending(i => spread[i]).Take(dimensions)];
        Tensor z = encodings.narrow(0, example, 1).repeat(order.Length * steps, 1);
        for (int row = 0; row < order.Length; row++)
        {
            for (int step = 0; step < steps; step++)
            {
                double value = steps == 1 ? 0 : range * (2.0 * step / (steps - 1) - 1);
                z.narrow(0, row * steps + step, 1).narrow(1, order[row], 1).fill_(value);
            }
        }

        Tensor? y = label is null ? null : Labels((int)z.shape[0], label);
        string[] labels = [.. order.Select(i => FormattableString.Invariant($"z{i + 1}"))];
        return ImageGrid.Rows(Numbers(model.Decode(graph, z, y)), labels, Channels, Height, Width, steps);
    }

    // One class for all, or one after the other.
    private Tensor Labels(int count, int? label)
    {
        long[] each = [.. Enumerable.Range(0, count).Select(i => label ?? i % model.Classes)];
        return DeviceSplit.OneHot(tensor(each, [count]).to(Device), model.Classes);
    }

    private static float[] Numbers(Tensor images) => images.contiguous().data<float>().ToArray();
}
