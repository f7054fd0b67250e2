namespace Vae.Experiments.Data;

/// <summary>Where data files are looked for, in order, and where downloads go. Layout: folder/data set/file.</summary>
/// <remarks>
/// $VAE_DATA, if set, is the only folder. Otherwise the cache ($XDG_CACHE_HOME or ~/.cache, then vae-research), where
/// downloads go, and shared/data beside the repository, if there is one. Folders may be read-only as long as nothing has to be downloaded.
/// </remarks>
/// <param name="Search">Folders to look in, first match wins.</param>
/// <param name="Downloads">The folder that downloads go to; looked in as well when it is in Search.</param>
/// <param name="Offline">True forbids the network ($VAE_OFFLINE=1).</param>
public sealed record DataFolders(IReadOnlyList<string> Search, string Downloads, bool Offline)
{
    private const string SolutionFile = "VaeResearch.sln";

    /// <summary>The folders of this process's environment.</summary>
    public static DataFolders FromEnvironment() =>
        From(Environment.GetEnvironmentVariable, [Environment.CurrentDirectory, AppContext.BaseDirectory]);

    /// <summary>The folders that these variables say, seen from these starting points.</summary>
    public static DataFolders From(Func<string, string?> variable, IReadOnlyList<string> startingPoints)
    {
        var offline = Set("VAE_OFFLINE") is { } flag && flag != "0";
        if (Set("VAE_DATA") is { } data)
        {
            var only = Path.GetFullPath(data);
            return new([only], only, offline);
        }

        var caches = Set("XDG_CACHE_HOME") is { } xdg && Path.IsPathRooted(xdg) ? xdg : Path.Combine(Home(), ".cache");
        var cache = Path.Combine(caches, "vae-research");
        var shared = startingPoints.Select(SharedData).OfType<string>().Distinct();
        return new([cache, .. shared], cache, offline);

        string? Set(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string Home() => Set("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
    }

    /// <summary>../shared/data of the repository that holds this folder; null when one of the two isn't there.</summary>
    private static string? SharedData(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, SolutionFile)))
            {
                var shared = Path.GetFullPath(Path.Combine(folder.FullName, "..", "shared", "data"));
                return Directory.Exists(shared) ? shared : null;
            }
        }

        return null;
    }
}
