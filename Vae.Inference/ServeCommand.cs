using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Net;
using Microsoft.ML.OnnxRuntime;
using Vae.Inference.Repository;

namespace Vae.Inference;

/// <summary>vae serve: the command line of the service.</summary>
internal static class ServeCommand
{
    private const int Failure = 1;
    private const int Usage = 2;
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
        var port = Option("--port", "Port to listen at; 0: any free one", d.Port);
        var device = Option("--device", "cpu or cuda", "cpu");
        var threads = Option("--threads", "Threads that compute one batch", d.Threads);
        var token = new Option<string?>("--token")
        {
            Description = $"Ask for it: Authorization: Bearer TOKEN. {TokenVariable} sets it unseen by other users",
        };
        var maxBatch = Option("--max-batch", "Compute requests together up to so many rows; 1: each alone", d.MaxBatch);
        var maxRows = Option("--max-rows", "Rows that one request may have", d.MaxRows);
        var maxDelay = Option("--max-delay", "Milliseconds that a batch waits for more requests", 0.0);
        var queue = Option("--queue", "Requests that may wait for a model; more are turned away with 429", d.QueueSize);
        var timeout = Option("--timeout", "Seconds that a request may wait", d.Timeout.TotalSeconds);
        var maxBody = Option("--max-body", "Bytes of a request's body, decompressed too", d.MaxBody);
        var bodyTimeout = Option("--body-timeout", "Seconds that a body may take", d.BodyTimeout.TotalSeconds);
        var drain = Option(
            "--drain-delay",
            "After SIGTERM: seconds in which requests are still taken",
            d.DrainDelay.TotalSeconds
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
        AtLeast(1, threads, maxBatch, maxRows, queue, maxBody);
        AtLeast(0, port);
        foreach (Option<double> seconds in new[] { maxDelay, timeout, bodyTimeout, drain })
        {
            seconds.Validators.Add(r =>
                Check(r, r.GetValueOrDefault<double>() is >= 0 and <= 86400, "from 0 to 86400")
            );
        }

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

    private static void AtLeast(int least, params Option<int>[] options)
    {
        foreach (Option<int> option in options)
        {
            option.Validators.Add(r => Check(r, r.GetValueOrDefault<int>() >= least, $"at least {least}"));
        }
    }

    private static void Check(OptionResult result, bool right, string allowed)
    {
        if (!right)
        {
            result.AddError($"{result.Option.Name} is {allowed}, not {string.Join(' ', result.Tokens)}");
        }
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine($"vae: {message}");
        return code;
    }
}
