using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Vae.Inference.Repository;

namespace Vae.Inference.Pictures;

/// <summary>/models: what people draw with a model, as PNG files; {m} is a model's name without part.</summary>
internal sealed class PictureEndpoints(ModelRepository repository, ServiceOptions options)
{
    private const int MaxCount = 1024;
    private const int MaxScale = 16;
    private const int MaxValues = 16 << 20;

    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/models", ListAsync);
        app.MapGet("/models/{name}/samples.png", SamplesAsync);
        app.MapGet("/models/{name}/walk.png", WalkAsync);
        app.MapGet("/models/{name}/traverse.png", TraverseAsync);
        app.MapPost("/models/{name}/reconstruct.png", ReconstructAsync);
    }

    private async Task SamplesAsync(HttpContext context)
    {
        var query = new PictureQuery(context.Request.Query, "n", "seed", "temperature", "label", "scale");
        Painter painter = Find(context, p => p.CanSample);
        int count = query.Whole("n", 64, 1, MaxCount);
        float temperature = query.Real("temperature", 1, 0, 10);
        int scale = Scale(query, painter, count);
        float[] images = await painter.SamplesAsync(
            count,
            query.Seed,
            temperature,
            Label(query, painter),
            context.RequestAborted
        );
        await WriteAsync(context, painter, images, (int)Math.Ceiling(Math.Sqrt(count)), scale);
    }

    private async Task WalkAsync(HttpContext context)
    {
        var query = new PictureQuery(context.Request.Query, "n", "stops", "seed", "temperature", "label", "scale");
        Painter painter = Find(context, p => p.CanSample);
        int count = query.Whole("n", 64, 1, MaxCount);
        float temperature = query.Real("temperature", 1, 0, 10);
        int scale = Scale(query, painter, count);
        float[] images = await painter.WalkAsync(
            count,
            query.Whole("stops", 4, 2, 64),
            query.Seed,
            temperature,
            Label(query, painter),
            context.RequestAborted
        );
        await WriteAsync(context, painter, images, (int)Math.Ceiling(Math.Sqrt(count)), scale);
    }

    private async Task TraverseAsync(HttpContext context)
    {
        var query = new PictureQuery(context.Request.Query, "dimensions", "steps", "range", "seed", "label", "scale");
        Painter painter = Find(context, p => p.CanSample);
        int latent = (int)painter.Card.Latent;
        int dimensions = query.Whole("dimensions", Math.Min(10, latent), 1, Math.Min(latent, MaxCount));
        int steps = query.Whole("steps", 11, 1, 64);
        float range = query.Real("range", 3, 0, 100);
        int scale = Scale(query, painter, dimensions * steps);
        float[] images = await painter.TraverseAsync(
            dimensions,
            steps,
            range,
            query.Seed,
            Label(query, painter),
            context.RequestAborted
        );
        await WriteAsync(context, painter, images, steps, scale);
    }

    private async Task ReconstructAsync(HttpContext context)
    {
        var query = new PictureQuery(context.Request.Query, "n", "seed", "label", "scale");
        Painter painter = Find(context, p => p.CanReconstruct);
        int count = query.Whole("n", 1, 1, MaxCount);
        int scale = Scale(query, painter, count);
        if (painter.HearsLabel("reconstruct") && !query.Has("label"))
        {
            throw RefusedException.BadRequest(
                $"this model is told the class of what it sees: label=0 to label={painter.Classes - 1}"
            );
        }

        using RequestBody body = await RequestBody.ReadAsync(context, options);
        float[] x = SentPicture.Read(body.Bytes, painter.Image);
        float[] images = await painter.ReconstructAsync(
            x,
            count,
            query.Seed,
            Label(query, painter),
            context.RequestAborted
        );
        await WriteAsync(context, painter, images, (int)Math.Ceiling(Math.Sqrt(count)), scale);
    }

    // What the page offers, and what each model is.
    private Task ListAsync(HttpContext context) =>
        Answers.WriteJsonAsync(
            context.Response,
            json =>
            {
                json.WriteStartObject();
                json.WriteStartArray("models");
                foreach (
                    Painter painter in Painters(p => p.CanSample && p.CanReconstruct)
                        .OrderBy(p => p.Card.Name, StringComparer.Ordinal)
                )
                {
                    json.WriteStartObject();
                    json.WriteString("name", painter.Card.Name);
                    json.WriteString("kind", painter.Card.Kind);
                    json.WriteString("data", painter.Card.Data.Name);
                    if (painter.Card.Image is { } image)
                    {
                        json.WriteStartObject("image");
                        json.WriteNumber("channels", image.Channels);
                        json.WriteNumber("height", image.Height);
                        json.WriteNumber("width", image.Width);
                        json.WriteEndObject();
                    }

                    json.WriteNumber("latent", painter.Card.Latent);
                    json.WriteNumber("classes", painter.Card.Classes);
                    json.WriteBoolean("samples", painter.CanSample);
                    json.WriteBoolean("reconstructs", painter.CanReconstruct);
                    json.WriteStartObject("parts");
                    foreach (var (part, model) in painter.Parts)
                    {
                        json.WriteStartObject(part);
                        json.WriteString("model", model.Name);
                        json.WriteString("version", model.VersionText);
                        json.WriteStartObject("inputs");
                        foreach (var input in model.Signature.Inputs)
                        {
                            json.WriteNumber(input.Name, input.RowLength);
                        }

                        json.WriteEndObject();
                        json.WriteEndObject();
                    }

                    json.WriteEndObject();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }
        );

    private Painter Find(HttpContext context, Func<Painter, bool> able)
    {
        string name = (string)context.Request.RouteValues["name"]!;
        return Painters(able).FirstOrDefault(p => p.Card.Name == name)
            ?? throw (
                repository.Ready
                    ? RefusedException.NotFound(
                        $"there is no model of that name; there are {string.Join(", ", Painters(able).Select(p => p.Card.Name))}"
                    )
                    : RefusedException.NotReady("models are being loaded")
            );
    }

    // Of each model the newest version that is able to, or else the newest. A version is of one training, so that parts of several don't mix.
    private IEnumerable<Painter> Painters(Func<Painter, bool> able) =>
        repository
            .Loaded.Where(m => m.Card is not null)
            .GroupBy(m => m.Card!.Name)
            .Select(model =>
                model
                    .GroupBy(m => m.Version)
                    .OrderByDescending(version => version.Key)
                    .Select(version => new Painter(
                        version.DistinctBy(m => m.Card!.Part).ToDictionary(m => m.Card!.Part),
                        options
                    ))
                    .OrderByDescending(able)
                    .First()
            );

    private static int? Label(PictureQuery query, Painter painter)
    {
        if (!query.Has("label"))
        {
            return null;
        }

        return painter.Classes > 0
            ? query.Whole("label", 0, 0, painter.Classes - 1)
            : throw RefusedException.BadRequest("this model knows no classes: leave out 'label'");
    }

    // So large that it can be looked at, and not larger than can be drawn.
    private static int Scale(PictureQuery query, Painter painter, int count)
    {
        int scale = query.Whole("scale", 2, 1, MaxScale);
        long values = painter.Image.Channels * painter.Image.Height * painter.Image.Width * scale * scale * count;
        return values <= MaxValues
            ? scale
            : throw RefusedException.BadRequest($"a picture of {values} numbers is too large, more than {MaxValues}");
    }

    private static async Task WriteAsync(HttpContext context, Painter painter, float[] images, int columns, int scale)
    {
        byte[] png = PictureGrid.Png(images, painter.Image, columns, scale);
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(png))[..32]}\"";
        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache"; // keep it, and ask whether it is still that one
        if (HttpMethods.IsGet(context.Request.Method) && Matches(context.Request.Headers.IfNoneMatch, tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = "image/png";
        context.Response.ContentLength = png.Length;
        await context.Response.Body.WriteAsync(png);
    }

    private static bool Matches(IEnumerable<string?> sent, string tag) =>
        sent.SelectMany(s => (s ?? "").Split(','))
            .Select(s => s.Trim())
            .Any(s => s == "*" || s.TrimStart('W', '/') == tag);
}
