using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Vae.Inference.Batching;
using Vae.Inference.Repository;

namespace Vae.Inference.Protocol;

/// <summary>POST /v2/models/{m}[/versions/{v}]/infer.</summary>
internal sealed class InferEndpoint(ModelRepository repository, ServiceOptions options)
{
    public async Task AnswerAsync(HttpContext context)
    {
        ServedModel Find() =>
            repository.Find(
                (string)context.Request.RouteValues["model"]!,
                (string?)context.Request.RouteValues["version"]
            );
        ServedModel model = Find();
        try
        {
            int? headerLength = HeaderLength(context.Request);
            using RequestBody body = await RequestBody.ReadAsync(context, options, headerLength ?? 0);
            model = Find(); // loaded anew meanwhile, perhaps
            InferRequest request = model.Read(body.Bytes, headerLength, options.MaxRows);
            using RunResult result = await model.RunAsync(
                new Work(request.Inputs, request.Rows, request.Outputs),
                request.Timeout,
                context.RequestAborted
            );
            await InferResponseWriter.WriteAsync(context.Response, model, request, result);
        }
        catch (Exception e)
        {
            model.Statistics.Failed(Reason(e));
            throw;
        }
    }

    private static int? HeaderLength(HttpRequest request)
    {
        if (!request.Headers.TryGetValue(InferResponseWriter.HeaderLength, out StringValues value))
        {
            return null;
        }

        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int length)
            ? length
            : throw RefusedException.BadRequest(
                $"{InferResponseWriter.HeaderLength} is the number of bytes of the JSON, not '{value}'"
            );
    }

    private static string Reason(Exception e) =>
        e switch
        {
            RefusedException { Status: StatusCodes.Status429TooManyRequests } => "queue_full",
            RefusedException { Status: StatusCodes.Status503ServiceUnavailable } => "not_ready",
            RefusedException { Status: StatusCodes.Status504GatewayTimeout } => "timeout",
            RefusedException or BadHttpRequestException => "bad_request",
            OperationCanceledException or IOException => "cancelled",
            _ => "error",
        };
}
