using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Vae.Experiments.Benchmarks;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae bench MODEL: the speed of training steps or of the importance-weighted bound; with --peer beside PyTorch's.</summary>
internal static class BenchCommand
{
    private const string All = "all";
    private static readonly JsonSerializerOptions format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
    };

    internal static Command Create()
    {
        var model = new Argument<string>("model")
        {
            Description =
                "mlp: mean-field; mlp-iaf: with two inverse autoregressive flows; dense: one hidden layer, 5 samples; resnet: residual encoder and decoder; resnet-iaf: with eight wide flows; all",
        };
        model.AcceptOnlyFromAmong([.. BenchmarkModel.All.Select(m => m.Name), All]);
        var mode = new Option<string?>("--mode")
        {
            Description =
                "train: optimizer steps; bound: importance-weighted bound, K = 128; with --peer both unless given",
        };
        mode.AcceptOnlyFromAmong("train", "bound");
        var threads = Whole("--threads", "Threads; 1, or with --peer 1 and 2, unless given", null);
        var batch = Whole("--batch", "Images in a batch; the model's own unless given", null);
        var steps = Whole("--steps", "Steps that count", 50);
        var warmup = Whole("--warmup", "Steps before them", 10, least: 0);
        var white = Whole(
            "--white",
            "Of a hundred pixels so many are white: MNIST's 13, or the script's 50",
            13,
            most: 50
        );
        var profile = new Option<bool>("--profile") { Description = "Also what a step's time consists of" };
        var peer = new Option<string?>("--peer")
        {
            Description = "A PyTorch script that does the same work: both in turn, as often as --pairs says",
            HelpName = "SCRIPT",
        };
        var pairs = Whole("--pairs", "With --peer: how many pairs", 5);
        var seconds = Whole("--seconds", "With --peer: how long each takes, about", 4);
        var publish = new Option<bool>("--publish")
        {
            Description = "With --peer: into docs/performance.md and docs/performance.parquet",
        };
        var json = CommonOptions.Json();
        var command = new Command("bench", "Measure speed")
        {
            model,
            mode,
            threads,
            batch,
            steps,
            warmup,
            white,
            profile,
            peer,
            pairs,
            seconds,
            publish,
            json,
        };
        command.Validators.Add(result =>
        {
            bool Given(Option option) => result.GetResult(option) is { Implicit: false };
            Option[] idle = Given(peer) ? [batch, steps, warmup, profile] : [pairs, seconds, publish];
            if (idle.FirstOrDefault(Given) is { } option)
            {
                result.AddError($"{option.Name} says nothing {(Given(peer) ? "with" : "without")} --peer.");
            }
        });
        command.SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(model);
            List<BenchmarkModel> models = [.. BenchmarkModel.All.Where(m => name is All || m.Name == name)];
            string? root = parsed.GetValue(publish) ? Checkout() : null;
            if (parsed.GetValue(peer) is { } script)
            {
                var comparison = new PeerComparison(
                    script,
                    parsed.GetValue(pairs)!.Value,
                    parsed.GetValue(seconds)!.Value,
                    parsed.GetValue(white)!.Value,
                    Console.Error.WriteLine
                );
                var (rows, last) = comparison.Run(
                    models,
                    parsed.GetValue(mode) is { } only ? [only] : ["train", "bound"],
                    parsed.GetValue(threads) is { } given ? [given] : [1, 2]
                );
                Console.Out.Write(
                    parsed.GetValue(json)
                        ? JsonSerializer.Serialize(rows, format) + "\n"
                        : PerformancePage.Tables(rows, last)
                );
                if (root is not null)
                {
                    PerformancePage.Publish(rows, last, root);
                }

                return;
            }

            foreach (BenchmarkModel each in models)
            {
                BenchmarkResult result = StepBenchmark.Run(
                    each,
                    parsed.GetValue(mode) ?? "train",
                    parsed.GetValue(threads) ?? 1,
                    parsed.GetValue(batch),
                    parsed.GetValue(steps)!.Value,
                    parsed.GetValue(warmup)!.Value,
                    parsed.GetValue(white)!.Value
                );
                Console.Out.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(result, format) : Line(result));
                if (parsed.GetValue(profile))
                {
                    Console.Error.Write(Operators(result));
                }
            }
        });
        return command;
    }

    // Before anything is measured: where it is to be published.
    private static string Checkout() =>
        RepositoryRoot.Above(Directory.GetCurrentDirectory())
        ?? throw new ExperimentException(ExitCode.Usage, "--publish works inside the repository only.");

    private static string Line(BenchmarkResult result) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Model} {result.Mode}: {result.Ms} ms a step, {result.ImagesPerS} images/s, {result.Threads} threads, {result.MatrixShare:P0} in matrix products, peak {result.PeakRssMb} MB"
        );

    private static string Operators(BenchmarkResult result)
    {
        double named = result.Operators.Sum(o => o.Share);
        return TextTable.Of(
            new QueryResult(
                ["operator", "calls", "percent"],
                [
                    .. result.Operators.Take(25).Select(o => new object?[] { o.Name, o.Calls, Percent(o.Share) }),
                    ["all other operators", null, Percent(result.Operators.Skip(25).Sum(o => o.Share))],
                    ["outside of operators", null, Percent(1 - named)],
                ]
            )
        );

        static object Percent(double part) => Math.Round(100 * part, 1);
    }

    private static Option<int?> Whole(
        string name,
        string description,
        int? value,
        int least = 1,
        int most = int.MaxValue
    ) =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            CustomParser = given =>
            {
                string text = given.Tokens.Single().Value;
                if (
                    int.TryParse(text, CultureInfo.InvariantCulture, out int number)
                    && number >= least
                    && number <= most
                )
                {
                    return number;
                }

                string bound = most < int.MaxValue ? $"from {least} to {most}" : $"at least {least}";
                given.AddError($"{name} is a whole number, {bound}, not {text}.");
                return value;
            },
        };
}
