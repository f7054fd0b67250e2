using System.Diagnostics;
using System.Globalization;
using Vae.Experiments.Results;
using Vae.Experiments.Training;

namespace Vae.Experiments.Sweeps;

/// <summary>Trains the members of a sweep, each in a process of its own, so many at a time; what is finished already is left, what was begun goes on.</summary>
public sealed class Sweep
{
    private readonly string config;
    private readonly IReadOnlyList<SweepMember> members;
    private readonly string runsRoot;
    private readonly IReadOnlyList<string> options;
    private readonly IProgressReporter progress;

    /// <summary>options: what every <c>vae run</c> of it is given besides config, overrides, --runs and threads.</summary>
    public Sweep(
        string config,
        IReadOnlyList<SweepMember> members,
        string runsRoot,
        IReadOnlyList<string> options,
        IProgressReporter progress
    )
    {
        this.config = config;
        this.members = members;
        this.runsRoot = runsRoot;
        this.options = options;
        this.progress = progress;
    }

    /// <summary>Runs what is unfinished; gives the sentences of those that failed. A failure doesn't stop the others.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, after all have stored a checkpoint.</exception>
    public IReadOnlyList<string> Run(int jobs, CancellationToken cancellation)
    {
        var waiting = new Queue<(SweepMember Member, RunDirectory? Begun)>();
        var runs = new SweepRuns(runsRoot, members);
        foreach (SweepMember member in members)
        {
            RunDirectory? run = runs.Of(member);
            if (run?.ReadStatus().State == RunState.Completed)
            {
                progress.Say($"{member.Point}: done already, {run.Id}");
            }
            else
            {
                waiting.Enqueue((member, run));
            }
        }

        int all = waiting.Count;
        var running = new List<SweepProcess>();
        var failures = new List<string>();
        while (waiting.Count + running.Count > 0)
        {
            while (running.Count < jobs && waiting.Count > 0 && !cancellation.IsCancellationRequested)
            {
                var (member, begun) = waiting.Dequeue();
                progress.Say(
                    $"[{all - waiting.Count}/{all}] {member.Point}{(begun is null ? "" : $": going on with {begun.Id}")}"
                );
                running.Add(new SweepProcess(member, Arguments(member, begun, jobs), jobs == 1 ? progress : null));
            }

            if (cancellation.IsCancellationRequested)
            {
                running.ForEach(process => process.Stop());
                running.ForEach(process => process.Wait());
                cancellation.ThrowIfCancellationRequested();
            }

            foreach (SweepProcess ended in running.Where(process => process.HasEnded).ToList())
            {
                running.Remove(ended);
                using (ended)
                {
                    string said = ended.Wait();
                    progress.Say($"{ended.Member.Point}: {said}");
                    if (ended.ExitCode != 0)
                    {
                        failures.Add($"{ended.Member.Point}: {said}");
                    }
                }
            }

            cancellation.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(50));
        }

        return failures;
    }

    private List<string> Arguments(SweepMember member, RunDirectory? begun, int jobs)
    {
        List<string> arguments = begun is null
            ? ["run", config, .. member.Point.Overrides, .. options, "--runs", runsRoot]
            : ["resume", begun.FullPath];
        if (begun is null && jobs > 1)
        {
            int threads = Math.Max(
                1,
                (member.Config.Threads is > 0 and var given ? given : Environment.ProcessorCount) / jobs
            );
            arguments.Add($"++threads={threads.ToString(CultureInfo.InvariantCulture)}");
        }

        if (begun is not null)
        {
            AwaitOrphan(begun);
        }

        return [.. arguments, "--plain"];
    }

    // A process that a killed sweep has left behind stores a checkpoint and ends by itself.
    private static void AwaitOrphan(RunDirectory run)
    {
        var patience = Stopwatch.StartNew();
        while (
            patience.Elapsed < TimeSpan.FromSeconds(60)
            && run.ReadStatus() is { State: RunState.Running, Pid: var pid }
            && IsAlive(pid)
        )
        {
            Thread.Sleep(100);
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
