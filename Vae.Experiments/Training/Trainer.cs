using System.Diagnostics;
using TorchSharp.Modules;
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
    private readonly Interruption interruption;
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
        Interruption interruption
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
        this.interruption = interruption;
        streams = new Streams((uint)config.Seed);
        evaluator = new Evaluator(model, streams, progress);
        objective = ObjectiveFactory.Build(config.Objective);
        parameters = [.. model.parameters()];
        optimizer = OptimizerFactory.Build(config.Optimizer, model.named_parameters());
        order = new BatchOrder(streams.Order, train.Count, config.Data.BatchSize, config.Data.Shuffle, parameters[0].device);
        State = File.Exists(Checkpoint.Last(run)) ? Checkpoint.Load(Checkpoint.Last(run), model, optimizer) : new TrainingState();
    }

    /// <summary>Where training stands.</summary>
    public TrainingState State { get; }

    /// <summary>Steps that training takes in all.</summary>
    public long TotalSteps => config.Train.Steps ?? config.Train.Epochs!.Value * order.StepsPerEpoch;

    /// <summary>Training images per second of this process, validation and storing not counted.</summary>
    public double? ImagesPerSecond => stepped > 0 ? stepped / stepping.Elapsed.TotalSeconds : null;

    /// <summary>Trains to the end.</summary>
    /// <exception cref="ExperimentException">Interrupted (130, 143) after a checkpoint, or diverged (4).</exception>
    public void Run()
    {
        if (State.Step == 0 && config.Train.ValidateFirst)
        {
            Validate();
        }

        while (State.Step < TotalSteps && !State.Stopped)
        {
            HonourInterruption();
            Step();
            State.Step++;
            bool last = State.Step == TotalSteps;
            if (State.Step % config.Train.LogEvery == 0 || last)
            {
                LogInterval();
            }

            if (State.Step % order.StepsPerEpoch == 0)
            {
                LogEpoch();
            }

            bool validated = State.Step % (config.Train.ValidateEvery ?? order.StepsPerEpoch) == 0 || last;
            if (validated)
            {
                Validate();
            }

            if (validated || (config.Train.CheckpointEvery is { } every && State.Step % every == 0))
            {
                Save();
            }
        }

        progress.Finish("train");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        optimizer.Dispose();
        order.Dispose();
    }

    private void Step()
    {
        stepping.Start();
        using var scope = NewDisposeScope();
        Tensor rows = order.Rows(State.Step);
        Tensor x = train.Take(rows, streams.Binarise("train"), State.Step); // [B, D], binarised for this step
        Tensor noise = PhiloxTensor.Normal(streams.Noise("train"), State.Step, rows, 0, objective.Samples, model.NoiseSize);
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
        progress.Say($"step {State.Step}: {(double.IsFinite(loss) ? "a gradient" : $"the loss ({loss})")} is not finite; step skipped");
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
            progress.Report("train", State.Step, TotalSteps, "it", $"elbo={State.Interval.Elbo:F2}");
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

        double value = config.Train.EarlyStopping?.Monitor == "valid/log_px" ? estimate.LogPx ?? estimate.Elbo : estimate.Elbo;
        double minDelta = config.Train.EarlyStopping?.MinDelta ?? 0;
        if (State.BestStep < 0 || value > State.BestValue + minDelta)
        {
            State.BestStep = State.Step;
            State.BestValue = value;
            State.Stale = 0;
            Checkpoint.SaveWeights(Checkpoint.Best(run), model, State.Step);
        }
        else
        {
            State.Stale++;
            State.Stopped = config.Train.EarlyStopping is { } stopping && State.Stale >= stopping.Patience;
        }

        log.Publish();
        progress.Say(
            $"step {State.Step}: valid elbo {estimate.Elbo:F2}"
                + (estimate.LogPx is { } p ? $", log p(x) {p:F2}" : "")
                + (State.Stale == 0 ? " (best)" : $" (best {State.BestValue:F2} at step {State.BestStep})")
                + (State.Stopped ? "; stopping early" : "")
        );
    }

    private void HonourInterruption()
    {
        if (interruption.Requested is { } code)
        {
            Save();
            throw new ExperimentException(code, $"stopped at step {State.Step}; go on with: vae resume {run.FullPath}");
        }
    }

    private void Save()
    {
        log.Flush();
        Checkpoint.Save(Checkpoint.Last(run), model, optimizer, State);
    }
}
