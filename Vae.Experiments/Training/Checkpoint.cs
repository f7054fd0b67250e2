using System.Globalization;
using Vae.Core.Models;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>A run's stored weights: <c>last</c> with the optimizer, the averaged weights and the state of training, <c>best</c> the weights alone.</summary>
/// <remarks>Sealed safetensors; no time, host or run id in them, so equal runs have equal bytes.</remarks>
public static class Checkpoint
{
    private const string Model = "model.";
    private const string Optimizer = "optimizer.";
    private const string Average = "average.";

    /// <summary>The newest checkpoint of a run.</summary>
    public static string Last(RunDirectory run) => Path.Combine(run.Checkpoints, "last.safetensors");

    /// <summary>The weights of the best validation.</summary>
    public static string Best(RunDirectory run) => Path.Combine(run.Checkpoints, "best.safetensors");

    /// <summary>The weights that a finished run speaks with: the best, where they are asked for and there are any, or the last.</summary>
    /// <exception cref="ExperimentException">There is none yet (exit code 5).</exception>
    public static string ToEvaluate(RunDirectory run, EvaluateFromName from)
    {
        bool best = from == EvaluateFromName.Best && File.Exists(Best(run));
        string weights = best ? Best(run) : Last(run);
        return File.Exists(weights)
            ? weights
            : throw new ExperimentException(
                ExitCode.Checkpoint,
                $"{run.FullPath} has no checkpoint yet; train it with: vae resume {run.FullPath}"
            );
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
