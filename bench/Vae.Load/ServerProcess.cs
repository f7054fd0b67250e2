using System.Diagnostics;

namespace Vae.Load;

/// <summary>A server in a process of its own, until it is disposed.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const string Listening = "listening at ";
    private readonly Process process;

    private ServerProcess(string dll, params IEnumerable<string> arguments)
    {
        process = Process.Start(
            new ProcessStartInfo("dotnet", [dll, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardInput = true,
            }
        )!;
        string line = process.StandardOutput.ReadLine() ?? "";
        Address = line.StartsWith(Listening, StringComparison.Ordinal)
            ? new Uri(line[Listening.Length..])
            : throw new InvalidOperationException($"{dll} doesn't listen: {line}");
    }

    public Uri Address { get; }

    /// <summary>Resident memory in bytes, as the kernel counts it.</summary>
    public long Resident
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    public static ServerProcess Service(string models, params string[] options)
    {
        string dll = Path.Combine(Root(), "Vae.Inference", "bin", "Release", "net10.0", "Vae.Inference.dll");
        var server = new ServerProcess(dll, [models, "--port", "0", .. options]);
        server.process.StandardOutput.ReadLine(); // "ready"
        return server;
    }

    public static ServerProcess Echo(byte[] answer, int jsonLength) =>
        new(typeof(ServerProcess).Assembly.Location, "echo", $"{jsonLength}", Convert.ToBase64String(answer));

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "VaeResearch.sln")))
        {
            folder =
                folder.Parent
                ?? throw new InvalidOperationException("VaeResearch.sln is in no folder above the program");
        }

        return folder.FullName;
    }
}
