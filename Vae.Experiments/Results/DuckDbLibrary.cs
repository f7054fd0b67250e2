using System.Runtime.InteropServices;

namespace Vae.Experiments.Results;

/// <summary>Finds and loads DuckDB's native library: beside this assembly (which a script may have loaded), or in a node_modules folder above it.</summary>
internal static class DuckDbLibrary
{
    private const string File = DuckDbApi.Library;

    private static readonly Lazy<nint> handle = new(LoadNearest);

    /// <summary>Loads the library once; from then on <see cref="DuckDbApi"/> binds to it by its own name.</summary>
    public static void EnsureLoaded() => _ = handle.Value;

    private static nint LoadNearest()
    {
        var path =
            Candidates(Path.GetDirectoryName(typeof(DuckDbLibrary).Assembly.Location)!)
                .FirstOrDefault(System.IO.File.Exists)
            ?? throw new ExperimentException(ExitCode.Failure, $"DuckDB ({File}) is not there. Run ./vae once first.");
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new ExperimentException(ExitCode.Failure, $"{path} does not load: {error.Message}", error);
        }
    }

    private static IEnumerable<string> Candidates(string start)
    {
        yield return Path.Combine(start, File);
        var package =
            $"node-bindings-linux-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, "node_modules", "@duckdb", package, File);
        }
    }
}
