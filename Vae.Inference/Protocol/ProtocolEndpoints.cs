using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vae.Inference.Repository;
using Vae.Primitives;

namespace Vae.Inference.Protocol;

/// <summary>The Open Inference Protocol v2 but for the inference itself: server, health, models, statistics, repository.</summary>
internal sealed class ProtocolEndpoints(ModelRepository repository, Drain drain, ServiceOptions options)
{
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v2", Server);
        app.MapGet("/v2/health/live", c => Answers.WriteJsonAsync(c.Response, j => Flag(j, "live", true)));
        app.MapGet("/v2/health/ready", Ready);
        app.MapGet("/v2/models", List);
        foreach (string model in new[] { "/v2/models/{model}", "/v2/models/{model}/versions/{version}" })
        {
            app.MapGet(model, Metadata);
            app.MapGet(model + "/ready", ModelReady);
            app.MapGet(model + "/stats", Statistics);
            app.MapPost(model + "/infer", new InferEndpoint(repository, options).AnswerAsync);
        }

        app.MapPost("/v2/repository/index", Index);
        app.MapPost("/v2/repository/models/{model}/load", c => ChangeAsync(c, repository.Load));
        app.MapPost("/v2/repository/models/{model}/unload", c => ChangeAsync(c, repository.Unload));
    }

    private Task Server(HttpContext context) =>
        Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("name", "vae");
                json.WriteString("version", typeof(ProtocolEndpoints).Assembly.GetName().Version!.ToString(3));
                json.WriteStartArray("extensions");
                json.WriteStringValue("binary_tensor_data");
                json.WriteStringValue("statistics");
                json.WriteStringValue("model_repository");
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private Task Ready(HttpContext context)
    {
        bool ready = repository.Ready && !drain.Begun;
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Answers.WriteJsonAsync(context.Response, json => Flag(json, "ready", ready));
    }

    private Task List(HttpContext context) =>
        Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("models");
                foreach (string name in repository.Loaded.Select(m => m.Name).Distinct())
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private Task Metadata(HttpContext context)
    {
        ServedModel model = Model(context);
        return Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("name", model.Name);
                json.WriteStartArray("versions");
                foreach (int version in repository.VersionsOf(model.Name))
                {
                    json.WriteStringValue($"{version}");
                }

                json.WriteEndArray();
                json.WriteString("platform", "onnxruntime_onnx");
                Tensors(json, "inputs", model.Signature.Inputs);
                Tensors(json, "outputs", model.Signature.Outputs);
                if (model.Card is { } card)
                {
                    json.WritePropertyName("card");
                    json.WriteRawValue(card.ToJson());
                }

                json.WriteEndObject();
            }
        );
    }

    private Task ModelReady(HttpContext context)
    {
        ServedModel model = Model(context);
        bool ready = repository.Ready && !drain.Begun;
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteString("name", model.Name);
                json.WriteBoolean("ready", ready);
                json.WriteEndObject();
            }
        );
    }

    private Task Statistics(HttpContext context)
    {
        ServedModel model = Model(context);
        return Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("model_stats");
                json.WriteStartObject();
                json.WriteString("name", model.Name);
                json.WriteString("version", model.VersionText);
                json.WriteNumber("pending", model.Pending);
                model.Statistics.Write(json);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteEndObject();
            }
        );
    }

    private Task Index(HttpContext context) =>
        Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartArray();
                foreach (ModelState state in repository.States)
                {
                    json.WriteStartObject();
                    json.WriteString("name", state.Name);
                    json.WriteString("version", $"{state.Version}");
                    json.WriteString("state", state.Model is null ? "UNAVAILABLE" : "READY");
                    json.WriteString("reason", state.Reason);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
        );

    private async Task ChangeAsync(HttpContext context, Func<string, bool> change)
    {
        if (!options.AllowLoading)
        {
            throw new RefusedException(
                StatusCodes.Status403Forbidden,
                "models aren't loaded and unloaded over HTTP unless the service was started with --allow-loading"
            );
        }

        string name = (string)context.Request.RouteValues["model"]!;
        if (!ModelName.IsValid(name))
        {
            throw RefusedException.BadRequest(
                "a model's name has 1 to 64 letters, digits, '.', '_' and '-', and begins with no dot"
            );
        }

        if (!await Task.Run(() => change(name)))
        {
            throw RefusedException.NotFound($"there is no model '{name}'");
        }

        IReadOnlyList<ModelState> failed = [.. repository.States.Where(s => s.Name == name && s.Model is null)];
        if (failed.Count > 0)
        {
            throw RefusedException.BadRequest(
                $"'{name}' version {failed[0].Version} can't be loaded: {failed[0].Reason}"
            );
        }

        await Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteEndObject();
            }
        );
    }

    private ServedModel Model(HttpContext context) =>
        repository.Find((string)context.Request.RouteValues["model"]!, (string?)context.Request.RouteValues["version"]);

    private static void Tensors(Utf8JsonWriter json, string name, IReadOnlyList<TensorInfo> tensors)
    {
        json.WriteStartArray(name);
        foreach (TensorInfo tensor in tensors)
        {
            json.WriteStartObject();
            json.WriteString("name", tensor.Name);
            json.WriteString("datatype", tensor.Datatype.Name);
            json.WriteStartArray("shape");
            foreach (long size in tensor.Shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Flag(Utf8JsonWriter json, string name, bool value)
    {
        json.WriteStartObject();
        json.WriteBoolean(name, value);
        json.WriteEndObject();
    }
}
