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
    private const int ClassColumns = 10;
    private const int MostRows = 50;

    /// <summary>Pictures in a row of traversals.png.</summary>
    public const int TraversalSteps = 11;

    /// <summary>How far a dimension is moved from 0 to both sides.</summary>
    public const double TraversalRange = 3;

    /// <summary>Draws samples.png, reconstructions.png and traversals.png, where the data is images; conditional_samples.png and clusters.png where there are classes, sequence_evolution.png and completions.png of the rows of images; latent_2d.png and learning_curves.png.</summary>
    /// <returns>The names of the pictures, without their ending.</returns>
    public static IReadOnlyList<string> Draw(
        RunDirectory run,
        FiguresConfig config,
        Dataset dataset,
        LatentVariableModel model,
        DeviceSplit test,
        Streams streams,
        ClassPosteriors? clusters
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(model);
        using var scope = NewDisposeScope();
        var drawn = new List<string>();
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
                DrawSamples(pictures);
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
                    pictures.Traversals(
                        encodings!,
                        0,
                        config.Traversals,
                        TraversalSteps,
                        TraversalRange,
                        model.LabelUse == LabelUse.Always ? test.Labels![0] : null
                    )
                );
            }
        }

        if (config.Latent > 0 && model.Latent >= 2)
        {
            Save(
                "latent_2d",
                Encodings.Plane(encodings!, test.Labels, $"{run.Name}: test examples in the latent space")
            );
            if (clusters is not null)
            {
                string title = $"{run.Name}: test examples by the class that the model gives them";
                Save("latent_clusters", Encodings.Plane(encodings!, clusters.Clusters, title));
            }
        }

        Save("learning_curves", Curves(run, dataset));
        return drawn;

        void DrawSamples(Pictures pictures)
        {
            PhiloxKey key = streams.Of("figures/samples");
            Save("samples", pictures.Samples(config.Samples, key));
            if (clusters is not null)
            {
                // A row for each cluster, those matched to the smaller labels first.
                IReadOnlyList<int> matched = clusters.Matched;
                int[] classes =
                [
                    .. Enumerable
                        .Range(0, matched.Count)
                        .OrderBy(y => matched[y] < 0 ? int.MaxValue : matched[y])
                        .Take(MostRows),
                ];
                string[] names = [.. classes.Select(y => matched[y] < 0 ? "-" : Name(matched[y]))];
                Save("conditional_samples", pictures.ByClass(classes, names, ClassColumns, key));
                Save("clusters", pictures.Clusters(test, clusters, classes, names, ClassColumns, binarise));
            }
            else if (model.LabelUse == LabelUse.Always)
            {
                int[] classes = [.. Enumerable.Range(0, (int)Math.Min(model.Classes, MostRows))];
                Save("conditional_samples", pictures.ByClass(classes, [.. classes.Select(Name)], ClassColumns, key));
            }

            if (model is VariationalRnn)
            {
                IReadOnlyList<Canvas> frames = pictures.Evolution(config.Samples, key);
                Animation.Save(PathOf("sequence_evolution"), frames);
                Save("sequence_last", frames[^1]);
                PhiloxKey noise = streams.Of("figures/completions");
                Save("completions", pictures.Completions(test, 32, dataset.Shape[1] / 2, binarise, noise));
            }
        }

        void Save(string name, Canvas canvas) => canvas.Save(PathOf(name));

        string PathOf(string name)
        {
            drawn.Add(name);
            return Path.Combine(run.Figures, $"{name}.png");
        }
    }

    // Of data whose truth is known, the line that no model passes but by chance.
    private static Series Truth(Dataset dataset, long lastStep)
    {
        if (dataset.Truth is not { } truth)
        {
            return new Series("", []);
        }

        double evidence = dataset.Train.Values!.Chunk(dataset.Dimensions).Average(x => truth.LogEvidence(x));
        return new Series("log p(x) under what drew it", [(0, evidence), (lastStep, evidence)]);
    }

    private static string Name(int label) => FormattableString.Invariant($"{label}");

    private static Canvas Curves(RunDirectory run, Dataset dataset)
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
            Curve("training examples' exact log p(x)", "train", "log_px"),
            Curve("validation ELBO", "valid", "elbo"),
            Curve("validation log p(x)", "valid", "log_px"),
            Truth(dataset, metrics.Select(m => m.Step).DefaultIfEmpty().Max()),
        ];
        return LineChart.Render(
            run.Name,
            "step",
            dataset.Shape.Count == 3 ? "nats per image" : "nats per example",
            [.. all.Where(s => s.Points.Count > 0)]
        );
    }
}
