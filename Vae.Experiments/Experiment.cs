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
    private readonly DeviceSplits splits;
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
        splits = new DeviceSplits(dataset, device);
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
                Threads = FastestThreads.For(config, dataset.Shape, splits.Train, DeviceOf(model), progress),
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
            run.WriteStatus(RunState.Running, run.ReadStatus().Step); // first: a kill leaves no status that says "completed" of the longer run
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
                splits.Train,
                splits.Valid,
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
            RunEvaluation evaluation = Evaluation(run, metrics);
            IReadOnlyList<EstimateRow> estimates = evaluation.Estimate(config.Evaluate, memory, interruption.Token);
            ClassPosteriors? clusters = evaluation.Classify();
            evaluation.MeasureSteps();
            metrics.Publish();
            metrics.Show(
                state.Step,
                RunFigures.Draw(run, config.Figures, dataset, model, splits.Test, streams, clusters)
            );
            if (Lost(estimates) is { } lost)
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
            rows = Evaluation(run, metrics).Estimate(evaluations, Memory(log), interruption.Token);
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
        return Lost(rows) is { } lost
            ? throw new ExperimentException(
                ExitCode.Diverged,
                $"the {lost.Split} estimate \"{lost.Kind}\" is {lost.LogPx ?? lost.Elbo}: {Cause(lost)}"
            )
            : rows;
    }

    private static string Cause(EstimateRow lost) =>
        lost.Kind is "elbo" or "importance" ? "the stored weights are of a training that diverged" : "no number";

    private static EstimateRow? Lost(IEnumerable<EstimateRow> estimates) =>
        estimates.FirstOrDefault(e => !double.IsFinite(e.LogPx ?? e.Elbo ?? 0));

    /// <inheritdoc/>
    public void Dispose()
    {
        model.Dispose();
        splits.Dispose();
    }

    private RunEvaluation Evaluation(RunDirectory run, MetricLog metrics) =>
        new(run, metrics, config, dataset, splits, model, streams, progress);

    private EvaluationMemory Memory(RunLog log)
    {
        var memory = EvaluationMemory.For(model, splits.Test, streams, config.MemoryGb!.Value);
        log.Write(memory.ToString());
        return memory;
    }

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
            Dataset = dataset.Identity,
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
        RunLog log;
        try
        {
            log = new RunLog(run.Log);
        }
        catch (IOException e) when (File.Exists(run.Log))
        {
            throw new ExperimentException(
                ExitCode.Failure,
                $"another process is at work on {run.FullPath}: {e.Message}",
                e
            );
        }

        try
        {
            foreach (string litter in Directory.EnumerateFiles(run.FullPath, ".*.tmp", SearchOption.AllDirectories))
            {
                File.Delete(litter);
            }

            Directory.CreateDirectory(run.Checkpoints);
            Directory.CreateDirectory(run.Figures);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
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
