using Vae.Core.Estimators;
using Vae.Core.Models;
using Vae.Experiments.Training;

namespace Vae.Experiments.Evaluation;

/// <summary>Runs an estimator over a split, some examples at a time.</summary>
public sealed class Evaluator(
    LatentVariableModel model,
    Streams streams,
    IProgressReporter progress,
    CancellationToken cancellation = default
)
{
    private const long ExamplesAtOnce = 500;

    /// <summary>The summaries of K log-weights for each of the first examples of the split.</summary>
    /// <param name="split">Its pixels are binarised once and for all by the seed, where the data is dynamic.</param>
    /// <param name="samples">K.</param>
    /// <param name="step">Chooses the noise: at validations it's the step of training.</param>
    /// <param name="maxExamples">How many examples; null is all.</param>
    /// <param name="stage">What to call it in the progress; null is silent.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<WeightSummary> Run(
        DeviceSplit split,
        long samples,
        long step,
        long? maxExamples = null,
        string? stage = null
    )
    {
        ArgumentNullException.ThrowIfNull(split);
        var sampling = new ImportanceSampling(model, streams.Noise(split.Name + "/evaluate"));
        long count = Math.Min(maxExamples ?? split.Count, split.Count);
        var summaries = new List<WeightSummary>((int)count);
        bool training = model.training;
        model.eval();
        for (long start = 0; start < count; start += ExamplesAtOnce)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            Tensor rows = arange(start, Math.Min(start + ExamplesAtOnce, count), 1, ScalarType.Int64, Device());
            Observed<Tensor> x = split.Observe(
                rows,
                streams.Binarise(split.Name + "/evaluate"),
                0,
                model,
                training: false
            );
            summaries.AddRange(sampling.Run(x, rows, samples, step));
            if (stage is not null)
            {
                progress.Report(stage, summaries.Count, count, "img", $"elbo={summaries.Average(s => s.Elbo):F2}");
            }
        }

        model.train(training);
        if (stage is not null)
        {
            progress.Finish(stage);
        }

        return summaries;
    }

    private Device Device() => model.parameters().First().device;
}
