using System.Diagnostics;
using System.Globalization;
using Vae.Experiments.Training;

namespace Vae.Experiments.Commands;

/// <summary>Progress on stderr: a live bar on a terminal, otherwise a plain line every few seconds.</summary>
public sealed class TerminalProgress : IProgressReporter
{
    private static readonly TimeSpan liveInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan plainInterval = TimeSpan.FromSeconds(5);

    private readonly TextWriter output;
    private readonly bool live;
    private readonly Stopwatch clock = new();
    private string stage = "";
    private long first;
    private TimeSpan shown;
    private int drawn;

    /// <summary>Writes to the given output; <paramref name="live"/> redraws one line.</summary>
    public TerminalProgress(TextWriter output, bool live)
    {
        this.output = output;
        this.live = live;
    }

    /// <summary>The reporter that suits where stderr goes: plain under --plain, NO_COLOR, CI, TERM=dumb or a pipe.</summary>
    public static TerminalProgress ForStandardError(bool plain)
    {
        bool Set(string name) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name));
        bool dumb = Environment.GetEnvironmentVariable("TERM") is null or "dumb";
        return new TerminalProgress(
            Console.Error,
            !(plain || Set("NO_COLOR") || Set("CI") || dumb || Console.IsErrorRedirected)
        );
    }

    /// <inheritdoc/>
    public void Say(string message)
    {
        Erase();
        output.WriteLine(message);
        output.Flush();
    }

    /// <inheritdoc/>
    public void Report(string stage, long done, long total, string unit, string numbers)
    {
        if (stage != this.stage)
        {
            this.stage = stage;
            first = done;
            shown = TimeSpan.MinValue;
            clock.Restart();
        }

        if (shown != TimeSpan.MinValue && clock.Elapsed - shown < (live ? liveInterval : plainInterval) && done < total)
        {
            return;
        }

        shown = clock.Elapsed;
        string line = Line(stage, first, done, total, clock.Elapsed, unit, numbers, live ? Room() : int.MaxValue);
        if (live)
        {
            output.Write("\r" + line.PadRight(drawn));
            drawn = line.Length;
        }
        else
        {
            output.WriteLine(line);
        }

        output.Flush();
    }

    /// <inheritdoc/>
    public void Finish(string stage)
    {
        Erase();
        this.stage = "";
    }

    /// <summary>"train  42% |####    | 12600/30000 [01:32&lt;02:08, 137 it/s, elbo=-103.4]"; with less room than that a shorter bar or none, then cut off.</summary>
    public static string Line(
        string stage,
        long first,
        long done,
        long total,
        TimeSpan elapsed,
        string unit,
        string numbers,
        int room = int.MaxValue
    )
    {
        const int Widest = 20;
        double part = total > 0 ? Math.Clamp((double)done / total, 0, 1) : 1;
        double rate = elapsed.TotalSeconds > 0 ? (done - first) / elapsed.TotalSeconds : 0;
        string left = rate > 0 ? Clock(TimeSpan.FromSeconds((total - done) / rate)) : "?";
        string speed = rate > 0 ? rate.ToString(rate < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : "?";
        string head = string.Create(CultureInfo.InvariantCulture, $"{stage} {(int)(part * 100), 3}% ");
        string tail = $"{done}/{total} [{Clock(elapsed)}<{left}, {speed} {unit}/s, {numbers}]";
        int width = Math.Min(Widest, room - head.Length - tail.Length - "|| ".Length);
        string bar = width > 0 ? $"|{new string('#', (int)(part * width)).PadRight(width)}| " : "";
        string line = head + bar + tail;
        return line.Length <= room ? line : line[..room];
    }

    /// <summary>"02:08", or "1:02:08".</summary>
    public static string Clock(TimeSpan time) =>
        time.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours}:{time.Minutes:00}:{time.Seconds:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{time.Minutes:00}:{time.Seconds:00}");

    // A line that goes over the edge of the terminal can't be drawn over.
    private static int Room()
    {
        try
        {
            return Console.WindowWidth > 1 ? Console.WindowWidth - 1 : int.MaxValue;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return int.MaxValue;
        }
    }

    private void Erase()
    {
        if (live && drawn > 0)
        {
            output.Write("\r" + new string(' ', drawn) + "\r");
            drawn = 0;
        }
    }
}
