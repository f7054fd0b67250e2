namespace Vae.Inference;

/// <summary>What the service serves, to whom, and how much of it at once.</summary>
public sealed record ServiceOptions
{
    /// <summary>Model repositories, or run directories with one in models/.</summary>
    public required IReadOnlyList<string> Folders { get; init; }

    /// <summary>The address to listen at; other machines reach it only when this isn't the loopback's.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port to listen at; 0: any free one.</summary>
    public int Port { get; init; } = 8000;

    /// <summary>Compute on the first CUDA device instead of the CPU.</summary>
    public bool Cuda { get; init; }

    /// <summary>Threads that compute one batch of one model.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Who asks has to send it as `Authorization: Bearer ...`; null: nobody has to.</summary>
    public string? Token { get; init; }

    /// <summary>Requests are computed together up to so many rows; 1: each alone.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>A request of more rows is refused: what comes out may be far larger than what came in.</summary>
    public int MaxRows { get; init; } = 1024;

    /// <summary>How long the first request of a batch waits for others; without it a batch is what came while the last one was computed.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.Zero;

    /// <summary>How many requests wait for one model; one more is turned away.</summary>
    public int QueueSize { get; init; } = 256;

    /// <summary>How long a request waits until its computation begins.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest body of a request in bytes, sent and decompressed.</summary>
    public int MaxBody { get; init; } = 16 << 20;

    /// <summary>How long the body of a request may take to arrive.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After SIGTERM: how long requests are still taken, while load balancers notice.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether models may be loaded and unloaded over HTTP.</summary>
    public bool AllowLoading { get; init; }

    /// <summary>A line of the log for every request, not for refused ones alone.</summary>
    public bool LogRequests { get; init; }
}
