using System.CommandLine;
using Vae.Experiments.Config;
using Vae.Experiments.Results;
using Vae.Experiments.Sweeps;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>vae sweep CONFIG seed=1,2,3 objective.beta=1,4: a run for each combination, one table; started again, what is unfinished.</summary>
internal static class SweepCommand
{
    internal static Command Create()
    {
        var config = CommonOptions.Config();
        var words = CommonOptions.Overrides();
        words.Description = "Overrides with one value or several: seed=1,2,3 or seed=range(0,5), objective.beta=1,4";
        var runs = CommonOptions.Runs();
        var json = CommonOptions.Json();
        var smoke = new Option<bool>("--smoke") { Description = "At most 10 steps on a few images, each" };
        var jobs = new Option<int?>("--jobs")
        {
            Description = "Runs at a time, which share the threads: 1 without it; of a job array all",
            HelpName = "N",
        };
        jobs.Validators.Add(found =>
        {
            if (found.Tokens is [var token] && !(int.TryParse(token.Value, out int n) && n is >= 1 and <= 1024))
            {
                found.AddError($"--jobs: expected 1 to 1024, found '{token.Value}'");
            }
        });
        var launcher = new Option<string?>("--launcher")
        {
            Description = "slurm: write and submit a job array instead, a task for each run",
            HelpName = "slurm",
        };
        launcher.AcceptOnlyFromAmong("slurm");
        var sbatch = new Option<string[]>("--sbatch")
        {
            Description = "With --launcher slurm: an option of sbatch, such as --sbatch=--time=4:00:00",
            HelpName = "OPTION",
        };
        var task = new Option<int?>("--task")
        {
            Description = "Only the run of that number, from 0: what a job array's tasks do",
            HelpName = "I",
        };
        var plain = CommonOptions.Plain();
        var command = new Command("sweep", "Train every combination of some values; what is finished already is left")
        {
            config,
            words,
            runs,
            jobs,
            launcher,
            sbatch,
            task,
            smoke,
            json,
            plain,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(config);
            string[] given = parsed.GetValue(words) ?? [];
            bool small = parsed.GetValue(smoke);
            var members = SweepGrid
                .Of(given)
                .Select(point => new SweepMember(point, Resolve(path, point, small)))
                .ToList();
            string root = RunsRoot.Resolve(parsed.GetValue(runs), Environment.CurrentDirectory);
            if (parsed.GetValue(launcher) is not null)
            {
                string[] line = ["sweep", ConfigPath.Find(path), .. given, "--runs", root, .. Smoke(small), "--plain"];
                Launch(members, root, line, parsed.GetValue(jobs), parsed.GetValue(sbatch) ?? []);
                return;
            }

            if (parsed.GetValue(task) is { } index)
            {
                members =
                    index >= 0 && index < members.Count
                        ? [members[index]]
                        : throw new ExperimentException(
                            ExitCode.Usage,
                            $"--task {index}: this sweep has runs 0 to {members.Count - 1}"
                        );
            }

            Run(
                members,
                path,
                root,
                Smoke(small),
                parsed.GetValue(jobs) ?? 1,
                parsed.GetValue(json),
                parsed.GetValue(plain)
            );
        });
        return command;
    }

    private static string[] Smoke(bool small) => small ? ["--smoke"] : [];

    private static ExperimentConfig Resolve(string path, SweepPoint point, bool small)
    {
        ExperimentConfig config = ConfigFile.Load(path, point.Overrides);
        return small ? ConfigFile.Smoke(config) : config;
    }

    private static void Run(
        IReadOnlyList<SweepMember> members,
        string path,
        string root,
        string[] options,
        int jobs,
        bool json,
        bool plain
    )
    {
        TerminalProgress progress = TerminalProgress.ForStandardError(plain);
        using var interruption = new Interruption();
        IReadOnlyList<string> failures;
        try
        {
            failures = new Sweep(path, members, root, options, progress).Run(jobs, interruption.Token);
        }
        catch (OperationCanceledException e) when (interruption.Token.IsCancellationRequested)
        {
            throw new ExperimentException(
                interruption.Code,
                "stopped; every run has stored a checkpoint, and the same command goes on",
                e
            );
        }

        QueryResult table = SweepTable.Of(members, root);
        Console.Out.Write(json ? JsonRows.Of(table) : TextTable.Of(table));
        if (failures.Count > 0)
        {
            throw new ExperimentException(
                ExitCode.Failure,
                $"{failures.Count} of {members.Count} runs failed; the same command tries them again:\n  {string.Join("\n  ", failures)}"
            );
        }
    }

    private static void Launch(
        IReadOnlyList<SweepMember> members,
        string root,
        string[] line,
        int? jobs,
        string[] directives
    )
    {
        string name = members[0].Config.Name;
        string logs = Path.Combine(root, name, "slurm");
        string script = SlurmJob.Script(
            name,
            members.Count,
            jobs,
            members[0].Config.Threads is > 0 and var threads ? threads : 1,
            logs,
            ["dotnet", typeof(SweepCommand).Assembly.Location, .. line],
            directives
        );
        string file = Path.Combine(logs, "sweep.sbatch");
        string? said = SlurmJob.Submit(file, script);
        Console.Out.WriteLine(
            said is null
                ? $"{file}  ({members.Count} tasks; there is no sbatch here: submit it where there is, with: sbatch {file})"
                : $"{said}  ({members.Count} tasks; logs in {logs}; vae sweep with the same words shows the table)"
        );
    }
}
