using System.Diagnostics;
using TorchSharp.Modules;
using Vae.Core;
using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Core.Networks;
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
    private readonly Validation? validation;
    private readonly MetricLog log;
    private readonly IProgressReporter progress;
    private readonly CancellationToken cancellation;
    private readonly Streams streams;
    private readonly Objective objective;
    private readonly OptimizerHelper optimizer;
    private readonly BatchOrder order;
    private readonly Parameter[] parameters;
    private readonly WeightAverage? average;
    private readonly Tensor[] statistics; // batch norm's running averages, which a step changes before its loss is known
    private readonly Schedules schedules;
    private readonly Stopwatch stepping = new();
    private readonly Stopwatch unsaved = Stopwatch.StartNew();
    private long saved; // the step of the newest checkpoint
    private long stepped;
    private long steps;
    private TimeSpan warm;

    /// <summary>Sets training up, and takes up the checkpoint where one is given.</summary>
    public Trainer(
        ExperimentConfig config,
        RunDirectory run,
        string? checkpoint,
        LatentVariableModel model,
        DeviceSplit train,
        DeviceSplit? valid,
        MetricLog log,
        IProgressReporter progress,
        EvaluationMemory memory,
        CancellationToken cancellation
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(memory);
        this.config = config;
        this.run = run;
        this.model = model;
        this.train = train;
        this.log = log;
        this.progress = progress;
        this.cancellation = cancellation;
        streams = new Streams((uint)config.Seed);
        objective = ObjectiveFactory.Build(config.Objective);
        parameters = [.. model.parameters()];
        statistics =
        [
            .. model
                .modules()
                .OfType<BatchNormalisation>()
                .SelectMany(norm => new[] { norm.RunningMean, norm.RunningVariance }),
        ];
        order = new BatchOrder(
            streams.Order,
            train.Count,
            config.ImagesPerStep,
            config.Data.Shuffle,
            parameters[0].device
        );
        schedules = new Schedules(config, model.Dimensions, new Course(order.StepsPerEpoch, TotalSteps));
        optimizer = OptimizerFactory.Build(config.Optimizer, schedules.LearningRate(0), model.named_parameters());
        average = config.Train.Ema is { } decay ? new WeightAverage(model.named_parameters(), decay) : null;
        State = checkpoint is null ? new TrainingState() : Checkpoint.Load(checkpoint, model, optimizer, average);
        saved = State.Step;
        validation = valid is null
            ? null
            : new Validation(
                config.Train,
                run,
                model,
                valid,
                new Evaluator(model, streams, progress, memory.RowsAtOnce, cancellation),
                log,
                progress
            );
    }

    /// <summary>Where training stands.</summary>
    public TrainingState State { get; }

    /// <summary>Steps that training takes in all.</summary>
    public long TotalSteps => config.Train.Steps ?? config.Train.Epochs!.Value * order.StepsPerEpoch;

    /// <summary>What multiplies the KL per image beside the reconstruction, when training ends; null where the objective has no such part.</summary>
    public double? EffectiveKlWeight => schedules.EffectiveKlWeight;

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
        average?.Dispose();
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
            SayHowLong();
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
            bool due = State.Step % (config.Train.CheckpointEvery ?? long.MaxValue) == 0;
            if ((due || unsaved.Elapsed.TotalMinutes >= config.Train.CheckpointMinutes) && saved != State.Step)
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
        Observed<Tensor> x = train.Observe(rows, streams.Binarise("train"), 0, model, training: true);
        Tensor noise = PhiloxTensor.Normal(streams.Noise("train"), 0, rows, 0, objective.Samples, model.NoiseSize);
        DataInitialisation.Run(model, x, noise);
        average?.Restart();
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

    private void Validate()
    {
        using IDisposable? averaged = average?.Use();
        validation?.Run(State);
    }

    private void Step()
    {
        stepping.Start();
        using var scope = NewDisposeScope();
        using IDisposable precise = config.Train.Precision.Begin();
        Tensor rows = order.Rows(State.Step);
        long images = rows.shape[0];
        var mean = RunningMean.Zero;
        Tensor[] before = [.. statistics.Select(s => s.clone())];
        optimizer.zero_grad();
        objective.Graph = new TensorGraph
        {
            Dropped = (streams.Of("train/dropout"), State.Step),
            Factors = config.Train.Precision.Factors(),
        };
        for (long start = 0; start < images; start += config.Data.BatchSize)
        {
            long count = Math.Min(config.Data.BatchSize, images - start);
            mean = mean.Add(AddGradient(rows.narrow(0, start, count), images));
        }

        Freeze();
        Apply(mean, before);
        stepping.Stop();
        stepped += images;
        steps++;
    }

    /// <summary>Adds a batch's part of the gradient of a step of so many images, and gives the batch's means.</summary>
    private RunningMean AddGradient(Tensor rows, long images)
    {
        using var scope = NewDisposeScope();
        Observed<Tensor> x = train.Observe(rows, streams.Binarise("train"), State.Step, model, training: true); // binarised for this step
        Tensor noise = PhiloxTensor.Normal(
            streams.Noise("train"),
            config.Train.FixedNoise ? 0 : State.Step,
            rows,
            0,
            objective.Samples,
            model.NoiseSize
        );
        Terms<Tensor> terms = objective.Terms(model, x, noise);
        Tensor bound = objective.Bound(terms, schedules.Objective(State.Step)); // [B]
        objective.Backward(objective.Loss(bound, images), terms);
        using IDisposable off = no_grad();
        double kl = (terms.Kl?.Invoke() ?? terms.LogQ - terms.LogPrior).mean().item<float>();
        double elbo = terms.LogLikelihood.mean().item<float>() - kl;
        return RunningMean.Zero.Add(rows.shape[0], -bound.mean().item<float>(), elbo, kl);
    }

    // Without a gradient a parameter stays as it is.
    private void Freeze()
    {
        PhasePartName part = schedules.Part(State.Step);
        foreach (var (name, parameter) in model.named_parameters().Where(_ => part != PhasePartName.Both))
        {
            if (model.OfPosterior(name) != (part == PhasePartName.Posterior))
            {
                parameter.grad = null;
            }
        }
    }

    private void Apply(RunningMean mean, Tensor[] before)
    {
        using IDisposable off = no_grad();
        double? clip = config.Optimizer.ClipNorm;
        double norm = clip is null ? 0 : Gradients.Norm(parameters);
        bool finite =
            double.IsFinite(mean.Loss) && (clip is null ? Gradients.AreFinite(parameters) : double.IsFinite(norm));
        if (!finite)
        {
            foreach (var (now, then) in statistics.Zip(before))
            {
                now.copy_(then);
            }

            Skip(mean.Loss);
            return;
        }

        State.SkippedInARow = 0;
        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = schedules.LearningRate(State.Step);
        }

        optimizer.Step(
            clip is { } longest ? Gradients.ClippingScale(norm, longest) : 1,
            average?.Averages,
            average?.KeptAt(State.Step) ?? 0
        );
        State.Interval = State.Interval.Add(mean);
        State.Epoch = State.Epoch.Add(mean);
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

    // Once, when the speed is known; the first steps of a process are slower than the rest.
    private void SayHowLong()
    {
        const int First = 10;
        const int Timed = 50;
        warm = steps == First ? stepping.Elapsed : warm;
        if (steps != Timed || State.Step == TotalSteps)
        {
            return;
        }

        long every = config.Train.ValidateEvery ?? order.StepsPerEpoch;
        long left = validation is null ? 0 : (TotalSteps + every - 1) / every - State.Step / every;
        progress.Say(
            Forecast.Sentence(
                TotalSteps - State.Step,
                (stepping.Elapsed - warm).TotalSeconds / (Timed - First),
                left,
                validation?.Seconds
            )
        );
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
        long epoch = State.Step / order.StepsPerEpoch;
        if (State.Epoch.Images > 0)
        {
            log.Write(State.Step, epoch, "train", State.Epoch);
        }

        if (model is IExactEvidence exact)
        {
            using var scope = NewDisposeScope();
            log.Write(State.Step, "train", "log_px", exact.LogEvidence(train.All).Average());
        }

        State.Epoch = RunningMean.Zero;
    }

    private void Save()
    {
        log.Flush();
        if (saved != State.Step)
        {
            Checkpoint.Rotate(run, saved, config.Train.KeepCheckpoints - 1);
        }

        Checkpoint.Save(Checkpoint.Last(run), model, optimizer, average, State);
        saved = State.Step;
        unsaved.Restart();
    }
}
