using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>A host on a server of its own province, which goes away and comes back.</summary>
public sealed class DatabaseAwayTests : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private StorageOptions _storage = null!;
    private EmbeddedPostgres _server = null!;
    private RunningHost _host = null!;

    private HostSettings Settings => TestSettings.New with
    {
        DataFolder = Path.Combine(_data.Path, "host"), Urls = "http://127.0.0.1:0", Quiet = true, ContentFiles = ContentFiles.Off,
        Server = new StorageOptions { ConnectionString = _server.ConnectionString, MasterKey = Convert.ToBase64String(new byte[32]) },
    };

    public async Task InitializeAsync()
    {
        _storage = TestSettings.New.Storage with { DataFolder = Path.Combine(_data.Path, "server") };
        _server = await StartServerAsync();
        _host = await RunningHost.StartAsync(Settings, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [Fact]
    public async Task While_the_database_is_away_everybody_is_asked_to_come_again_and_a_host_that_starts_waits_for_it()
    {
        using var http = new HttpClient { BaseAddress = _host.Address };
        await _server.DisposeAsync();

        var program = await SignInAsync(http, "application/json");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, DatabaseAway.RetryAfter), (program.StatusCode, program.Headers.RetryAfter?.Delta));
        Assert.Equal("application/problem+json", program.Content.Headers.ContentType?.MediaType);
        Assert.Contains("Idempotency-Key", await program.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var person = await SignInAsync(http, "text/html");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, DatabaseAway.RetryAfter), (person.StatusCode, person.Headers.RetryAfter?.Delta));
        Assert.Contains("系统繁忙，请稍后再试", await person.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Whoever is told not to wait says what is wrong; the others wait until the server is there.
        await Assert.ThrowsAsync<DataFolderException>(() => RunningHost.StartAsync(Settings with { DatabasePatience = TimeSpan.Zero }, CancellationToken.None));
        var starting = RunningHost.StartAsync(Settings, CancellationToken.None);
        _server = await StartServerAsync();
        await using var second = await starting;

        using var other = new HttpClient { BaseAddress = second.Address };
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(other, "application/json")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SignInAsync(http, "application/json")).StatusCode);
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient http, string accepted)
    {
        using var content = new StringContent("""{"userName":"nobody","password":"nothing at all"}""", new MediaTypeHeaderValue("application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = content, Headers = { { "Accept", accepted } } };
        return await http.SendAsync(request);
    }

    private Task<EmbeddedPostgres> StartServerAsync() => EmbeddedPostgres.StartAsync(_storage, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
}
