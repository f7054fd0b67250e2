using System.Runtime.InteropServices;

namespace Vae.Experiments.Training;

/// <summary>Turns Ctrl-C and SIGTERM into a request that training honours between two steps.</summary>
public sealed class Interruption : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;
    private volatile int requested;

    /// <summary>Listens until disposed. A second signal ends the process at once.</summary>
    public Interruption() =>
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Request(c, ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Request(c, ExitCode.Terminated)),
        ];

    /// <summary>The exit code asked for, or null.</summary>
    public ExitCode? Requested => requested == 0 ? null : (ExitCode)requested;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }
    }

    private void Request(PosixSignalContext context, ExitCode code)
    {
        context.Cancel = requested == 0;
        requested = (int)code;
    }
}
