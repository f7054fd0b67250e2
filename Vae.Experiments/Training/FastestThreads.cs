using System.Diagnostics;
using TorchSharp.Modules;
using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Core.Objectives;
using Vae.Experiments.Config;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Training;

/// <summary>With how many threads a training step takes the least time: measured, since more are slower where matrices are small.</summary>
public static class FastestThreads
{
    private const int Steps = 5; // that count, after one that doesn't

    /// <summary>Tries 1, 2, 4, ... threads up to the number of cores, leaves the fastest set, and returns it. The model that it tries with is its own.</summary>
    public static int For(
        ExperimentConfig config,
        IReadOnlyList<int> shape,
        DeviceSplit train,
        Device device,
        IProgressReporter progress
    )
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(progress);
        using LatentVariableModel model = ModelFactory.Build(config.Model, shape, device, (uint)config.Seed);
        Objective objective = ObjectiveFactory.Build(config.Objective);
        objective.Graph = new TensorGraph { Factors = config.Train.Precision.Factors() };
        var streams = new Streams((uint)config.Seed);
        int cores = Environment.ProcessorCount;
        IEnumerable<int> tried = Enumerable.Range(0, 31).Select(i => 1 << i).TakeWhile(n => n < cores).Append(cores);
        var times = tried.Select(threads => (Threads: threads, Seconds: Median(threads))).ToArray();
        int fastest = times.MinBy(t => t.Seconds).Threads;
        set_num_threads(fastest);
        progress.Say(
            $"threads: {fastest}, the fastest of {string.Join(", ", times.Select(t => $"{t.Threads} ({1e3 * t.Seconds:G3} ms)"))}"
        );
        return fastest;

        double Median(int threads)
        {
            set_num_threads(threads);
            double[] seconds = [.. Enumerable.Range(0, 1 + Steps).Select(_ => Step()).Skip(1).Order()];
            return seconds[Steps / 2];
        }

        double Step()
        {
            using var scope = NewDisposeScope();
            long begin = Stopwatch.GetTimestamp();
            Tensor rows = arange(Math.Min(config.Data.BatchSize, train.Count), dtype: ScalarType.Int64, device: device);
            Observed<Tensor> x = train.Observe(rows, streams.Binarise("train"), 0, model, training: true);
            Tensor noise = PhiloxTensor.Normal(streams.Noise("train"), 0, rows, 0, objective.Samples, model.NoiseSize);
            Terms<Tensor> terms = objective.Terms(model, x, noise);
            objective.Backward(objective.Loss(objective.Bound(terms)), terms);
            foreach (Parameter parameter in model.parameters())
            {
                parameter.grad = null;
            }

            return Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
    }
}
