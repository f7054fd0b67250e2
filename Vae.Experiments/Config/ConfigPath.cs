namespace Vae.Experiments.Config;

/// <summary>Where a config file is.</summary>
public static class ConfigPath
{
    /// <summary>The file of a path: from the current folder, or else from the repository's root.</summary>
    /// <exception cref="ExperimentException">Exit code Usage: there is no such file; names the nearest one.</exception>
    public static string Find(string path)
    {
        string[] folders = RepositoryRoot() is { } root
            ? [Environment.CurrentDirectory, root]
            : [Environment.CurrentDirectory];
        var candidates = folders.Select(folder => Path.Combine(folder, path)).Distinct().ToList();
        if (candidates.Find(File.Exists) is { } found)
        {
            return found;
        }

        if (candidates.Exists(Directory.Exists))
        {
            throw new ExperimentException(ExitCode.Usage, $"{path}: is a folder; expected a config, a .toml file");
        }

        var near = Nearest(path, folders);
        throw new ExperimentException(
            ExitCode.Usage,
            $"{path}: no such file.{(near is null ? "" : $" Did you mean '{near}'?")}"
        );
    }

    // A config with nearly that name in the folder meant, or in configs/.
    private static string? Nearest(string path, string[] folders)
    {
        var files = new[] { Path.GetDirectoryName(path) ?? "", "configs" }
            .SelectMany(folder =>
                folders
                    .Select(start => Path.Combine(start, folder))
                    .Where(Directory.Exists)
                    .SelectMany(there => Directory.EnumerateFiles(there, "*.toml"))
                    .Order(StringComparer.Ordinal)
                    .Select(file => Path.Combine(folder, Path.GetFileName(file)))
            )
            .ToList();
        var stem = NearestName.Of(
            Path.GetFileNameWithoutExtension(path),
            files.Select(file => Path.GetFileNameWithoutExtension(file))
        );
        return files.Find(file => Path.GetFileNameWithoutExtension(file) == stem);
    }

    // The folder of VaeResearch.sln, above the program.
    private static string? RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VaeResearch.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
