using Microsoft.Extensions.Hosting;

namespace Vae.Inference;

/// <summary>SIGTERM and Ctrl-C: unready at once; requests are taken for a while yet, each answer closing its connection; then what was accepted is finished.</summary>
internal sealed class Drain(TimeSpan delay) : IHostedLifecycleService
{
    /// <summary>Whether the service is about to end.</summary>
    public bool Begun { get; private set; }

    // Before the server stops listening.
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        Begun = true;
        return Task.Delay(delay, CancellationToken.None);
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
