using System.Globalization;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>
/// A run's stored weights: <c>last</c> with the optimizer, the averaged weights and the state of training, those before it as <c>step=00012000</c>, and
/// <c>best</c>, the weights alone.
/// </summary>
/// <remarks>Sealed safetensors; no time, host or run id in them, so equal runs have equal bytes.</remarks>
public static class Checkpoint
{
    private const string Model = "model.";
    private const string Optimizer = "optimizer.";
    private const string Average = "average.";

    /// <summary>The newest checkpoint of a run, between two writings of it.</summary>
    public static string Last(RunDirectory run) => Path.Combine(run.Checkpoints, "last.safetensors");

    /// <summary>The checkpoint of a step that <see cref="Last"/> was.</summary>
    public static string Of(RunDirectory run, long step) =>
        Path.Combine(run.Checkpoints, string.Create(CultureInfo.InvariantCulture, $"step={step:D8}.safetensors"));

    /// <summary>The weights of the best validation.</summary>
    public static string Best(RunDirectory run) => Path.Combine(run.Checkpoints, "best.safetensors");

    /// <summary>The weights that a finished run speaks with: the best, where they are asked for and there are any, or the last.</summary>
    /// <exception cref="ExperimentException">There is none yet (exit code 5).</exception>
    public static string ToEvaluate(RunDirectory run, EvaluateFromName from)
    {
        bool best = from == EvaluateFromName.Best && File.Exists(Best(run));
        return (
                best ? Best(run)
                : Stored(run) is [var newest, ..] ? newest
                : null
            )
            ?? throw new ExperimentException(
                ExitCode.Checkpoint,
                $"{run.FullPath} has no checkpoint yet; train it with: vae resume {run.FullPath}"
            );
    }

    /// <summary>The newest checkpoint that is sound; null where none was stored. A damaged one is named and set aside, if there is one before it.</summary>
    /// <exception cref="ExperimentException">The only one there is, or the last that is left, is damaged (exit code 5).</exception>
    public static string? Newest(RunDirectory run, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        IReadOnlyList<string> stored = Stored(run);
        foreach (var (i, path) in stored.Index())
        {
            try
            {
                _ = StepOf(path);
                return path;
            }
            catch (ExperimentException e) when (e.InnerException is CorruptFileException && i + 1 < stored.Count)
            {
                string aside = path + ".damaged";
                File.Move(path, aside, overwrite: true);
                say($"{e.Message}; it's set aside as {Path.GetFileName(aside)}, and the one before it is used");
            }
        }

        return null;
    }

    /// <summary>Makes room for a new <see cref="Last"/>: the one there, of that step, gets its step's name, and of the older ones so many stay.</summary>
    public static void Rotate(RunDirectory run, long step, int earlier)
    {
        if (earlier > 0 && File.Exists(Last(run)))
        {
            File.Move(Last(run), Of(run, step), overwrite: true);
        }

        foreach (string old in Earlier(run).Skip(earlier))
        {
            File.Delete(old);
        }
    }

    /// <summary>Stores everything.</summary>
    public static void Save(
        string path,
        LatentVariableModel model,
        optim.Optimizer optimizer,
        WeightAverage? average,
        TrainingState state
    )
    {
        Dictionary<string, Tensor> tensors = Weights(model);
        foreach (var (name, value) in ((IOptimizerState)optimizer).StateTensors())
        {
            tensors[Optimizer + name] = value;
        }

        foreach (var (name, value) in average?.Tensors() ?? new Dictionary<string, Tensor>())
        {
            tensors[Average + name] = value;
        }

        StateFile.Save(path, tensors, state.ToMetadata());
    }

    /// <summary>Stores the weights and their step.</summary>
    public static void SaveWeights(string path, LatentVariableModel model, long step) =>
        StateFile.Save(path, Weights(model), new Dictionary<string, string> { ["step"] = $"{step}" });

    /// <summary>Puts everything back.</summary>
    /// <exception cref="ExperimentException">The file is damaged or of another model (exit code 5).</exception>
    public static TrainingState Load(
        string path,
        LatentVariableModel model,
        optim.Optimizer optimizer,
        WeightAverage? average
    ) =>
        Read(
            path,
            file =>
            {
                TrainingState state = TrainingState.FromMetadata(file.Metadata);
                model.load_state_dict(Part(file, Model));
                ((IOptimizerState)optimizer).LoadStateTensors(Part(file, Optimizer));
                average?.Load(Part(file, Average));
                return state;
            }
        );

    /// <summary>Puts the weights back, the averaged ones where there are any, and gives their step.</summary>
    /// <exception cref="ExperimentException">The file is damaged or of another model (exit code 5).</exception>
    public static long LoadWeights(string path, LatentVariableModel model) =>
        Read(
            path,
            file =>
            {
                Dictionary<string, Tensor> weights = Part(file, Model);
                foreach (var (name, average) in Part(file, Average))
                {
                    weights[name] = average;
                }

                model.load_state_dict(weights);
                return StepOf(file);
            }
        );

    /// <summary>The step at which a checkpoint was stored.</summary>
    /// <exception cref="ExperimentException">The file is damaged (exit code 5).</exception>
    public static long StepOf(string path) => Read(path, StepOf);

    // All but the best weights, the newest first.
    private static IReadOnlyList<string> Stored(RunDirectory run) =>
        File.Exists(Last(run)) ? [Last(run), .. Earlier(run)] : [.. Earlier(run)];

    private static IEnumerable<string> Earlier(RunDirectory run) =>
        Directory.Exists(run.Checkpoints)
            ? Directory.EnumerateFiles(run.Checkpoints, "step=*.safetensors").OrderDescending(StringComparer.Ordinal)
            : [];

    private static long StepOf(StateFile file) =>
        file.Metadata.TryGetValue("step", out string? text)
        && long.TryParse(text, CultureInfo.InvariantCulture, out long step)
            ? step
            : throw new FormatException("it doesn't say its step");

    private static Dictionary<string, Tensor> Weights(LatentVariableModel model) =>
        model.state_dict().ToDictionary(p => Model + p.Key, p => p.Value);

    private static Dictionary<string, Tensor> Part(StateFile file, string prefix) =>
        file
            .Tensors.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value);

    private static T Read<T>(string path, Func<StateFile, T> use)
    {
        using var scope = NewDisposeScope();
        try
        {
            return use(StateFile.Load(path));
        }
        catch (CorruptFileException e)
        {
            throw new ExperimentException(ExitCode.Checkpoint, $"checkpoint {path} is damaged: {e.Message}", e);
        }
        catch (Exception e)
            when (e is FormatException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new ExperimentException(
                ExitCode.Checkpoint,
                $"checkpoint {path} doesn't fit this config: {e.Message}",
                e
            );
        }
    }
}
