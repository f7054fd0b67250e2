using System.Runtime.InteropServices;

namespace Vae.Experiments.Results;

/// <summary>The content of environment.json: what one needs to know to get the same numbers again.</summary>
public sealed record EnvironmentInfo
{
    /// <summary>The git commit of the checkout that the program runs in; null outside one.</summary>
    public string? Commit { get; init; }

    /// <summary>Whether the checkout differs from that commit.</summary>
    public bool? Dirty { get; init; }

    /// <summary>How it differs, as git diff says it; null when clean or too long to keep.</summary>
    public string? Patch { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Dotnet { get; init; }

    /// <summary>The operating system.</summary>
    public required string Os { get; init; }

    /// <summary>The processor's model.</summary>
    public string? Cpu { get; init; }

    /// <summary>The accelerator's name, where one is used.</summary>
    public string? Gpu { get; init; }

    /// <summary>Logical processors that this process may use.</summary>
    public required int Cores { get; init; }

    /// <summary>Memory that this process may use, bytes.</summary>
    public required long MemoryBytes { get; init; }

    /// <summary>cpu, cuda:0, ...</summary>
    public required string Device { get; init; }

    /// <summary>Threads of the engine.</summary>
    public required int Threads { get; init; }

    /// <summary>libtorch's version.</summary>
    public required string Libtorch { get; init; }

    /// <summary>The data set.</summary>
    public required string Dataset { get; init; }

    /// <summary>SHA-256 of each of its files, lower-case hexadecimal, by file name.</summary>
    public required IReadOnlyDictionary<string, string> DatasetSha256 { get; init; }

    /// <summary>Who holds the rights in the data, in a phrase; null in files of the first version.</summary>
    public string? DatasetLicence { get; init; }

    /// <summary>How many examples each split has; null in files of the first version.</summary>
    public IReadOnlyDictionary<string, long>? DatasetExamples { get; init; }

    /// <summary>The arguments of the program.</summary>
    public required IReadOnlyList<string> CommandLine { get; init; }

    /// <summary>Looks at this process, its machine and its checkout; the rest is given.</summary>
    public static EnvironmentInfo Capture(
        string device,
        int threads,
        string libtorch,
        string dataset,
        IReadOnlyDictionary<string, string> datasetSha256,
        IReadOnlyList<string> commandLine
    )
    {
        var git = RepositoryRoot.Above(AppContext.BaseDirectory) is { } root ? GitState.Of(root) : null;
        return new EnvironmentInfo
        {
            Commit = git?.Commit,
            Dirty = git?.Dirty,
            Patch = git?.Patch,
            Dotnet = RuntimeInformation.FrameworkDescription,
            Os = RuntimeInformation.OSDescription,
            Cpu = CpuModel(),
            Cores = Environment.ProcessorCount,
            MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
            Device = device,
            Threads = threads,
            Libtorch = libtorch,
            Dataset = dataset,
            DatasetSha256 = datasetSha256,
            CommandLine = commandLine,
        };
    }

    private static string? CpuModel() =>
        File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .Where(line => line.StartsWith("model name", StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
                .FirstOrDefault()
            : null;
}
