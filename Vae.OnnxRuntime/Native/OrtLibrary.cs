using System.Runtime.InteropServices;

namespace Vae.OnnxRuntime.Native;

/// <summary>
/// Finds and loads ONNX Runtime's native library: the file that ORT_LIB names; else beside the program; else in a node_modules folder
/// above it (where ./vae puts it); else wherever the system looks for libraries.
/// </summary>
internal static class OrtLibrary
{
    /// <summary>The variable that names another build of the library, for example one with CUDA.</summary>
    public const string Variable = "ORT_LIB";

    private const string Name = "libonnxruntime.so.1";

    /// <exception cref="DllNotFoundException">It is nowhere, or is no library; the message says what to do.</exception>
    public static nint Load()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } chosen)
        {
            return File.Exists(chosen)
                ? Open(chosen)
                : throw new DllNotFoundException($"{Variable} names {chosen}, and there is no such file.");
        }
        if (Candidates(AppContext.BaseDirectory).FirstOrDefault(File.Exists) is { } nearest)
        {
            return Open(nearest);
        }
        return NativeLibrary.TryLoad(Name, out var system)
            ? system
            : throw new DllNotFoundException(
                $"ONNX Runtime ({Name}) is not there. In a checkout of VaeResearch run ./vae once first; elsewhere put it beside the "
                    + $"program, or name the file in {Variable}."
            );
    }

    private static nint Open(string path)
    {
        try
        {
            return NativeLibrary.Load(path);
        }
        catch (Exception error) when (error is DllNotFoundException or BadImageFormatException)
        {
            throw new DllNotFoundException($"{path} does not load: {error.Message}", error);
        }
    }

    private static IEnumerable<string> Candidates(string start)
    {
        yield return Path.Combine(start, Name);
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64";
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var package = new DirectoryInfo(Path.Combine(folder.FullName, "node_modules", "onnxruntime-node", "bin"));
            if (package.Exists)
            {
                foreach (var version in package.EnumerateDirectories("napi-v*"))
                {
                    yield return Path.Combine(version.FullName, "linux", architecture, Name);
                }
            }
        }
    }
}
