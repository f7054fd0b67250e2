using System.Diagnostics;
using System.Globalization;
using TorchSharp.Modules;
using Vae.Core;
using Vae.Core.Estimators;
using Vae.Core.Graphs;
using Vae.Core.Models;
using Vae.Core.Objectives;
using Vae.Experiments.Data;
using Vae.Experiments.Evaluation;
using Vae.Experiments.Training;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Benchmarks;

/// <summary>Times steps of a model: whole optimizer steps as the trainer takes them, or the bound of a batch with K = 128 samples, without gradients.</summary>
public static class StepBenchmark
{
    private const int Samples = 128;

    /// <summary>Runs the steps, on images of which so many pixels of a hundred are white, and gives the medians.</summary>
    public static BenchmarkResult Run(
        BenchmarkModel benchmark,
        string mode,
        int threads,
        int? batchSize,
        int steps,
        int warmup,
        int white
    )
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        int batch = batchSize ?? (mode == "train" ? benchmark.Batch : benchmark.BoundBatch);
        set_num_threads(threads);
        using var outer = NewDisposeScope();
        VariationalAutoencoder model = benchmark.Build();
        model.train(mode == "train");
        Initialisation.Draw(model, 0);
        Parameter[] parameters = [.. model.parameters()];
        using var optimizer = mode == "train" ? benchmark.Optimizer(model.named_parameters()) : null;
        var objective = new Elbo(benchmark.Samples, closedFormKl: false, Reduction.Sum);
        var graph = new TensorGraph();
        using DeviceSplit split = Noise(white / 100.0);
        ImportanceSampling? sampling = mode == "train" ? null : Sampling();
        var times = new List<double>();
        double loss = 0;
        long live = 0;
        double firstStep = 0;
        for (int step = 0; step < warmup + steps; step++)
        {
            long start = Stopwatch.GetTimestamp();
            Step(step);
            if (step >= warmup)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            if (step == 0)
            {
                firstStep = (DateTimeOffset.UtcNow - Started()).TotalSeconds;
            }

            live =
                step == (warmup + steps > 101 ? 100 : 0) ? DisposeScopeManager.Statistics.ThreadTotalLiveCount : live;
        }

        live = DisposeScopeManager.Statistics.ThreadTotalLiveCount - live;
        double peak = PeakMegabytes();
        times.Sort();
        double ms = times[times.Count / 2];
        int profiled = Math.Clamp((int)(500 / ms), 1, steps);
        long begin = Stopwatch.GetTimestamp();
        var profile = OperatorProfile.Of(() =>
        {
            for (int step = 0; step < profiled; step++)
            {
                Step(warmup + steps + step);
            }
        });
        double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        return new BenchmarkResult(
            benchmark.Name,
            mode,
            "cpu",
            threads,
            batch,
            Math.Round(ms, 3),
            Math.Round(1e3 * batch / ms, 1),
            parameters.Sum(p => p.numel()),
            Math.Round(loss, 3),
            __version__,
            Math.Round(peak, 1),
            live,
            Math.Round(firstStep, 2),
            Math.Round(profile.MatrixSeconds / seconds, 3),
            Math.Round(profile.FloatingPointOperations / profiled / (ms / 1e3) / OperatorProfile.MachineRate(), 3)
        )
        {
            Operators =
            [
                .. profile.Operators.Select(o => new OperatorShare(
                    o.Name,
                    Math.Round((double)o.Calls / profiled, 1),
                    Math.Round(o.Seconds / seconds, 4)
                )),
            ],
        };

        void Step(int step)
        {
            using var scope = NewDisposeScope();
            Tensor rows = PhiloxTensor
                .Uniform(new PhiloxKey(0, 2), step, zeros([1], ScalarType.Int64), 0, 1, batch)
                .view(batch)
                .mul_(1024)
                .@long();
            Tensor x = split.Take(rows, new PhiloxKey(0, 3), step);
            loss = sampling?.Run(x, rows, Samples, step).Average(s => s.LogLikelihood) ?? Train(step, x, rows);
        }

        // With as many samples at once as a run would draw.
        ImportanceSampling Sampling()
        {
            using var scope = NewDisposeScope();
            var noise = new PhiloxKey(0, 4);
            Tensor rows = zeros([2], ScalarType.Int64);
            double each = new ImportanceSampling(model, noise).BytesOfASample(
                split.Take(rows, new PhiloxKey(0, 3), 0),
                rows
            );
            return new ImportanceSampling(model, noise, EvaluationMemory.Rows(each, double.MaxValue));
        }

        double Train(long step, Tensor x, Tensor rows)
        {
            Tensor noise = PhiloxTensor.Normal(new PhiloxKey(0, 4), step, rows, 0, objective.Samples, model.NoiseSize);
            Tensor bound = objective.Bound(model.Terms(graph, x, noise));
            optimizer!.zero_grad();
            objective.Loss(bound).backward();
            double value = -bound.mean().item<float>();
            if (double.IsFinite(value) && Gradients.AreFinite(parameters))
            {
                optimizer.step();
            }

            return value;
        }
    }

    private static DateTimeOffset Started()
    {
        using Process process = Process.GetCurrentProcess();
        return process.StartTime;
    }

    // 1,024 images of noise, binarised anew for every batch: twice the share that is white are grey of any shade, the others black.
    private static DeviceSplit Noise(double white)
    {
        using Tensor u = PhiloxTensor.Uniform(new PhiloxKey(0, 1), 0, arange(1024, ScalarType.Int64), 0, 1, 784);
        byte[] pixels = [.. u.data<float>().Select(value => (byte)Math.Max(0, 256 * (1 - (1 - value) / (2 * white))))];
        return new DeviceSplit(new Split("noise", 1024, pixels, null, null), 784, Binarisation.Dynamic, CPU);
    }

    private static double PeakMegabytes() =>
        File.ReadLines("/proc/self/status")
            .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Select(line =>
                double.Parse(
                    line.Split(':')[1].Replace("kB", "", StringComparison.Ordinal),
                    CultureInfo.InvariantCulture
                ) / 1024
            )
            .FirstOrDefault();
}
