using System.CommandLine;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae resume RUN_DIR: goes on from the newest checkpoint, or from the start where there is none.</summary>
internal static class ResumeCommand
{
    internal static Command Create()
    {
        var directory = CommonOptions.RunDirectory();
        var plain = CommonOptions.Plain();
        var command = new Command("resume", "Go on with a run from its newest checkpoint") { directory, plain };
        command.SetAction(parsed =>
        {
            RunDirectory run = RunDirectory.Open(parsed.GetRequiredValue(directory));
            TerminalProgress progress = TerminalProgress.ForStandardError(parsed.GetValue(plain));
            if (run.ReadStatus().State == RunState.Completed)
            {
                progress.Say("this run is complete; there is nothing to resume");
                Closing.Say(run);
                return;
            }

            using var experiment = new Experiment(ConfigFile.Load(run.Config, []), progress);
            experiment.Run(run);
            Closing.Say(run);
        });
        return command;
    }
}
