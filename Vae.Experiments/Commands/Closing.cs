using Vae.Experiments.Results;

namespace Vae.Experiments.Commands;

/// <summary>A run's last line: where it is, and what one may do next.</summary>
internal static class Closing
{
    /// <param name="run">The run.</param>
    /// <param name="runs">The folder given by --runs, which <c>vae results</c> needs too.</param>
    internal static void Say(RunDirectory run, string? runs = null)
    {
        string path = Path.GetRelativePath(Environment.CurrentDirectory, run.FullPath);
        path = path.StartsWith("..", StringComparison.Ordinal) ? run.FullPath : path;
        Console.Out.WriteLine(
            $"{path}  (next: open {path}/report.html; vae results{(runs is null ? "" : $" --runs {runs}")}; vae evaluate {path} kind=importance samples=1000)"
        );
    }
}
