using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Vae.Inference.Observing;
using Vae.Inference.Pictures;
using Vae.Inference.Protocol;
using Vae.Inference.Repository;

namespace Vae.Inference;

/// <summary>The service: it listens at once, is ready when its models are warm, and on SIGTERM finishes what it has accepted.</summary>
public sealed class Service : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ModelRepository repository;

    private Service(WebApplication app, ModelRepository repository, Task ready)
    {
        (this.app, this.repository, Ready) = (app, repository, ready);
    }

    /// <summary>Ends when all models are loaded and warm.</summary>
    public Task Ready { get; }

    /// <summary>Where it listens, such as http://127.0.0.1:8000.</summary>
    public Uri Address =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>How many versions of models can be asked.</summary>
    public int ModelCount => repository.Loaded.Count;

    /// <summary>What is answered: method and path.</summary>
    public IReadOnlyList<(string Method, string Path)> Endpoints =>
        [
            .. ((IEndpointRouteBuilder)app)
                .DataSources.SelectMany(d => d.Endpoints)
                .OfType<RouteEndpoint>()
                .SelectMany(e =>
                    (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).Select(m =>
                        (m, e.RoutePattern.RawText ?? "")
                    )
                ),
        ];

    /// <summary>Listens, and begins to load models.</summary>
    public static async Task<Service> StartAsync(ServiceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory }
        );
        var drain = new Drain(options.DrainDelay);
        builder.Services.AddRoutingCore().AddSingleton<IHostedService>(drain);
        builder.Services.Configure<HostOptions>(o =>
            o.ShutdownTimeout = options.DrainDelay + options.BodyTimeout + options.Timeout + TimeSpan.FromMinutes(1)
        );
        ConfigureLog(builder.Logging);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = options.MaxBody;
                kestrel.Limits.MaxConcurrentConnections = 4096;
                kestrel.Limits.RequestHeadersTimeout = options.BodyTimeout;
                if (options.Host == "localhost")
                {
                    kestrel.ListenLocalhost(options.Port);
                }
                else
                {
                    kestrel.Listen(IPAddress.Parse(options.Host), options.Port);
                }
            });
        WebApplication app = builder.Build();
        var logs = app.Services.GetRequiredService<ILoggerFactory>();
        var repository = new ModelRepository(options, logs.CreateLogger<ModelRepository>());
        var counts = new HttpCounts();
        var answers = new Answers(counts, drain, options.LogRequests, logs.CreateLogger<Answers>());
        app.Use(answers.AroundAsync);
        app.Use(new Door(options.Token).EnterAsync);
        app.UseRouting();
        new ProtocolEndpoints(repository, drain, options).Map(app);
        new PictureEndpoints(repository, options).Map(app);
        app.MapGet(
            "/metrics",
            context =>
            {
                context.Response.ContentType = Metrics.ContentType;
                bool ready = repository.Ready && !drain.Begun;
                return context.Response.WriteAsync(Metrics.Text(repository.Loaded, counts, ready));
            }
        );
        Resource(app, "/", "index.html", "text/html; charset=utf-8");
        Resource(app, "/openapi.json", "openapi.json", "application/json");
        await app.StartAsync();
        return new Service(app, repository, Task.Run(repository.LoadAll));
    }

    /// <summary>Until SIGTERM or Ctrl-C, and then until everything accepted is answered.</summary>
    public Task WaitForShutdownAsync() => app.WaitForShutdownAsync();

    /// <summary>Ends it as SIGTERM does.</summary>
    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await Ready.ContinueWith(_ => { }, TaskScheduler.Default);
        repository.Dispose();
    }

    // JSON, a line for each event, on stderr.
    private static void ConfigureLog(ILoggingBuilder logging)
    {
        logging.AddJsonConsole(format =>
        {
            format.UseUtcTimestamp = true;
            format.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        });
        logging.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        logging
            .SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None); // else every request has an activity and a scope
    }

    // A file that is part of the program.
    private static void Resource(WebApplication app, string path, string name, string type)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        byte[] bytes = copy.ToArray();
        app.MapGet(
            path,
            async context =>
            {
                context.Response.ContentType = type;
                context.Response.ContentLength = bytes.Length;
                context.Response.Headers.ContentSecurityPolicy =
                    "default-src 'self'; img-src 'self' blob: data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; frame-ancestors 'none'";
                await context.Response.Body.WriteAsync(bytes);
            }
        );
    }
}
