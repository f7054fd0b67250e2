using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vae.Experiments.Training;

/// <summary>Turns Ctrl-C and SIGTERM, and for a process of a sweep the end of its standard input, into a request that work honours at the next point where it can stop.</summary>
public sealed class Interruption : IDisposable
{
    /// <summary>The environment variable that says: when standard input ends, whoever started this process is gone.</summary>
    public const string EndsWithInput = "VAE_ENDS_WITH_INPUT";

    private readonly PosixSignalRegistration[] registrations;
    private readonly CancellationTokenSource source = new();
    private readonly Stopwatch sinceFirst = new();
    private volatile ExitCode code;

    /// <summary>Listens until disposed. A second signal ends the process at once, but for a SIGTERM right after the first: a scheduler's that reached a whole job and is also passed on.</summary>
    public Interruption()
    {
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Request(c, ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Request(c, ExitCode.Terminated)),
        ];
        if (Environment.GetEnvironmentVariable(EndsWithInput) == "1")
        {
            new Thread(AwaitEndOfInput) { IsBackground = true }.Start();
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>The exit code that the signal asks for, once the token is cancelled.</summary>
    public ExitCode Code => code;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }

        source.Dispose();
    }

    private void AwaitEndOfInput()
    {
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var ignored = new byte[256];
        while (input.Read(ignored) > 0) { }

        code = ExitCode.Terminated;
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException) { } // the work is over
    }

    private void Request(PosixSignalContext context, ExitCode asked)
    {
        bool again = source.IsCancellationRequested;
        context.Cancel = !again || (asked == ExitCode.Terminated && sinceFirst.Elapsed < TimeSpan.FromSeconds(5));
        if (!again)
        {
            sinceFirst.Restart();
        }

        code = asked;
        source.Cancel();
    }
}
