using System.Diagnostics;
using TorchSharp.Modules;
using Vae.Core;
using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Core.Objectives;
using Vae.Experiments.Config;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Results;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>The training loop: steps, lines of metrics, validations, checkpoints, until the end, early stopping, a signal or divergence.</summary>
public sealed class Trainer : IDisposable
{
    private readonly ExperimentConfig config;
    private readonly RunDirectory run;
    private readonly LatentVariableModel model;
    private readonly DeviceSplit train;
    private readonly DeviceSplit? valid;
    private readonly MetricLog log;
    private readonly IProgressReporter progress;
    private readonly CancellationToken cancellation;
    private readonly Streams streams;
    private readonly Evaluator evaluator;
    private readonly Objective objective;
    private readonly optim.Optimizer optimizer;
    private readonly BatchOrder order;
    private readonly Parameter[] parameters;
    private readonly TensorGraph graph = new();
    private readonly Stopwatch stepping = new();
    private long stepped;

    /// <summary>Sets training up; a checkpoint in the run directory is taken up.</summary>
    public Trainer(
        ExperimentConfig config,
        RunDirectory run,
        LatentVariableModel model,
        DeviceSplit train,
        DeviceSplit? valid,
        MetricLog log,
        IProgressReporter progress,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(train);
        this.config = config;
        this.run = run;
        this.model = model;
        this.train = train;
        this.valid = valid;
        this.log = log;
        this.progress = progress;
        this.cancellation = cancellation;
        streams = new Streams((uint)config.Seed);
        evaluator = new Evaluator(model, streams, progress, cancellation);
        objective = ObjectiveFactory.Build(config.Objective);
        parameters = [.. model.parameters()];
        optimizer = OptimizerFactory.Build(config.Optimizer, model.named_parameters());
        order = new BatchOrder(
            streams.Order,
            train.Count,
            config.Data.BatchSize,
            config.Data.Shuffle,
            parameters[0].device
        );
        State = File.Exists(Checkpoint.Last(run))
            ? Checkpoint.Load(Checkpoint.Last(run), model, optimizer)
            : new TrainingState();
    }

    /// <summary>Where training stands.</summary>
    public TrainingState State { get; }

    /// <summary>Steps that training takes in all.</summary>
    public long TotalSteps => config.Train.Steps ?? config.Train.Epochs!.Value * order.StepsPerEpoch;

    /// <summary>Training images per second of this process, validation and storing not counted.</summary>
    public double? ImagesPerSecond => stepped > 0 ? stepped / stepping.Elapsed.TotalSeconds : null;

    /// <summary>Trains to the end.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, after a checkpoint.</exception>
    /// <exception cref="ExperimentException">Diverged (exit code 4).</exception>
    public void Run()
    {
        try
        {
            TrainOn();
        }
        catch (OperationCanceledException)
        {
            Save(); // thrown before a step or before a validation has changed the state
            throw;
        }

        progress.Finish("train");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        order.Dispose();
    }

    private void TrainOn()
    {
        InitialiseFromData();
        ValidateIfDue();
        while (State.Step < TotalSteps && !State.Stopped)
        {
            cancellation.ThrowIfCancellationRequested();
            Step();
            State.Step++;
            progress.Report("train", State.Step, TotalSteps, "it", $"elbo={State.Interval.Elbo:F2}");
            if (State.Step % config.Train.LogEvery == 0 || State.Step == TotalSteps)
            {
                LogInterval();
            }

            if (State.Step % order.StepsPerEpoch == 0)
            {
                LogEpoch();
            }

            ValidateIfDue();
            if (config.Train.CheckpointEvery is { } every && State.Step % every == 0 && State.Validated != State.Step)
            {
                Save();
            }
        }
    }

    /// <summary>Weight norm begins as the first batch asks. Done again, by a run resumed before its first step, it changes nothing.</summary>
    private void InitialiseFromData()
    {
        if (State.Step > 0)
        {
            return;
        }

        using var scope = NewDisposeScope();
        Tensor rows = order.Rows(0);
        rows = rows.narrow(0, 0, Math.Min(rows.shape[0], config.Data.BatchSize));
        Tensor x = train.Take(rows, streams.Binarise("train"), 0);
        Tensor noise = PhiloxTensor.Normal(streams.Noise("train"), 0, rows, 0, objective.Samples, model.NoiseSize);
        DataInitialisation.Run(model, x, noise);
    }

    /// <summary>A validation and a checkpoint; not once more where a resumed run was stored after them.</summary>
    private void ValidateIfDue()
    {
        bool due =
            State.Step == 0
                ? config.Train.ValidateFirst
                : State.Step == TotalSteps || State.Step % (config.Train.ValidateEvery ?? order.StepsPerEpoch) == 0;
        if (due && State.Validated != State.Step)
        {
            Validate();
            State.Validated = State.Step;
            Save();
        }
    }

    private void Step()
    {
        stepping.Start();
        using var scope = NewDisposeScope();
        Tensor rows = order.Rows(State.Step);
        Tensor x = train.Take(rows, streams.Binarise("train"), State.Step); // [B, D], binarised for this step
        Tensor noise = PhiloxTensor.Normal(
            streams.Noise("train"),
            State.Step,
            rows,
            0,
            objective.Samples,
            model.NoiseSize
        );
        Terms<Tensor> terms = model.Terms(graph, x, noise);
        Tensor bound = objective.Bound(terms); // [B]
        optimizer.zero_grad();
        objective.Loss(bound).backward();
        Apply(rows.shape[0], bound, terms);
        stepping.Stop();
        stepped += rows.shape[0];
    }

    private void Apply(long images, Tensor bound, Terms<Tensor> terms)
    {
        using IDisposable off = no_grad();
        double loss = -bound.mean().item<float>();
        bool finite = double.IsFinite(loss) && Finite.Gradients(parameters);
        if (!finite)
        {
            Skip(loss);
            return;
        }

        State.SkippedInARow = 0;
        if (config.Optimizer.ClipNorm is { } norm)
        {
            nn.utils.clip_grad_norm_(parameters, norm);
        }

        optimizer.step();
        double kl = (terms.Kl?.Invoke() ?? terms.LogQ - terms.LogPrior).mean().item<float>();
        double elbo = terms.LogLikelihood.mean().item<float>() - kl;
        State.Interval = State.Interval.Add(images, loss, elbo, kl);
        State.Epoch = State.Epoch.Add(images, loss, elbo, kl);
    }

    private void Skip(double loss)
    {
        State.Skipped++;
        State.SkippedInARow++;
        progress.Say(
            $"step {State.Step}: {(double.IsFinite(loss) ? "a gradient" : $"the loss ({loss})")} is not finite; step skipped"
        );
        if (State.SkippedInARow >= config.Train.MaxNonfiniteSteps)
        {
            throw new ExperimentException(
                ExitCode.Diverged,
                $"training diverged: {State.SkippedInARow} steps in a row without a finite loss and gradient, up to step {State.Step}. "
                    + "Try a smaller optimizer.lr, or optimizer.clip_norm."
            );
        }
    }

    private void LogInterval()
    {
        if (State.Interval.Images > 0)
        {
            log.Write(State.Step, null, "train", State.Interval);
        }

        State.Interval = RunningMean.Zero;
        run.WriteStatus(RunState.Running, State.Step);
    }

    private void LogEpoch()
    {
        if (State.Epoch.Images > 0)
        {
            log.Write(State.Step, State.Step / order.StepsPerEpoch, "train", State.Epoch);
        }

        State.Epoch = RunningMean.Zero;
    }

    private void Validate()
    {
        if (valid is null)
        {
            return;
        }

        Estimate estimate = Estimate.Of(evaluator.Run(valid, config.Train.ValidateSamples, State.Step));
        log.Write(State.Step, "valid", "elbo", estimate.Elbo);
        if (estimate.LogPx is { } logPx)
        {
            log.Write(State.Step, "valid", "log_px", logPx);
        }

        bool best = Judge(
            config.Train.EarlyStopping?.Monitor == "valid/log_px" ? estimate.LogPx!.Value : estimate.Elbo
        );
        log.Publish();
        progress.Say(
            $"step {State.Step}: valid elbo {estimate.Elbo:F2}"
                + (estimate.LogPx is { } p ? $", log p(x) {p:F2}" : "")
                + (
                    best ? " (best)"
                    : State.BestStep >= 0 ? $" (best {State.BestValue:F2} at step {State.BestStep})"
                    : ""
                )
                + (State.Stopped ? "; stopping early" : "")
        );
    }

    // Keeps the best weights, and counts for early stopping as Lightning does; NaN is never an improvement.
    private bool Judge(double value)
    {
        bool best = value > State.BestValue;
        if (best)
        {
            (State.BestStep, State.BestValue) = (State.Step, value);
            Checkpoint.SaveWeights(Checkpoint.Best(run), model, State.Step);
        }

        bool improved = value > State.StoppingValue + (config.Train.EarlyStopping?.MinDelta ?? 0);
        State.StoppingValue = improved ? value : State.StoppingValue;
        State.Stale = improved ? 0 : State.Stale + 1;
        State.Stopped = config.Train.EarlyStopping is { } stopping && State.Stale >= stopping.Patience;
        return best;
    }

    private void Save()
    {
        log.Flush();
        Checkpoint.Save(Checkpoint.Last(run), model, optimizer, State);
    }
}
