using Vae.Core.Estimators;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Figures;
using Vae.Experiments.Training;
using Vae.Primitives;

namespace Vae.Experiments.Evaluation;

/// <summary>Runs an estimator over a split, some examples at a time.</summary>
public sealed class Evaluator(
    LatentVariableModel model,
    Streams streams,
    IProgressReporter progress,
    long rowsAtOnce = EvaluationMemory.Most,
    CancellationToken cancellation = default
)
{
    private const long ExamplesAtOnce = 500;
    private const long RowsBetweenReports = 50_000;

    private readonly SplitBatches batches = new(model, streams, cancellation);

    /// <summary>The summaries of K log-weights for each of the first examples of the split.</summary>
    /// <param name="split">Its pixels are binarised once and for all by the seed, where the data is dynamic.</param>
    /// <param name="samples">K.</param>
    /// <param name="step">Chooses the noise: at validations it's the step of training.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<WeightSummary> Run(DeviceSplit split, long samples, long step)
    {
        ArgumentNullException.ThrowIfNull(split);
        var sampling = new ImportanceSampling(model, Noise(split), rowsAtOnce);
        return
        [
            .. batches
                .Of(split, null, ExamplesAtOnce, (x, rows) => sampling.Run(x, rows, samples, step))
                .SelectMany(b => b),
        ];
    }

    /// <summary>An estimate that a config asks for, with what it says of its progress.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Evaluated Evaluate(EvaluateConfig config, DeviceSplit split, string stage)
    {
        ArgumentNullException.ThrowIfNull(split);
        Evaluated made = config switch
        {
            ElboEvaluateConfig c => WithoutLogPx(Importance(split, c.Samples, c.MaxExamples, stage)),
            ImportanceEvaluateConfig c => Importance(split, c.Samples, c.MaxExamples, stage),
            AnnealedEvaluateConfig c => new AnnealedChains(model, streams, c, rowsAtOnce / 2, stage).Run(
                split,
                batches,
                Report
            ),
            ExactEvaluateConfig c => Exact(split, c.MaxExamples),
            DiagnosticsEvaluateConfig c => new LatentDiagnostics(model, streams, c, rowsAtOnce).Run(
                split,
                batches,
                Report
            ),
            _ => throw new NotSupportedException($"evaluation {config}"),
        };
        progress.Finish(stage);
        return made;

        void Report(long done, long total, string unit, string numbers)
        {
            cancellation.ThrowIfCancellationRequested();
            progress.Report(stage, done, total, unit, numbers);
        }
    }

    private Evaluated Importance(DeviceSplit split, long samples, long? maxExamples, string stage)
    {
        using var bootstrap = new WeightBootstrap(streams.Of("bootstrap"));
        var sampling = new ImportanceSampling(model, Noise(split), rowsAtOnce);
        long count = SplitBatches.Count(split, maxExamples);
        long atOnce = Math.Clamp(RowsBetweenReports / samples, 1, ExamplesAtOnce);
        long done = 0;
        double elbo = 0;
        var parts = batches.Of(
            split,
            maxExamples,
            atOnce,
            (x, rows) =>
            {
                var estimates = sampling.Estimate(x, rows, samples, bootstrap);
                done += rows.shape[0];
                elbo += estimates[^1].Weights.Sum(w => w.Elbo);
                progress.Report(stage, done, count, "img", FormattableString.Invariant($"elbo={elbo / done:F2}"));
                return estimates;
            }
        );
        var all = EvidenceEstimate.Join(parts);
        Evaluated made = Evaluated.Of(all);
        return samples < 10
            ? made
            : made with
            {
                Figures = new Dictionary<string, Canvas> { ["k_convergence"] = ConvergenceChart.Of(all, stage) },
            };
    }

    private Evaluated Exact(DeviceSplit split, long? maxExamples)
    {
        if (model is not IExactEvidence exact)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                "there is no closed form of log p(x) for this model: use kind=importance or kind=hais"
            );
        }

        return new Evaluated([
            .. batches
                .Of(
                    split,
                    maxExamples,
                    ExamplesAtOnce,
                    (x, _) =>
                        exact
                            .Elbo(x.X)
                            .Zip(exact.LogEvidence(x.X), (elbo, logPx) => new ExampleEstimate(elbo, logPx, 0, null))
                            .ToList()
                )
                .SelectMany(b => b),
        ]);
    }

    // The ELBO needs no bound beside it, and no convergence.
    private static Evaluated WithoutLogPx(Evaluated made) =>
        new([.. made.Examples.Select(e => new ExampleEstimate(e.Elbo, null, null, null))]);

    private PhiloxKey Noise(DeviceSplit split) => streams.Noise(split.Name + "/evaluate");
}
