using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Vae.Inference;

/// <summary>Lets in who sends the token. Health, the page and the document are open: they hold nothing of the models.</summary>
internal sealed class Door(string? token)
{
    // Digests are equally long, so that comparing them takes equally long.
    private readonly byte[]? digest = token is null ? null : Digest(token);

    public Task EnterAsync(HttpContext context, RequestDelegate next)
    {
        if (digest is null || IsOpen(context.Request.Path) || Holds(context.Request.Headers.Authorization.ToString()))
        {
            return next(context);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        throw new RefusedException(
            StatusCodes.Status401Unauthorized,
            "this service asks for its token: Authorization: Bearer TOKEN"
        );
    }

    private static bool IsOpen(PathString path) =>
        path.StartsWithSegments("/v2/health") || path.Value is "/" or "/openapi.json";

    private bool Holds(string header)
    {
        const string scheme = "Bearer ";
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Digest(header[scheme.Length..].Trim()), digest);
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
