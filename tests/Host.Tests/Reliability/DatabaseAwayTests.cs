using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Host.Clocks;
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

    [Fact]
    public async Task A_host_that_stood_still_renews_its_connections_and_one_that_beats_keeps_them()
    {
        var (time, log) = (new BeatingTime(), new Overheard());
        using var watch = new ServerWatch(_host.Services.GetRequiredService<Database>(), new SystemClock(time), log);
        using (var http = new HttpClient { BaseAddress = _host.Address }) await SignInAsync(http, "application/json");
        var before = await ConnectionsAsync();
        Assert.NotEmpty(before);

        await watch.StartAsync(CancellationToken.None);
        await time.AskedAsync(1);
        for (var beat = 0; beat < 20; beat++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await time.AskedAsync(2);
        }

        Assert.False(log.Warned.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Contains("stood still for 9 seconds", await log.Warned.Task.WaitAsync(TimeSpan.FromMinutes(1)), StringComparison.Ordinal);
        await watch.StopAsync(CancellationToken.None);

        // The server notices that they are gone; those that were at work when the host stood still go when they are given back.
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while ((await ConnectionsAsync()).Intersect(before).Any()) await looks.WaitForNextTickAsync();
    }

    private async Task<IReadOnlyList<int>> ConnectionsAsync()
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select pid from pg_stat_activity where application_name in ('workflow-app', 'workflow-sign-in')", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var pids = new List<int>();
        while (await reader.ReadAsync()) pids.Add(reader.GetInt32(0));
        return pids;
    }

    private sealed class Overheard : ILogger<ServerWatch>
    {
        public TaskCompletionSource<string> Warned { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Warning) Warned.TrySetResult(formatter(state, exception));
        }
    }

    private static async Task<HttpResponseMessage> SignInAsync(HttpClient http, string accepted)
    {
        using var content = new StringContent("""{"userName":"nobody","password":"nothing at all"}""", new MediaTypeHeaderValue("application/json"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/session") { Content = content, Headers = { { "Accept", accepted } } };
        return await http.SendAsync(request);
    }

    private Task<EmbeddedPostgres> StartServerAsync() => EmbeddedPostgres.StartAsync(_storage, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
}
