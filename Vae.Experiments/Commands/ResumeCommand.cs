using System.CommandLine;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae resume RUN_DIR: goes on from the newest sound checkpoint, or from the start where there is none; with train.epochs= or train.steps= further than it was to go.</summary>
internal static class ResumeCommand
{
    internal static Command Create()
    {
        var directory = CommonOptions.RunDirectory();
        var overrides = CommonOptions.Overrides();
        overrides.Description = "train.epochs=N or train.steps=N, to train longer than the run was to";
        var plain = CommonOptions.Plain();
        var command = new Command("resume", "Go on with a run from its newest checkpoint")
        {
            directory,
            overrides,
            plain,
        };
        command.SetAction(parsed =>
        {
            RunDirectory run = RunDirectory.Open(parsed.GetRequiredValue(directory));
            TerminalProgress progress = TerminalProgress.ForStandardError(parsed.GetValue(plain));
            string[] changes = parsed.GetValue(overrides) ?? [];
            ExperimentConfig config = ConfigFile.Load(run.Config, []);
            RunStatus status = run.ReadStatus();
            if (changes.Length > 0)
            {
                config = Longer(config, changes, ConfigFile.Load(run.Config, changes), status);
            }
            else if (status.State == RunState.Completed)
            {
                progress.Say(
                    "this run is complete; there is nothing to resume (a larger train.epochs= or train.steps= extends it)"
                );
                Closing.Say(run);
                return;
            }

            using var experiment = new Experiment(config, progress);
            experiment.Run(run, changes);
            Closing.Say(run);
        });
        return command;
    }

    // A run is one training: only its length may grow. What evaluations take of memory is another matter.
    private static ExperimentConfig Longer(
        ExperimentConfig old,
        string[] changes,
        ExperimentConfig changed,
        RunStatus status
    )
    {
        TrainConfig now = changed.Train;
        TrainConfig before = old.Train;
        string? problem =
            changed with
            {
                MemoryGb = old.MemoryGb,
                Train = now with { Epochs = before.Epochs, Steps = before.Steps },
            } != old
                ? "a stored run may only be made longer, by train.epochs= or train.steps=; for any other change start a run of its own"
            : (now.Epochs is null) != (before.Epochs is null)
                ? $"this run's length is given in {(before.Epochs is null ? "steps: train.steps=" : "epochs: train.epochs=")}"
            : (now.Epochs ?? now.Steps) <= (before.Epochs ?? before.Steps) && (now != before || changed == old)
                ? $"this run is to have {before.Epochs ?? before.Steps} {(before.Epochs is null ? "steps" : "epochs")} as it is; only a larger number extends it"
            : status is { State: RunState.Completed, Reason: "early stopping" }
                ? "this run was ended by early stopping, which a larger number doesn't change"
            : null;
        return problem is null
            ? changed
            : throw new ExperimentException(ExitCode.Usage, $"{string.Join(' ', changes)}: {problem}");
    }
}
