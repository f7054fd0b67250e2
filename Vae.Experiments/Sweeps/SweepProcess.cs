using System.Diagnostics;
using Vae.Experiments.Training;

namespace Vae.Experiments.Sweeps;

/// <summary>The process that trains one member of a sweep. It ends, after a checkpoint, when its standard input does: also when the sweep is killed.</summary>
internal sealed class SweepProcess : IDisposable
{
    private readonly Process process;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly TaskCompletionSource heard = new();
    private string last = "";

    /// <summary>Starts it. listener: who is told every line that it says.</summary>
    public SweepProcess(SweepMember member, IReadOnlyList<string> arguments, IProgressReporter? listener)
    {
        Member = member;
        var start = new ProcessStartInfo("dotnet", [typeof(SweepProcess).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Interruption.EndsWithInput] = "1";
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Hear(line.Data, listener);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it trains.</summary>
    public SweepMember Member { get; }

    /// <summary>Whether it is over.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Its exit code.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>Asks it to store a checkpoint and end.</summary>
    public void Stop() => process.StandardInput.Close();

    /// <summary>Waits for its end and says how it came: "done in 12 s", or its own last words.</summary>
    public string Wait()
    {
        process.WaitForExit();
        heard.Task.Wait(TimeSpan.FromSeconds(10));
        return ExitCode == 0
            ? $"done in {clock.Elapsed.TotalSeconds:F0} s"
            : $"failed with exit code {ExitCode}: {(last.StartsWith("vae: ", StringComparison.Ordinal) ? last[5..] : last)}";
    }

    /// <inheritdoc/>
    public void Dispose() => process.Dispose();

    private void Hear(string? line, IProgressReporter? listener)
    {
        if (line is null)
        {
            heard.TrySetResult();
            return;
        }

        last = line.Length > 0 ? line : last;
        listener?.Say(line);
    }
}
