using System.Globalization;
using TorchSharp.Modules;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Data;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Figures;
using Vae.Experiments.Reports;
using Vae.Experiments.Results;
using Vae.Experiments.Training;
using Vae.Export;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments;

/// <summary>One run from config to pictures: data, model, training, evaluation, results. The way of the data, read from top to bottom.</summary>
public sealed class Experiment : IDisposable
{
    private const int NoSpaceLeft = 28; // ENOSPC, as .NET passes it on

    private ExperimentConfig config;
    private readonly Dataset dataset;
    private readonly IProgressReporter progress;
    private readonly DeviceSplit train;
    private readonly DeviceSplit? valid;
    private readonly DeviceSplit test;
    private readonly LatentVariableModel model;
    private readonly Streams streams;

    /// <summary>Loads the data and builds the model; nothing is written yet.</summary>
    /// <exception cref="ExperimentException">The device isn't there (2), data is missing or damaged (3).</exception>
    public Experiment(ExperimentConfig config, IProgressReporter progress, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        this.config = config with
        {
            Threads = config.Threads ?? Environment.ProcessorCount,
            MemoryGb = config.MemoryGb ?? EvaluationMemory.HalfOfFree(),
            Data = config.Data is FilesConfig files ? files.WithFullPaths() : config.Data,
        };
        this.progress = progress;
        streams = new Streams((uint)config.Seed);
        set_num_threads(Math.Max(1, this.config.Threads!.Value));
        Device device = SelectDevice(config.Device);
        dataset = Datasets.Load(config.Data, DataFolders.FromEnvironment(), new DownloadReport(progress), cancellation);
        train = new DeviceSplit(dataset.Train, dataset.Dimensions, dataset.Binarisation, device);
        valid =
            dataset.Valid.Count > 0
                ? new DeviceSplit(dataset.Valid, dataset.Dimensions, dataset.Binarisation, device)
                : null;
        test = new DeviceSplit(dataset.Test, dataset.Dimensions, dataset.Binarisation, device);
        DataFit.Check(config.Model, dataset);
        model = ModelFactory.Build(config.Model, dataset.Shape, device, (uint)config.Seed);
    }

    /// <summary>Makes the run directory with what was asked and where it runs.</summary>
    public RunDirectory CreateRun(string runsRoot, IReadOnlyList<string> overrides, IReadOnlyList<string> commandLine)
    {
        if (config.Threads == 0)
        {
            config = config with
            {
                Threads = FastestThreads.For(config, dataset.Shape, train, DeviceOf(model), progress),
            };
        }

        RunDirectory run = RunDirectory.Create(runsRoot, config.Name);
        AtomicFile.WriteText(run.Config, config.ToToml());
        AtomicFile.WriteText(run.Overrides, Lines(overrides));
        run.WriteEnvironment(
            EnvironmentInfo.Capture(
                config.Device,
                get_num_threads(),
                __version__,
                dataset.Name,
                dataset.Sha256,
                commandLine
            ) with
            {
                DatasetLicence = dataset.Licence,
                DatasetExamples = new[] { dataset.Train, dataset.Valid, dataset.Test }.ToDictionary(
                    split => split.Name,
                    split => (long)split.Count
                ),
            }
        );
        return run;
    }

    /// <summary>Trains from the newest checkpoint (or from the start), evaluates, draws and sums up. changes: overrides that this run's config has got since it began.</summary>
    public void Run(RunDirectory run, IReadOnlyList<string>? changes = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        TrainingState? state = null;
        using RunLog log = Claim(run);
        if (changes is { Count: > 0 })
        {
            AtomicFile.WriteText(run.Overrides, File.ReadAllText(run.Overrides) + Lines(changes));
            AtomicFile.WriteText(run.Config, config.ToToml());
            log.Write($"extended: {string.Join(' ', changes)}");
        }

        using var interruption = new Interruption();
        try
        {
            using Journal journal = Journal.Open(run.Journal);
            string? checkpoint = Checkpoint.Newest(run, sentence => Say(log, sentence));
            long stored = checkpoint is null ? -1 : Checkpoint.StepOf(checkpoint);
            journal.TruncateAfter(stored);
            using EventFile events = EventFile.GoOnAfter(run.FullPath, stored);
            events.Text("config", stored + 1, $"```toml\n{config.ToToml()}```\n");
            var metrics = new MetricLog(run, journal, events);
            EvaluationMemory memory = Memory(log);
            using var trainer = new Trainer(
                config,
                run,
                checkpoint,
                model,
                train,
                valid,
                metrics,
                progress,
                memory,
                interruption.Token
            );
            state = trainer.State;
            run.WriteStatus(RunState.Running, state.Step);
            log.Write($"training from step {state.Step} to {trainer.TotalSteps}");
            if (state.Step > 0)
            {
                progress.Say($"going on from step {state.Step} of {trainer.TotalSteps}");
            }

            if (trainer.EffectiveKlWeight is { } weight and not 1)
            {
                Say(
                    log,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"effective KL weight {weight:R}: beside an image's whole reconstruction term, its KL counts {weight:R} times"
                    )
                );
            }

            trainer.Run();
            metrics.Flush();
            IReadOnlyList<EstimateRow> estimates = Evaluate(run, config.Evaluate, metrics, memory, interruption.Token);
            ClassPosteriors? clusters = Classify(run, metrics);
            metrics.Show(state.Step, RunFigures.Draw(run, config.Figures, dataset, model, test, streams, clusters));
            if (estimates.FirstOrDefault(e => !double.IsFinite(e.LogPx ?? e.Elbo ?? 0)) is { } lost)
            {
                throw new ExperimentException(
                    ExitCode.Diverged,
                    $"training diverged: the {lost.Split} estimate \"{lost.Kind}\" is {lost.LogPx ?? lost.Elbo}; {state.Skipped} of {state.Step} steps had no finite loss and were skipped. "
                        + "Try a smaller optimizer.lr, or optimizer.clip_norm; look for NaN in the data."
                );
            }

            string reason = state.Stopped ? "early stopping" : "all steps taken";
            WriteSummary(
                run,
                metrics,
                state,
                trainer.ImagesPerSecond,
                trainer.EffectiveKlWeight,
                estimates,
                clusters?.Scores
            );
            run.WriteStatus(RunState.Completed, state.Step, reason);
            RunPages.Write(run);
            log.Write($"completed: {reason}");
        }
        catch (OperationCanceledException e) when (interruption.Token.IsCancellationRequested)
        {
            string message = $"stopped at step {state?.Step ?? 0}; go on with: vae resume {run.FullPath}";
            run.WriteStatus(
                RunState.Stopped,
                state?.Step ?? 0,
                interruption.Code == ExitCode.Terminated ? "SIGTERM" : "Ctrl-C"
            );
            log.Write(message);
            throw new ExperimentException(interruption.Code, message, e);
        }
        catch (Exception e)
        {
            RecordFailure(run, log, state?.Step ?? 0, e);
            if (e is IOException { HResult: NoSpaceLeft })
            {
                throw new ExperimentException(
                    ExitCode.Failure,
                    $"no space is left on the disk of {run.FullPath}. What is stored there is sound: make room, and go on with: vae resume {run.FullPath}",
                    e
                );
            }

            throw;
        }

        if (config.Export.Onnx)
        {
            var options = new ExportOptions { Parts = config.Export.Parts is { Count: > 0 } parts ? parts : null };
            RunExport.Write(run, config, dataset, options, folder: null, progress.Say);
        }
    }

    /// <summary>Evaluates stored weights and adds the estimates to the run's tables.</summary>
    public IReadOnlyList<EstimateRow> Evaluate(RunDirectory run, IReadOnlyList<EvaluateConfig> evaluations)
    {
        ArgumentNullException.ThrowIfNull(run);
        using RunLog log = Claim(run);
        using Journal journal = Journal.Open(run.Journal);
        using EventFile events = EventFile.Add(run.FullPath);
        var metrics = new MetricLog(run, journal, events);
        using var interruption = new Interruption();
        IReadOnlyList<EstimateRow> rows = [];
        try
        {
            rows = Evaluate(run, evaluations, metrics, Memory(log), interruption.Token);
        }
        catch (OperationCanceledException e) when (interruption.Token.IsCancellationRequested)
        {
            throw new ExperimentException(
                interruption.Code,
                "stopped; of the unfinished estimate nothing is kept, and the same command makes it from the start",
                e
            );
        }
        finally
        {
            metrics.Flush();
            metrics.Publish();
            RunPages.Write(run);
        }

        log.Write($"evaluated: {string.Join(", ", rows.Select(r => $"{r.Split} {r.Kind} K={r.Samples}"))}");
        return rows;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Dispose();
        train.Dispose();
        valid?.Dispose();
        test.Dispose();
    }

    private EvaluationMemory Memory(RunLog log)
    {
        var memory = EvaluationMemory.For(model, test, streams, config.MemoryGb!.Value);
        log.Write(memory.ToString());
        return memory;
    }

    private List<EstimateRow> Evaluate(
        RunDirectory run,
        IReadOnlyList<EvaluateConfig> evaluations,
        MetricLog metrics,
        EvaluationMemory memory,
        CancellationToken cancellation
    )
    {
        string weights = Checkpoint.ToEvaluate(run, config.Train.EvaluateFrom);
        if (weights != Checkpoint.Best(run) && config.Train.EvaluateFrom == EvaluateFromName.Best)
        {
            progress.Say("no validation chose the best weights, so the last are evaluated");
        }

        long step = Checkpoint.LoadWeights(weights, model);
        var evaluator = new Evaluator(model, streams, progress, memory.RowsAtOnce, cancellation);
        var rows = new List<EstimateRow>();
        foreach (EvaluateConfig evaluation in evaluations)
        {
            var task = new EvaluationTask(evaluation, run.Id, step, config.Seed, dataset.Binarisation);
            DeviceSplit split = SplitOf(evaluation.Split);
            Evaluated made = evaluator.Evaluate(evaluation, split, task.ToString());
            made = WithTruth(WithClasses(made, split, evaluation), evaluation);
            LogWeightTable.Merge(
                run.LogWeights,
                [.. task.Examples(made, task.IsFromModel && model.LabelUse != LabelUse.Always ? null : split.Labels)]
            );
            rows.Add(task.Row(made));
            metrics.Write(rows[^1]);
            foreach (EstimateRow fewer in task.Fewer(made))
            {
                metrics.Write(fewer);
            }

            foreach (var (metric, value) in made.Metrics)
            {
                metrics.Write(step, rows[^1].Split, metric, value);
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
        }

        return rows;
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

    // What a model that finds classes makes of the test examples; and where along a sequence a model uses its latent variables.
    private ClassPosteriors? Classify(RunDirectory run, MetricLog metrics)
    {
        ClassPosteriors? posteriors = null;
        if (model is GaussianMixtureAutoencoder mixture)
        {
            long step = Checkpoint.StepOf(Checkpoint.ToEvaluate(run, config.Train.EvaluateFrom));
            posteriors = ClassPosteriors.Of(mixture, test, streams.Binarise("test/evaluate"));
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
        }

        if (model is VariationalRnn recurrent)
        {
            long step = Checkpoint.StepOf(Checkpoint.ToEvaluate(run, config.Train.EvaluateFrom));
            double[] kl = StepKl.Of(recurrent, test, streams.Binarise("test/evaluate"), streams.Noise("test/evaluate"));
            foreach (var (t, value) in kl.Index().Where(k => double.IsFinite(k.Item)))
            {
                metrics.Write(step, "test", $"kl_step_{t + 1}", value);
            }
        }

        metrics.Publish();
        return posteriors;
    }

    private DeviceSplit SplitOf(SplitName name) =>
        name switch
        {
            SplitName.Train => train,
            SplitName.Test => test,
            _ => valid ?? throw new ExperimentException(ExitCode.Usage, "this run has no validation split"),
        };

    private void WriteSummary(
        RunDirectory run,
        MetricLog metrics,
        TrainingState state,
        double? imagesPerSecond,
        double? klWeight,
        IReadOnlyList<EstimateRow> estimates,
        (double Accuracy, double Nmi)? clustering
    )
    {
        SummaryRow row = new()
        {
            RunId = run.Id,
            Name = config.Name,
            ConfigHash = ConfigHash.Of(config),
            Seed = config.Seed,
            Dataset = dataset.Name,
            Binarisation = Binarisations.NameOf(dataset.Binarisation),
            Model = config.Model.InWords(),
            Parameters = model.parameters().Sum(p => p.numel()),
            Steps = state.Step,
            BestStep = state.BestStep >= 0 ? state.BestStep : null,
            TrainLoss = metrics.LastEpochLoss,
            Device = config.Device,
            Threads = config.Threads!.Value,
            ImagesPerS = imagesPerSecond,
            WallS = metrics.WallSeconds,
            EffectiveKlWeight = klWeight,
            Commit = GitState.Of(AppContext.BaseDirectory)?.Commit,
            Status = "completed",
            SkippedSteps = state.Skipped,
            ClusteringAccuracy = clustering?.Accuracy,
            Nmi = clustering?.Nmi,
        };
        ResultTables.Write(run.Summary, [SummaryEstimates.Add(row, estimates)]);
    }

    /// <summary>Opens the run's log, which one process has at a time: two that train or evaluate would spoil each other's journal.</summary>
    /// <remarks>What a killed process has left half-written goes.</remarks>
    private static RunLog Claim(RunDirectory run)
    {
        try
        {
            var log = new RunLog(run.Log);
            foreach (string litter in Directory.EnumerateFiles(run.FullPath, ".*.tmp", SearchOption.AllDirectories))
            {
                File.Delete(litter);
            }

            return log;
        }
        catch (IOException e) when (File.Exists(run.Log))
        {
            throw new ExperimentException(
                ExitCode.Failure,
                $"another process is at work on {run.FullPath}: {e.Message}",
                e
            );
        }
    }

    private static string Lines(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));

    // On a full disk there is no room for this either, and the first failure is the one to tell.
    private static void RecordFailure(RunDirectory run, RunLog log, long step, Exception e)
    {
        try
        {
            run.WriteStatus(RunState.Failed, step, e.Message);
            log.Write(e is ExperimentException ? e.Message : e.ToString());
        }
        catch (Exception second) when (second is IOException or UnauthorizedAccessException) { }
    }

    private void Say(RunLog log, string sentence)
    {
        log.Write(sentence);
        progress.Say(sentence);
    }

    private static Device DeviceOf(LatentVariableModel model) => model.parameters().First().device;

    private static Device SelectDevice(string name)
    {
        try
        {
            return DeviceSelection.Select(name);
        }
        catch (ArgumentException e)
        {
            throw new ExperimentException(ExitCode.Usage, e.Message, e);
        }
    }
}
