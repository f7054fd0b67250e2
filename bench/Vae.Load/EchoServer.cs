using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Vae.Load;

/// <summary>Kestrel alone: reads the body of an inference, and gives one answer of the service to all.</summary>
internal static class EchoServer
{
    public static async Task RunAsync(byte[] answer, string jsonLength)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        WebApplication app = builder.Build();
        app.UseRouting();
        app.MapPost(
            "/v2/models/{model}/infer",
            async context =>
            {
                byte[] buffer = new byte[(int)context.Request.ContentLength!.Value];
                await context.Request.Body.ReadExactlyAsync(buffer);
                context.Response.ContentType = "application/octet-stream";
                context.Response.ContentLength = answer.Length;
                context.Response.Headers["Inference-Header-Content-Length"] = jsonLength;
                await context.Response.Body.WriteAsync(answer);
            }
        );
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.Out.WriteLine($"listening at {addresses.First()}");
        await app.WaitForShutdownAsync();
    }
}
