using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Vae.Experiments.Config;
using Vae.Primitives;
using Vae.Torch;

namespace Vae.Experiments.Commands;

/// <summary>The program's commands, and the way from failures to exit codes and sentences.</summary>
public static class CommandLine
{
    /// <summary>Runs the command line; <c>vae CONFIG</c> is <c>vae run CONFIG</c>.</summary>
    public static int Invoke(IReadOnlyList<string> args)
    {
        var root = new Command(
            "vae",
            "VaeResearch: declare a variational autoencoder in TOML, train it, and trust its likelihood. vae CONFIG is vae run CONFIG; vae serve MODELS serves exported models; vae test runs the tests."
        )
        {
            new HelpOption(),
            new VersionOption(),
            RunCommand.Create(),
            ResumeCommand.Create(),
            SweepCommand.Create(),
            EvaluateCommand.Create(),
            PictureCommands.Sample(),
            PictureCommands.Reconstruct(),
            PictureCommands.Traverse(),
            ResultsCommand.Create(),
            CompareCommand.Create(),
            RunsCommand.Create(),
            SqlCommand.Create(),
            WatchCommand.Create(),
            ReportCommand.Create(),
            DescribeCommand.Create(),
            DataCommand.Create(),
            BenchCommand.Create(),
            ExportCommand.Create(),
        };
        string[] words = [.. args];
        if (words is [var first, ..] && !first.StartsWith('-') && root.Subcommands.All(c => c.Name != first))
        {
            if (!first.EndsWith(".toml", StringComparison.Ordinal) && !File.Exists(first))
            {
                return Fail(ExitCode.Usage, Unknown(first, [.. root.Subcommands.Select(c => c.Name), "serve", "test"]));
            }

            words = ["run", .. words];
        }

        ParseResult parsed = root.Parse(
            words.Length == 0 ? ["--help"] : words,
            new ParserConfiguration { ResponseFileTokenReplacer = null }
        );
        if (parsed.Errors.Count > 0)
        {
            string help =
                $"See: vae {(parsed.CommandResult.Command == root ? "" : parsed.CommandResult.Command.Name + " ")}--help";
            return Fail(
                ExitCode.Usage,
                string.Join('\n', parsed.Errors.Select(e => e.Message).Distinct().Append(help))
            );
        }

        try
        {
            return parsed.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }
            );
        }
        catch (ExperimentException e)
        {
            return Fail(e.Code, e.Message);
        }
        catch (CorruptFileException e)
        {
            return Fail(ExitCode.Checkpoint, e.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail(ExitCode.Interrupted, "interrupted");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or TorchException)
        {
            return Fail(ExitCode.Failure, e.Message);
        }
        catch (Exception e)
        {
            return Fail(ExitCode.Failure, $"a defect of the program, worth a report: {e}");
        }
    }

    private static string Unknown(string word, IReadOnlyList<string> known)
    {
        string? near = NearestName.Of(word, known);
        string guess = near is null ? "" : $" Did you mean '{near}'?";
        return $"unknown command '{word}', and no config of that name.{guess} Commands: {string.Join(", ", known)}; or a config: vae configs/quickstart.toml";
    }

    private static int Fail(ExitCode code, string message)
    {
        Console.Error.WriteLine($"vae: {message}");
        return (int)code;
    }
}
