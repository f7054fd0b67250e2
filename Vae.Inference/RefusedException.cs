using Microsoft.AspNetCore.Http;

namespace Vae.Inference;

/// <summary>A request that isn't answered with what it asks for: the status, and a sentence for {"error": ...}.</summary>
public sealed class RefusedException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    internal static RefusedException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    internal static RefusedException NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    internal static RefusedException TooLarge(int limit) =>
        new(StatusCodes.Status413PayloadTooLarge, $"the body is longer than {limit} bytes (--max-body)");

    internal static RefusedException QueueFull(int capacity) =>
        new(
            StatusCodes.Status429TooManyRequests,
            $"{capacity} requests wait for this model already; try again after the time in Retry-After"
        );

    internal static RefusedException NotReady(string message) => new(StatusCodes.Status503ServiceUnavailable, message);

    internal static RefusedException TimedOut(TimeSpan timeout) =>
        new(
            StatusCodes.Status504GatewayTimeout,
            $"the request waited {timeout.TotalSeconds:0.###} s in the queue, and its time was up"
        );
}
