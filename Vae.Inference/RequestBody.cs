using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace Vae.Inference;

/// <summary>The whole body of a request in a pooled buffer, gzip undone; bounded in bytes, both ways, and in time.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int Alignment = 8;
    private readonly PooledBuffer buffer;
    private readonly int start;

    private RequestBody(int capacity, int start)
    {
        buffer = new PooledBuffer(start + capacity);
        buffer.Advance(start);
        this.start = start;
    }

    public ReadOnlyMemory<byte> Bytes => buffer.Bytes[start..];

    /// <summary>Reads it all.</summary>
    /// <param name="context">The request.</param>
    /// <param name="options">The limits.</param>
    /// <param name="headerLength">Where numbers begin: there the buffer is aligned for them.</param>
    public static async Task<RequestBody> ReadAsync(HttpContext context, ServiceOptions options, int headerLength = 0)
    {
        HttpRequest request = context.Request;
        string encoding = request.Headers.ContentEncoding.ToString();
        bool zipped = encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase);
        if (!zipped && encoding is not ("" or "identity"))
        {
            throw new RefusedException(
                StatusCodes.Status415UnsupportedMediaType,
                $"Content-Encoding '{encoding}' isn't read here, only gzip"
            );
        }

        if (request.ContentLength > options.MaxBody)
        {
            throw RefusedException.TooLarge(options.MaxBody);
        }

        // What is only announced takes no memory yet.
        const int unknown = 16 << 10;
        const int most = 1 << 20;
        int capacity = zipped ? unknown : (int)Math.Min(request.ContentLength ?? unknown, most);
        var body = new RequestBody(capacity, (Alignment - headerLength % Alignment) % Alignment);
        try
        {
            await using Stream? inflated = zipped ? new GZipStream(request.Body, CompressionMode.Decompress) : null;
            long? expected = zipped ? null : request.ContentLength;
            await body.FillAsync(inflated ?? request.Body, expected, options, context.RequestAborted);
            return body;
        }
        catch (Exception e)
        {
            body.Dispose();
            throw e switch
            {
                OperationCanceledException when !context.RequestAborted.IsCancellationRequested => new RefusedException(
                    StatusCodes.Status408RequestTimeout,
                    $"the body took longer than {options.BodyTimeout.TotalSeconds:0.###} s to arrive"
                ),
                InvalidDataException => RefusedException.BadRequest(
                    $"the body isn't gzip, as its header says: {e.Message}"
                ),
                BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
                    RefusedException.TooLarge(options.MaxBody),
                _ => e,
            };
        }
    }

    private async Task FillAsync(Stream stream, long? expected, ServiceOptions options, CancellationToken aborted)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        bool timed = false;
        for (long length = 0; length != expected; )
        {
            ValueTask<int> reading = stream.ReadAsync(buffer.GetMemory(), deadline.Token);
            if (!timed && !reading.IsCompleted) // most bodies are there with their headers, and need no timer
            {
                deadline.CancelAfter(options.BodyTimeout);
                timed = true;
            }

            int read = await reading;
            if (read == 0)
            {
                return;
            }

            buffer.Advance(read);
            length += read;
            if (length > options.MaxBody)
            {
                throw RefusedException.TooLarge(options.MaxBody);
            }
        }
    }

    public void Dispose() => buffer.Dispose();
}
