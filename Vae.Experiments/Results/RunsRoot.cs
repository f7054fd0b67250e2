namespace Vae.Experiments.Results;

/// <summary>Where run directories go.</summary>
public static class RunsRoot
{
    /// <summary>The folder of <c>--runs</c>; else <c>runs</c> in the repository's root when started inside it, else in the current folder.</summary>
    public static string Resolve(string? option, string currentFolder) =>
        option is null
            ? Path.Combine(RepositoryRoot.Above(currentFolder) ?? currentFolder, "runs")
            : Path.GetFullPath(option, currentFolder);
}
