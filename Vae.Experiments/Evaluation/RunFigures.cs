using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Figures;
using Vae.Experiments.Results;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Evaluation;

/// <summary>The pictures of a run: what the model draws, how it redraws test images, where it puts them in its latent space, and how it learned.</summary>
public static class RunFigures
{
    /// <summary>Pictures in a row of traversals.png.</summary>
    public const int TraversalSteps = 11;

    /// <summary>How far a dimension is moved from 0 to both sides.</summary>
    public const double TraversalRange = 3;

    /// <summary>Draws samples.png, reconstructions.png and traversals.png, where the data is images; latent_2d.png and learning_curves.png.</summary>
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
        using var scope = NewDisposeScope();
        model.eval();
        PhiloxKey binarise = streams.Binarise("test/evaluate");
        Tensor? encodings =
            config.Latent > 0 || config.Traversals > 0
                ? Encodings.Of(model, test, Math.Max(config.Latent, 1), binarise)
                : null;
        if (dataset.Shape is [1 or 3, _, _])
        {
            var pictures = new Pictures(model, dataset.Shape);
            if (config.Samples > 0)
            {
                Save("samples", pictures.Samples(config.Samples, streams.Of("figures/samples")));
            }

            if (config.Reconstructions > 0)
            {
                PhiloxKey noise = streams.Of("figures/reconstructions");
                Save("reconstructions", pictures.Reconstructions(test, config.Reconstructions, binarise, noise));
            }

            if (config.Traversals > 0)
            {
                Save(
                    "traversals",
                    pictures.Traversals(encodings!, 0, config.Traversals, TraversalSteps, TraversalRange)
                );
            }
        }

        if (config.Latent > 0 && model.Latent >= 2)
        {
            Save(
                "latent_2d",
                Encodings.Plane(encodings!, test.Labels, $"{run.Name}: test examples in the latent space")
            );
        }

        DrawCurves(run);

        void Save(string name, Canvas canvas) => canvas.Save(Path.Combine(run.Figures, $"{name}.png"));
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
