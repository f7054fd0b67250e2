using System.CommandLine;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae CONFIG [key=value ...]: trains, evaluates and stores.</summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var overrides = CommonOptions.Overrides();
        var runs = CommonOptions.Runs();
        var plain = CommonOptions.Plain();
        var smoke = new Option<bool>("--smoke")
        {
            Description = "At most 10 steps on a few images: shows that everything works",
        };
        var print = new Option<bool>("--print-config") { Description = "Print the resolved config and stop" };
        var command = new Command("run", "Train, evaluate and store what a config declares")
        {
            config,
            overrides,
            runs,
            plain,
            smoke,
            print,
        };
        command.SetAction(parsed =>
        {
            string[] changes = parsed.GetValue(overrides) ?? [];
            ExperimentConfig declared = ConfigFile.Load(parsed.GetRequiredValue(config), changes);
            ExperimentConfig resolved = parsed.GetValue(smoke) ? ConfigFile.Smoke(declared) : declared;
            if (parsed.GetValue(print))
            {
                Console.Out.Write(resolved.ToToml());
                return;
            }

            TerminalProgress progress = TerminalProgress.ForStandardError(parsed.GetValue(plain));
            foreach (string warning in ConfigFile.Warnings(resolved))
            {
                progress.Say($"warning: {warning}");
            }

            using var experiment = new Experiment(resolved, progress);
            string root = RunsRoot.Resolve(parsed.GetValue(runs), Environment.CurrentDirectory);
            RunDirectory run = experiment.CreateRun(root, changes, Environment.GetCommandLineArgs());
            progress.Say($"run {run.FullPath}");
            experiment.Run(run);
            Closing.Say(run, parsed.GetValue(runs));
        });
        return command;
    }
}
