using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Figures;
using Vae.Experiments.Results;
using Vae.Experiments.Training;
using Vae.Torch;

namespace Vae.Experiments.Evaluation;

/// <summary>The pictures of a run: what the model draws, how it redraws test images, and how it learned.</summary>
public static class RunFigures
{
    private static readonly TensorGraph graph = new();

    /// <summary>Draws samples.png, reconstructions.png and learning_curves.png; the first two where the data is images.</summary>
    public static void Draw(
        RunDirectory run,
        FiguresConfig config,
        Dataset dataset,
        LatentVariableModel model,
        DeviceSplit test,
        Streams streams
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(model);
        using IDisposable off = no_grad();
        using var scope = NewDisposeScope();
        model.eval();
        Device device = model.parameters().First().device;
        if (dataset.Shape is [var channels, var height, var width])
        {
            if (config.Samples > 0)
            {
                Tensor one = zeros([1], ScalarType.Int64, device);
                Tensor noise = PhiloxTensor.Normal(
                    streams.Of("figures/samples"),
                    0,
                    one,
                    0,
                    config.Samples,
                    model.PriorNoiseSize
                );
                Tensor images = model.Decode(
                    graph,
                    model.SamplePrior(graph, noise.view(config.Samples, model.PriorNoiseSize))
                );
                int columns = (int)Math.Ceiling(Math.Sqrt(config.Samples));
                ImageGrid
                    .Render(images.data<float>().ToArray(), config.Samples, channels, height, width, columns)
                    .Save(Path.Combine(run.Figures, "samples.png"));
            }

            if (config.Reconstructions > 0)
            {
                int count = (int)Math.Min(config.Reconstructions, test.Count);
                Tensor rows = arange(count, ScalarType.Int64, device);
                Tensor x = test.Take(rows, streams.Binarise("test/evaluate"), 0);
                Tensor noise = PhiloxTensor.Normal(
                    streams.Of("figures/reconstructions"),
                    0,
                    rows,
                    0,
                    1,
                    model.NoiseSize
                );
                Tensor images = model.Decode(graph, model.SamplePosterior(graph, x, noise).Z);
                ImageGrid
                    .Pairs(
                        x.data<float>().ToArray(),
                        images.data<float>().ToArray(),
                        count,
                        channels,
                        height,
                        width,
                        Math.Min(16, count)
                    )
                    .Save(Path.Combine(run.Figures, "reconstructions.png"));
            }
        }

        DrawCurves(run);
    }

    private static void DrawCurves(RunDirectory run)
    {
        var metrics = ResultTables.Read<MetricRow>(run.Metrics);
        Series Curve(string name, string split, string metric) =>
            new(
                name,
                [
                    .. metrics
                        .Where(m => m.Epoch is null && m.Split == split && m.Metric == metric)
                        .Select(m => ((double)m.Step, m.Value)),
                ]
            );
        Series[] all =
        [
            Curve("train ELBO", "train", "elbo"),
            Curve("validation ELBO", "valid", "elbo"),
            Curve("validation log p(x)", "valid", "log_px"),
        ];
        LineChart
            .Render(run.Name, "step", "nats per image", [.. all.Where(s => s.Points.Count > 0)])
            .Save(Path.Combine(run.Figures, "learning_curves.png"));
    }
}
