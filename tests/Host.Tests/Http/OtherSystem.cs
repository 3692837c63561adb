using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>Another system on this machine, which writes down what it is asked.</summary>
public sealed class OtherSystem : IAsyncDisposable
{
    private readonly WebApplication _app;

    private OtherSystem(WebApplication app) => _app = app;

    public ConcurrentQueue<Asked> Requests { get; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = http => http.Response.WriteAsync("好");

    public int Port { get; private set; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    public static async Task<OtherSystem> StartAsync(string address = "127.0.0.1", int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(address), port));
        var app = builder.Build();
        var system = new OtherSystem(app);
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            system.Requests.Enqueue(new Asked(
                http.Request.Method, http.Request.Path + http.Request.QueryString, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync()));
            await system.Answer(http);
        });
        await app.StartAsync();
        system.Port = new Uri(app.Urls.Single()).Port;
        return system;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public sealed record Asked(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);
}
