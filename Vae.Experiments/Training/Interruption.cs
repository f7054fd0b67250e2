using System.Runtime.InteropServices;

namespace Vae.Experiments.Training;

/// <summary>Turns Ctrl-C and SIGTERM into a request that work honours at the next point where it can stop.</summary>
public sealed class Interruption : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;
    private readonly CancellationTokenSource source = new();
    private volatile ExitCode code;

    /// <summary>Listens until disposed. A second signal ends the process at once.</summary>
    public Interruption() =>
        registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Request(c, ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Request(c, ExitCode.Terminated)),
        ];

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

    private void Request(PosixSignalContext context, ExitCode asked)
    {
        context.Cancel = !source.IsCancellationRequested;
        code = asked;
        source.Cancel();
    }
}
