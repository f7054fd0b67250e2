using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Experiments.Training;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Evaluation;

/// <summary>Where along a sequence a model uses its latent variables: KL(q(z_t | h_t, x_t) ‖ p(z_t | h_t)) of each step t, in nats, averaged over the examples that have it.</summary>
public static class StepKl
{
    private const long ExamplesAtOnce = 500;
    private const long Most = 2000;
    private static readonly TensorGraph graph = new();

    /// <summary>For one sample of z of the first 2,000 examples: T numbers.</summary>
    public static double[] Of(VariationalRnn model, DeviceSplit split, PhiloxKey binarise, PhiloxKey noise)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        using IDisposable off = no_grad();
        Device device = model.parameters().First().device;
        var sums = new double[model.Steps];
        var counts = new double[model.Steps];
        for (long start = 0; start < Math.Min(Most, split.Count); start += ExamplesAtOnce)
        {
            using var scope = NewDisposeScope();
            long end = Math.Min(start + ExamplesAtOnce, Math.Min(Most, split.Count));
            Tensor rows = arange(start, end, 1, ScalarType.Int64, device);
            Observed<Tensor> x = split.Observe(rows, binarise, 0, model, training: false);
            Terms<Tensor> terms = model.Terms(graph, x, PhiloxTensor.Normal(noise, 0, rows, 0, 1, model.NoiseSize));
            Tensor kl = model.ByStep(graph, terms.KlByDimension!()).sum([0, 1]);
            Add(sums, kl);
            Add(counts, x.Present?.sum([0]) ?? full([model.Steps], end - start));
        }

        return [.. sums.Zip(counts, (sum, count) => sum / count)];
    }

    private static void Add(double[] totals, Tensor more)
    {
        float[] numbers = more.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        for (int t = 0; t < totals.Length; t++)
        {
            totals[t] += numbers[t];
        }
    }
}
