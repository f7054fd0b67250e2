using Vae.Core.Graphs;
using Vae.Core.Metrics;
using Vae.Core.Models;
using Vae.Experiments.Results;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Evaluation;

/// <summary>q(y | x) of a model that sums out a class, for the examples of a split.</summary>
public sealed class ClassPosteriors
{
    private const long ExamplesAtOnce = 500;
    private static readonly TensorGraph graph = new();
    private readonly float[] probabilities;
    private readonly int classes;
    private readonly IReadOnlyList<int>? labels;

    private ClassPosteriors(float[] probabilities, int classes, IReadOnlyList<int>? labels)
    {
        (this.probabilities, this.classes, this.labels) = (probabilities, classes, labels);
        Clusters =
        [
            .. Enumerable
                .Range(0, probabilities.Length / classes)
                .Select(i => Enumerable.Range(0, classes).MaxBy(y => Of(i, y))),
        ];
    }

    /// <summary>The most probable class of each example.</summary>
    public IReadOnlyList<int> Clusters { get; }

    /// <summary>The label that each cluster stands for by the best matching; the cluster's own number where labels aren't known.</summary>
    public IReadOnlyList<int> Matched
    {
        get
        {
            var (clusters, known) = Known;
            if (known.Length == 0)
            {
                return [.. Enumerable.Range(0, classes)];
            }

            int[] matched = ClusteringAccuracy.ClassOfCluster(Contingency.Of(clusters, known).Counts);
            return [.. Enumerable.Range(0, classes).Select(y => y < matched.Length ? matched[y] : -1)];
        }
    }

    /// <summary>The share of examples whose cluster is matched to their label (Hungarian matching), and the mutual information; null without labels.</summary>
    public (double Accuracy, double NormalisedMutualInformation)? Scores =>
        Known is var (clusters, known) && known.Length > 0
            ? (ClusteringAccuracy.Of(clusters, known), NormalisedMutualInformation.Of(clusters, known))
            : null;

    private (int[] Clusters, int[] Labels) Known
    {
        get
        {
            int[] places = [.. Enumerable.Range(0, Clusters.Count).Where(i => labels is not null && labels[i] >= 0)];
            return ([.. places.Select(i => Clusters[i])], [.. places.Select(i => labels![i])]);
        }
    }

    /// <summary>Asks the model about all examples of a split.</summary>
    public static ClassPosteriors Of(GaussianMixtureAutoencoder model, DeviceSplit split, PhiloxKey binarise)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        using IDisposable off = no_grad();
        model.eval();
        Device device = model.parameters().First().device;
        var all = new List<float>();
        for (long start = 0; start < split.Count; start += ExamplesAtOnce)
        {
            using var scope = NewDisposeScope();
            Tensor rows = arange(start, Math.Min(start + ExamplesAtOnce, split.Count), 1, ScalarType.Int64, device);
            Tensor x = split.Take(rows, binarise, 0);
            all.AddRange(graph.Exp(model.LogClassPosterior(graph, x)).cpu().contiguous().data<float>().ToArray());
        }

        return new ClassPosteriors([.. all], (int)model.Classes, split.Labels);
    }

    /// <summary>q(y | x) of an example.</summary>
    public double Of(int example, int y) => probabilities[example * classes + y];

    /// <summary>The rows of class_posteriors.parquet.</summary>
    public IEnumerable<ClassPosteriorRow> Rows(string runId, long step, string split) =>
        Enumerable
            .Range(0, Clusters.Count)
            .SelectMany(i =>
                Enumerable
                    .Range(0, classes)
                    .Select(y => new ClassPosteriorRow(
                        runId,
                        step,
                        split,
                        i,
                        labels?[i] is >= 0 and var label ? label : null,
                        y,
                        Of(i, y)
                    ))
            );
}
