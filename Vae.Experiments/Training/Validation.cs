using System.Diagnostics;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Results;

namespace Vae.Experiments.Training;

/// <summary>Estimates on the validation split while training goes on: they choose the best weights, and stop training early.</summary>
internal sealed class Validation(
    TrainConfig config,
    RunDirectory run,
    LatentVariableModel model,
    DeviceSplit split,
    Evaluator evaluator,
    MetricLog log,
    IProgressReporter progress
)
{
    private readonly Stopwatch watch = new();
    private long done;

    /// <summary>How long one takes; null before the first.</summary>
    public double? Seconds => done > 0 ? watch.Elapsed.TotalSeconds / done : null;

    /// <summary>Validates the model as it is, and notes in the state what follows.</summary>
    public void Run(TrainingState state)
    {
        watch.Start();
        Estimate estimate = Estimate.Of(evaluator.Run(split, config.ValidateSamples, state.Step));
        watch.Stop();
        done++;
        log.Write(state.Step, "valid", "elbo", estimate.Elbo);
        if (estimate.LogPx is { } logPx)
        {
            log.Write(state.Step, "valid", "log_px", logPx);
        }

        bool best = Judge(
            state,
            config.EarlyStopping?.Monitor == "valid/log_px" ? estimate.LogPx!.Value : estimate.Elbo
        );
        log.Publish();
        progress.Say(
            $"step {state.Step}: valid elbo {estimate.Elbo:F2}"
                + (estimate.LogPx is { } p ? $", log p(x) {p:F2}" : "")
                + (
                    best ? " (best)"
                    : state.BestStep >= 0 ? $" (best {state.BestValue:F2} at step {state.BestStep})"
                    : ""
                )
                + (state.Stopped ? "; stopping early" : "")
        );
    }

    // Keeps the best weights, and counts for early stopping as Lightning does; NaN is never an improvement.
    private bool Judge(TrainingState state, double value)
    {
        bool best = value > state.BestValue;
        if (best)
        {
            (state.BestStep, state.BestValue) = (state.Step, value);
            Checkpoint.SaveWeights(Checkpoint.Best(run), model, state.Step);
        }

        bool improved = value > state.StoppingValue + (config.EarlyStopping?.MinDelta ?? 0);
        state.StoppingValue = improved ? value : state.StoppingValue;
        state.Stale = improved ? 0 : state.Stale + 1;
        state.Stopped = config.EarlyStopping is { } stopping && state.Stale >= stopping.Patience;
        return best;
    }
}
