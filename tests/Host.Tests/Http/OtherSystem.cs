using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
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

    /// <summary>By SNI, one for each connection over TLS.</summary>
    public ConcurrentQueue<string> NamesAskedFor { get; private init; } = [];

    public Func<HttpContext, Task> Answer { get; set; } = http =>
    {
        if (!http.Request.Path.Value!.EndsWith(".pdf", StringComparison.Ordinal)) return http.Response.WriteAsync("好");

        http.Response.ContentType = "application/pdf";
        return http.Response.WriteAsync("%PDF-1.4\n%%EOF\n");
    };

    public int Port { get; private set; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <param name="tls">Shows this certificate and its chain, whatever name is asked for.</param>
    public static async Task<OtherSystem> StartAsync(string address = "127.0.0.1", int port = 0, SslStreamCertificateContext? tls = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var names = new ConcurrentQueue<string>();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(address), port, listen =>
        {
            if (tls is null) return;

            listen.UseHttps(
                (_, hello, _, _) =>
                {
                    names.Enqueue(hello.ServerName);
                    return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = tls });
                },
                state: new object());
        }));
        var app = builder.Build();
        var system = new OtherSystem(app) { NamesAskedFor = names };
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
