namespace Vae.Experiments.Results;

/// <summary>The project's own checkout, known by its solution file.</summary>
public static class RepositoryRoot
{
    /// <summary>The nearest folder that is the repository's root, from <paramref name="folder"/> upwards; null outside a checkout.</summary>
    public static string? Above(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "VaeResearch.sln")))
            {
                return at.FullName;
            }
        }
        return null;
    }
}
