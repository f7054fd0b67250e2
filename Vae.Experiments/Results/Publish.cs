using Vae.Primitives;

namespace Vae.Experiments.Results;

/// <summary>Results that last: the few kilobytes of a run that go into docs/results/ and are committed, and the pages made of them.</summary>
public static class Publish
{
    /// <summary>Copies a run's summary, estimates and config, and writes the pages anew. Gives the folder it copied to.</summary>
    public static string Run(RunDirectory run, string repositoryRoot)
    {
        ArgumentNullException.ThrowIfNull(run);
        var target = Path.Combine(ResultsFolder(repositoryRoot), run.Name, run.Folder);
        string[] files = [run.Summary, run.Estimates, run.Config];
        if (files.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                $"{run.FullPath} has no {Path.GetFileName(missing)}: only a run that has ended can be published."
            );
        }
        if (run.ReadStatus().State != RunState.Completed)
        {
            throw new ExperimentException(
                ExitCode.Usage,
                $"{run.FullPath} isn't completed, so that its numbers may be of other weights than its config says: resume it first."
            );
        }
        Directory.CreateDirectory(target);
        foreach (var file in files)
        {
            var content = File.ReadAllBytes(file);
            AtomicFile.Write(Path.Combine(target, Path.GetFileName(file)), stream => stream.Write(content));
        }
        Pages(repositoryRoot);
        return target;
    }

    /// <summary>Writes docs/results.md, and the README's table where the README has the markers for it.</summary>
    public static void Pages(string repositoryRoot)
    {
        var results = ResultsFolder(repositoryRoot);
        AtomicFile.WriteText(Path.Combine(repositoryRoot, "docs", "results.md"), ResultsPage.Generate(results));
        var readme = Path.Combine(repositoryRoot, "README.md");
        if (File.Exists(readme) && ResultsPage.Insert(File.ReadAllText(readme), ResultsPage.Table(results)) is { } text)
        {
            AtomicFile.WriteText(readme, text);
        }
    }

    private static string ResultsFolder(string repositoryRoot) => Path.Combine(repositoryRoot, "docs", "results");
}
