using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vae.Experiments.Benchmarks;

namespace Vae.Experiments.Commands;

/// <summary>vae bench MODEL: the speed of training steps or of the importance-weighted bound, in the fields of the PyTorch peer.</summary>
internal static class BenchCommand
{
    private static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    internal static Command Create()
    {
        var model = new Argument<string>("model")
        {
            Description =
                "mlp: mean-field; mlp-iaf: with two inverse autoregressive flows; dense: one hidden layer, 5 samples; resnet: residual encoder and decoder; resnet-iaf: with eight wide flows",
        };
        model.AcceptOnlyFromAmong([.. BenchmarkModel.All.Select(m => m.Name)]);
        var mode = new Option<string>("--mode")
        {
            Description = "train: optimizer steps; bound: importance-weighted bound, K = 128",
            DefaultValueFactory = _ => "train",
        };
        mode.AcceptOnlyFromAmong("train", "bound");
        var threads = Whole("--threads", "Threads", 1);
        var batch = Whole("--batch", "Images in a batch; 128 unless given, 32 for resnet and resnet-iaf", null);
        var steps = Whole("--steps", "Steps that count", 50);
        var warmup = Whole("--warmup", "Steps before them", 10);
        var json = CommonOptions.Json();
        var command = new Command("bench", "Measure speed") { model, mode, threads, batch, steps, warmup, json };
        command.SetAction(parsed =>
        {
            BenchmarkResult result = StepBenchmark.Run(
                BenchmarkModel.All.Single(m => m.Name == parsed.GetRequiredValue(model)),
                parsed.GetRequiredValue(mode),
                parsed.GetValue(threads)!.Value,
                parsed.GetValue(batch),
                parsed.GetValue(steps)!.Value,
                parsed.GetValue(warmup)!.Value
            );
            Console.Out.WriteLine(
                parsed.GetValue(json)
                    ? JsonSerializer.Serialize(result, format)
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"{result.Model} {result.Mode}: {result.Ms} ms a step, {result.ImagesPerS} images/s, {result.Threads} threads, peak {result.PeakRssMb} MB"
                    )
            );
        });
        return command;
    }

    private static Option<int?> Whole(string name, string description, int? value)
    {
        var option = new Option<int?>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Errors.Any() is false && result.GetValueOrDefault<int?>() < (name == "--warmup" ? 0 : 1))
            {
                result.AddError($"{name} must be at least {(name == "--warmup" ? 0 : 1)}.");
            }
        });
        return option;
    }
}
