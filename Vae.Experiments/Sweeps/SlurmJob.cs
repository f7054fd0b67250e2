using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Vae.Primitives;

namespace Vae.Experiments.Sweeps;

/// <summary>A sweep as a Slurm job array, a task for each member: each starts or resumes its run, so a task that was preempted or ran out of time goes on when it is requeued.</summary>
public static class SlurmJob
{
    /// <summary>
    /// The batch script. command: the sweep's own command line, to which the task's number is added; directives: further options of sbatch, such as --time=4:00:00.
    /// </summary>
    public static string Script(
        string name,
        int tasks,
        int? atOnce,
        int cpus,
        string logs,
        IEnumerable<string> command,
        IEnumerable<string> directives
    )
    {
        var script = new StringBuilder();
        script.Append("#!/bin/bash\n");
        string[] all =
        [
            $"--job-name={name}",
            $"--array=0-{tasks - 1}{(atOnce is { } most ? $"%{most}" : "")}",
            $"--cpus-per-task={cpus}",
            $"--output={Path.Combine(logs, "%A_%a.log")}",
            "--open-mode=append",
            "--requeue",
            "--signal=B:TERM@120",
            .. directives,
        ];
        foreach (string directive in all)
        {
            script.Append("#SBATCH ").Append(directive).Append('\n');
        }

        script.Append('\n').AppendJoin(' ', command.Select(Quoted)).Append(" --task \"$SLURM_ARRAY_TASK_ID\" &\n");
        script.Append(
            """
            child=$!
            trap 'kill -TERM "$child" 2>/dev/null' TERM
            wait "$child"; status=$?
            while kill -0 "$child" 2>/dev/null; do wait "$child"; status=$?; done

            # 143: stopped after a checkpoint, by preemption or for its time limit; the next attempt goes on from there.
            if ((status == 143)); then scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"; fi
            exit "$status"

            """.ReplaceLineEndings("\n")
        );
        return script.ToString();
    }

    /// <summary>Stores the script, and submits it where there is sbatch; gives what sbatch said, or null where there is none.</summary>
    /// <exception cref="ExperimentException">sbatch refused (exit code 1).</exception>
    public static string? Submit(string path, string script)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.WriteText(path, script);
        try
        {
            using var sbatch = Process.Start(
                new ProcessStartInfo("sbatch", [path]) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            Task<string> errors = sbatch.StandardError.ReadToEndAsync();
            string said = sbatch.StandardOutput.ReadToEnd().Trim();
            sbatch.WaitForExit();
            return sbatch.ExitCode == 0
                ? said
                : throw new ExperimentException(ExitCode.Failure, $"sbatch {path}: {errors.Result.Trim()}");
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
