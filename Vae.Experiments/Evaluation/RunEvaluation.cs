using System.Globalization;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Evaluation;

/// <summary>What a run's stored weights are worth: estimates, classes and steps of sequences, into the run's tables and figures.</summary>
public sealed class RunEvaluation(
    RunDirectory run,
    MetricLog metrics,
    ExperimentConfig config,
    Dataset dataset,
    DeviceSplits splits,
    LatentVariableModel model,
    Streams streams,
    IProgressReporter progress
)
{
    /// <summary>Loads the weights that the config chooses into the model, and estimates with them.</summary>
    public IReadOnlyList<EstimateRow> Estimate(
        IReadOnlyList<EvaluateConfig> evaluations,
        EvaluationMemory memory,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(evaluations);
        ArgumentNullException.ThrowIfNull(memory);
        if (Weights != Checkpoint.Best(run) && config.Train.EvaluateFrom == EvaluateFromName.Best)
        {
            progress.Say("no validation chose the best weights, so the last are evaluated");
        }

        long step = Checkpoint.LoadWeights(Weights, model);
        var evaluator = new Evaluator(model, streams, progress, memory.RowsAtOnce, cancellation);
        return [.. evaluations.Select(evaluation => Estimate(evaluation, evaluator, step))];
    }

    /// <summary>What a model that finds classes makes of the test examples; null of any other.</summary>
    public ClassPosteriors? Classify()
    {
        if (model is not GaussianMixtureAutoencoder mixture)
        {
            return null;
        }

        long step = Checkpoint.StepOf(Weights);
        var posteriors = ClassPosteriors.Of(mixture, splits.Test, streams.Binarise("test/evaluate"));
        ResultTables.Write(run.ClassPosteriors, posteriors.Rows(run.Id, step, "test"));
        if (posteriors.Scores is var (accuracy, nmi))
        {
            metrics.Write(step, "test", "clustering_accuracy", accuracy);
            metrics.Write(step, "test", "nmi", nmi);
            progress.Say(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"classes found: clustering accuracy {accuracy:P1} (Hungarian matching), normalised mutual information {nmi:F3}"
                )
            );
        }

        return posteriors;
    }

    /// <summary>Where along a sequence a model of sequences uses its latent variables: metrics kl_step_1, ...</summary>
    public void MeasureSteps()
    {
        if (model is not VariationalRnn recurrent)
        {
            return;
        }

        long step = Checkpoint.StepOf(Weights);
        double[] kl = StepKl.Of(
            recurrent,
            splits.Test,
            streams.Binarise("test/evaluate"),
            streams.Noise("test/evaluate")
        );
        foreach (var (t, value) in kl.Index().Where(k => double.IsFinite(k.Item)))
        {
            metrics.Write(step, "test", $"kl_step_{t + 1}", value);
        }
    }

    private string Weights => Checkpoint.ToEvaluate(run, config.Train.EvaluateFrom);

    private EstimateRow Estimate(EvaluateConfig evaluation, Evaluator evaluator, long step)
    {
        var task = new EvaluationTask(evaluation, run.Id, step, config.Seed, dataset.Binarisation);
        DeviceSplit split = splits.Of(evaluation.Split);
        Evaluated made = evaluator.Evaluate(evaluation, split, task.ToString());
        made = WithTruth(WithClasses(made, split, evaluation), evaluation);
        LogWeightTable.Merge(
            run.LogWeights,
            [.. task.Examples(made, task.IsFromModel && model.LabelUse != LabelUse.Always ? null : split.Labels)]
        );
        EstimateRow row = task.Row(made);
        metrics.Write(row);
        foreach (EstimateRow fewer in task.Fewer(made))
        {
            metrics.Write(fewer);
        }

        foreach (var (metric, value) in made.Metrics)
        {
            metrics.Write(step, row.Split, metric, value);
        }

        foreach (var (name, picture) in made.Figures)
        {
            picture.Save(Path.Combine(run.Figures, $"{name}.png"));
        }

        metrics.Show(step, made.Figures.Keys);
        foreach (string sentence in made.Remarks.Append(task.Sentence(made)))
        {
            progress.Say(sentence);
        }

        return row;
    }

    // Of a model of x given its class: the ELBO of each class.
    private Evaluated WithClasses(Evaluated made, DeviceSplit split, EvaluateConfig evaluation) =>
        model.LabelUse != LabelUse.Always || evaluation is not ElboEvaluateConfig
            ? made
            : made with
            {
                Metrics =
                [
                    .. made.Metrics,
                    .. made
                        .Examples.Select((e, i) => (e.Elbo, Label: split.Labels![i]))
                        .GroupBy(e => e.Label, e => e.Elbo)
                        .OrderBy(group => group.Key)
                        .Select(group => ($"elbo_class_{group.Key}", group.Average())),
                ],
            };

    // What no model passes but by chance, where it's known: log p(x) under what the data was drawn from.
    private Evaluated WithTruth(Evaluated made, EvaluateConfig evaluation)
    {
        if (evaluation is not ExactEvaluateConfig || dataset.Truth is not { } truth)
        {
            return made;
        }

        Split split = evaluation.Split switch
        {
            SplitName.Train => dataset.Train,
            SplitName.Valid => dataset.Valid,
            _ => dataset.Test,
        };
        double logPx = split
            .Values!.Chunk(dataset.Dimensions)
            .Take(made.Examples.Count)
            .Average(x => truth.LogEvidence(x));
        double own = made.Examples.Average(e => e.LogPx!.Value);
        string remark = string.Create(
            CultureInfo.InvariantCulture,
            $"what the data was drawn from gives log p(x) = {logPx:F4} nats for the same examples, the model {own - logPx:+0.0000;-0.0000} more; its log p(x) is {own - made.Examples.Average(e => e.Elbo):F5} above its ELBO"
        );
        return made with
        {
            Metrics = [.. made.Metrics, ("log_px_of_truth", logPx)],
            Remarks = [.. made.Remarks, remark],
        };
    }
}
