using System.CommandLine;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae evaluate RUN_DIR kind=importance samples=1000: estimates on a stored checkpoint.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        var directory = CommonOptions.RunDirectory();
        var keys = new Argument<string[]>("keys")
        {
            Description = "The keys of one [[evaluate]]: kind=importance samples=1000 split=test",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var json = CommonOptions.Json();
        var plain = CommonOptions.Plain();
        var command = new Command("evaluate", "Estimate the likelihood with stored weights")
        {
            directory,
            keys,
            json,
            plain,
        };
        command.SetAction(parsed =>
        {
            RunDirectory run = RunDirectory.Open(parsed.GetRequiredValue(directory));
            string[] given = parsed.GetValue(keys) ?? [];
            string[] changes = given.Length > 0 ? [$"evaluate=[{{{string.Join(", ", given)}}}]"] : [];
            ExperimentConfig config = ConfigFile.Load(run.Config, changes);
            if (config.Evaluate.Count == 0)
            {
                throw new ExperimentException(
                    ExitCode.Usage,
                    $"{run.Config} has no [[evaluate]]; say which here: kind=importance samples=1000"
                );
            }

            using var experiment = new Experiment(config, TerminalProgress.ForStandardError(parsed.GetValue(plain)));
            var rows = experiment.Evaluate(run, config.Evaluate);
            if (parsed.GetValue(json))
            {
                Console.Out.WriteLine(given.Length > 0 ? EstimateJson.Of(rows[0]) : EstimateJson.Of(rows));
            }
            else
            {
                Closing.Say(run);
            }
        });
        return command;
    }
}
