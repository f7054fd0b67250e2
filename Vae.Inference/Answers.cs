using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Vae.Inference.Observing;

namespace Vae.Inference;

/// <summary>Around every request: failures become a status and {"error": sentence}, and each answer is counted.</summary>
internal sealed class Answers(HttpCounts counts, Drain drain, bool logAll, ILogger<Answers> log)
{
    private const int ClientClosedRequest = 499; // nobody reads it; it is counted
    private const int RetryAfterSeconds = 1;

    public async Task AroundAsync(HttpContext context, RequestDelegate next)
    {
        HttpResponse response = context.Response;
        string? sentence = null;
        if (drain.Begun)
        {
            response.Headers.Connection = "close";
        }

        try
        {
            await next(context);
            if (response is { StatusCode: >= 400, HasStarted: false, ContentLength: null })
            {
                sentence =
                    response.StatusCode == StatusCodes.Status405MethodNotAllowed
                        ? $"{context.Request.Method} isn't for {context.Request.Path}"
                        : $"there is nothing at {context.Request.Path}";
            }
        }
        catch (RefusedException e)
        {
            (response.StatusCode, sentence) = (e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            (response.StatusCode, sentence) = (e.StatusCode, e.Message);
        }
        catch (Exception e)
            when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            response.StatusCode = ClientClosedRequest;
        }
        catch (Exception e)
        {
            log.LogError(e, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
            (response.StatusCode, sentence) = (
                StatusCodes.Status500InternalServerError,
                "a defect of the service; its log says more"
            );
        }

        int status = response.StatusCode;
        counts.Count(status);
        if (logAll || (sentence is not null && status < 500))
        {
            log.LogInformation(
                "{Method} {Path} {Status} {Error}",
                context.Request.Method,
                context.Request.Path,
                status,
                sentence
            );
        }

        if (sentence is not null && !response.HasStarted)
        {
            await WriteErrorAsync(response, status, sentence);
        }
    }

    private static Task WriteErrorAsync(HttpResponse response, int status, string sentence)
    {
        if (status == StatusCodes.Status429TooManyRequests)
        {
            response.Headers.RetryAfter = $"{RetryAfterSeconds}";
        }

        if (status is StatusCodes.Status408RequestTimeout or StatusCodes.Status413PayloadTooLarge)
        {
            response.Headers.Connection = "close"; // the rest of the body isn't waited for
        }

        return WriteJsonAsync(
            response,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("error", sentence);
                json.WriteEndObject();
            }
        );
    }

    /// <summary>Answers with JSON.</summary>
    public static async Task WriteJsonAsync(HttpResponse response, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        response.ContentType = "application/json";
        response.ContentLength = buffer.Length;
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
    }
}
