using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using Vae.Inference.Repository;

namespace Vae.Inference;

/// <summary>vae serve: the command line of the service.</summary>
internal static class ServeCommand
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const double Day = 86400;
    private const string TokenVariable = "VAE_TOKEN";

    public static int Invoke(string[] args)
    {
        ServiceOptions d = new() { Folders = [] };
        var folders = new Argument<string[]>("MODELS")
        {
            Description = "Folders of models, as `vae export` makes them, or run directories",
            Arity = ArgumentArity.OneOrMore,
        };
        var host = Option(
            "--host",
            "Address to listen at; other machines reach it unless it is the loopback's",
            d.Host
        );
        var port = Number("--port", "Port to listen at; 0: any free one", d.Port, 0, 65535);
        var device = Option("--device", "cpu or cuda", "cpu");
        var threads = Number("--threads", "Threads that compute one batch", d.Threads, 1);
        var token = new Option<string?>("--token")
        {
            Description = $"Ask for it: Authorization: Bearer TOKEN. {TokenVariable} sets it unseen by other users",
        };
        var maxBatch = Number(
            "--max-batch",
            "Compute requests together up to so many rows; 1: each alone",
            d.MaxBatch,
            1
        );
        var maxRows = Number("--max-rows", "Rows that one request may have", d.MaxRows, 1);
        var maxDelay = Number("--max-delay", "Milliseconds that a batch waits for more requests", 0.0, 0, Day);
        var queue = Number(
            "--queue",
            "Requests that may wait for a model; more are turned away with 429",
            d.QueueSize,
            1
        );
        var timeout = Number("--timeout", "Seconds that a request may wait", d.Timeout.TotalSeconds, 0, Day);
        var maxBody = Number("--max-body", "Bytes of a request's body, decompressed too", d.MaxBody, 1);
        var bodyTimeout = Number("--body-timeout", "Seconds that a body may take", d.BodyTimeout.TotalSeconds, 0, Day);
        var drain = Number(
            "--drain-delay",
            "After SIGTERM: seconds in which requests are still taken",
            d.DrainDelay.TotalSeconds,
            0,
            Day
        );
        var loading = Option("--allow-loading", "Models may be loaded and unloaded over HTTP", false);
        var logRequests = Option("--log-requests", "Log every request, not those alone that are refused", false);
        Option[] options =
        [
            host,
            port,
            device,
            threads,
            token,
            maxBatch,
            maxRows,
            maxDelay,
            queue,
            timeout,
            maxBody,
            bodyTimeout,
            drain,
            loading,
            logRequests,
        ];
        var root = new Command(
            "serve",
            "Serves exported models over HTTP by the Open Inference Protocol v2, and as pictures"
        )
        {
            new HelpOption(),
            folders,
        };
        foreach (Option option in options)
        {
            root.Options.Add(option);
        }

        root.SetAction(
            (parsed, _) =>
                RunAsync(
                    new ServiceOptions
                    {
                        Folders = parsed.GetRequiredValue(folders),
                        Host = parsed.GetRequiredValue(host),
                        Port = parsed.GetRequiredValue(port),
                        Cuda = parsed.GetRequiredValue(device) == "cuda",
                        Threads = parsed.GetRequiredValue(threads),
                        Token = parsed.GetValue(token) ?? Environment.GetEnvironmentVariable(TokenVariable),
                        MaxBatch = parsed.GetRequiredValue(maxBatch),
                        MaxRows = parsed.GetRequiredValue(maxRows),
                        MaxDelay = TimeSpan.FromMilliseconds(parsed.GetRequiredValue(maxDelay)),
                        QueueSize = parsed.GetRequiredValue(queue),
                        Timeout = TimeSpan.FromSeconds(parsed.GetRequiredValue(timeout)),
                        MaxBody = parsed.GetRequiredValue(maxBody),
                        BodyTimeout = TimeSpan.FromSeconds(parsed.GetRequiredValue(bodyTimeout)),
                        DrainDelay = TimeSpan.FromSeconds(parsed.GetRequiredValue(drain)),
                        AllowLoading = parsed.GetRequiredValue(loading),
                        LogRequests = parsed.GetRequiredValue(logRequests),
                    }
                )
        );
        device.AcceptOnlyFromAmong("cpu", "cuda");
        ParseResult result = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return result.Errors.Count == 0
            ? result.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            )
            : Fail(Usage, string.Join('\n', result.Errors.Select(e => e.Message).Append("See: vae serve --help")));
    }

    private static async Task<int> RunAsync(ServiceOptions options)
    {
        if (Problem(options) is { } problem)
        {
            return Fail(Usage, problem);
        }

        try
        {
            await using Service service = await Service.StartAsync(options);
            Console.Out.WriteLine($"listening at {service.Address}");
            await service.Ready;
            if (service.ModelCount == 0 && !options.AllowLoading)
            {
                return Fail(Failure, "none of the models could be loaded; the log above says why");
            }

            Console.Out.WriteLine($"ready: {service.ModelCount} models; pictures and sliders at {service.Address}");
            await service.WaitForShutdownAsync();
            return 0;
        }
        catch (IOException e)
        {
            return Fail(Failure, e.Message); // the port is taken, for example
        }
    }

    // What can be known before listening.
    private static string? Problem(ServiceOptions options)
    {
        if (options.Host != "localhost" && !IPAddress.TryParse(options.Host, out _))
        {
            return $"--host {options.Host} is no address; 127.0.0.1 is this machine alone, 0.0.0.0 every network of it";
        }

        if (options.Folders.FirstOrDefault(f => !Directory.Exists(f)) is { } missing)
        {
            return $"there is no folder {missing}; `vae export RUN_DIR` makes one of a run's models";
        }

        var found = options.Folders.SelectMany(f => ModelFile.All(ModelFile.Root(f)).DistinctBy(m => m.Name)).ToList();
        if (found.Count == 0 && !options.AllowLoading)
        {
            return $"no model in {string.Join(", ", options.Folders)}: <name>/<version>/model.onnx is looked for; `vae export RUN_DIR` makes them";
        }

        if (found.GroupBy(m => m.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            return $"the model '{twice.Key}' is in two of the folders";
        }

        try
        {
            using SessionOptions _ = SessionSettings.Create(options);
            return null;
        }
        catch (OnnxRuntimeException e)
        {
            return $"--device cuda: {e.Message}";
        }
    }

    private static Option<T> Option<T>(string name, string description, T value) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<int> Number(string name, string description, int value, int least) =>
        Number(name, description, value, least, int.MaxValue, $"at least {least}");

    private static Option<T> Number<T>(string name, string description, T value, T least, T most)
        where T : INumber<T> => Number(name, description, value, least, most, $"from {least} to {most}");

    private static Option<T> Number<T>(string name, string description, T value, T least, T most, string allowed)
        where T : INumber<T> =>
        new(name)
        {
            Description = description,
            DefaultValueFactory = _ => value,
            CustomParser = given =>
            {
                string text = given.Tokens.Single().Value;
                if (!T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out T? number))
                {
                    given.AddError($"{name} is a {(value is int ? "whole " : "")}number, not {text}");
                    return value;
                }

                if (!(number >= least && number <= most))
                {
                    given.AddError($"{name} is {allowed}, not {text}");
                }

                return number;
            },
        };

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine($"vae: {message}");
        return code;
    }
}
