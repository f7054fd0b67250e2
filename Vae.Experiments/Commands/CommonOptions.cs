using System.CommandLine;
using System.CommandLine.Parsing;
using Vae.Experiments.Config;

namespace Vae.Experiments.Commands;

/// <summary>The options that several commands share, each made anew for its command.</summary>
internal static class CommonOptions
{
    internal static Option<string?> Runs() =>
        new("--runs") { Description = "Folder of the run directories", HelpName = "DIR" };

    internal static Option<bool> Json() => new("--json") { Description = "Print JSON on stdout" };

    internal static Option<bool> Plain() => new("--plain") { Description = "No live bar: a plain line now and then" };

    internal static Argument<string> Config() =>
        new("config") { Description = "A TOML file, such as configs/quickstart.toml" };

    internal static Argument<string> RunDirectory() =>
        new("run") { Description = "A run directory, such as runs/quickstart/20260102-030405-1a2b" };

    internal static Argument<string[]> Overrides()
    {
        var overrides = new Argument<string[]>("overrides")
        {
            Description = "Changes to the config: key=value, +key=value, ~key",
            Arity = ArgumentArity.ZeroOrMore,
        };
        overrides.Validators.Add(found =>
        {
            IEnumerable<string> known = ((CommandResult)found.Parent!).Command.Options.Select(option => option.Name);
            foreach (string word in found.Tokens.Select(t => t.Value).Where(t => t.StartsWith('-')))
            {
                found.AddError($"unknown option '{word}'.{NearestName.Hint(word, known)}");
            }
        });
        return overrides;
    }
}
