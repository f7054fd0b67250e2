using System.CommandLine;
using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>vae watch RUN_DIR: the curves of a run, redrawn every second on a terminal until the run ends; printed once elsewhere.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan interval = TimeSpan.FromSeconds(1);
    private static readonly (int Width, int Height) page = (100, 30); // where there is no terminal

    internal static Command Create()
    {
        var directory = CommonOptions.RunDirectory();
        var command = new Command("watch", "Show the curves of a run while it trains") { directory };
        command.SetAction(parsed =>
        {
            RunDirectory run = RunDirectory.Open(parsed.GetRequiredValue(directory));
            var screen = new RunScreen(run, TimeProvider.System);
            if (Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "dumb")
            {
                Console.Out.WriteLine(screen.Draw(page.Width, page.Height, colour: false).Text);
                return;
            }

            Watch(screen);
        });
        return command;
    }

    // The picture is drawn over the one before; after Ctrl-C it stays, and the prompt comes below.
    private static void Watch(RunScreen screen)
    {
        bool colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        (int Width, int Height) size = default;
        int above = 0;
        while (true)
        {
            var (width, height) = (Math.Max(Console.WindowWidth - 1, 20), Math.Max(Console.WindowHeight - 1, 12));
            string start =
                size == (width, height) ? $"\e[{above}A\r"
                : size == default ? ""
                : "\e[2J\e[H";
            size = (width, height);
            var (text, running) = screen.Draw(width, height, colour);
            Console.Out.Write(start + text.Replace("\n", "\e[K\n", StringComparison.Ordinal) + "\e[K\e[J\n");
            Console.Out.Flush();
            above = text.Count(c => c == '\n') + 1;
            if (!running)
            {
                return;
            }

            Thread.Sleep(interval);
        }
    }
}
