using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Http;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Http;

/// <summary>A simulated host with flows that ask and are asked, and another system beside it. 甲科技 may send there, 乙智能 may not.</summary>
[CollectionDefinition(FlowWorld.Name)]
public sealed class FlowWorldCollection : ICollectionFixture<FlowWorld>
{
}

/// <inheritdoc cref="FlowWorldCollection"/>
public sealed class FlowWorld : IAsyncLifetime
{
    public const string Name = "flow world";

    private readonly TemporaryFolder _server = new();
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    /// <summary>The host's database, beside it as in an installation with several hosts.</summary>
    public EmbeddedPostgres Postgres { get; private set; } = null!;

    public OtherSystem System { get; private set; } = null!;

    public Stage Stage { get; private set; } = null!;

    public PlatformClient Jia { get; private set; } = null!;

    public PlatformClient Yi { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        System = await OtherSystem.StartAsync();
        var settings = TestSettings.New;
        Postgres = await EmbeddedPostgres.StartAsync(settings.Storage with { DataFolder = _server.Path }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        var flows = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Http", "flows.json")))!.AsObject();
        foreach (var (path, flow) in flows)
        {
            var text = flow!.ToJsonString().Replace("api.example.test:PORT", $"127.0.0.1:{System.Port}", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(_content.Path, path), text);
        }

        var target = HttpSettings.Target($"http://127.0.0.1:{System.Port}/v1/", ["127.0.0.1/32"]);
        Stage = await Platform.OpenAsync(settings with
        {
            Server = new StorageOptions { ConnectionString = Postgres.ConnectionString },
            DataFolder = _data.Path,
            ContentRoot = _content.Path,
            Http = new HttpSettings
            {
                Outgoing = new Dictionary<string, IReadOnlyList<HttpTarget>> { [DemoPeople.VendorJia] = [target] },
                Anonymous = ["open/{x}"],
                FirstRetry = TimeSpan.FromMilliseconds(20),
            },
        });
        Jia = await Stage.SignInAsync("jia", CancellationToken.None);
        Yi = await Stage.SignInAsync("yi", CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        await Postgres.DisposeAsync();
        await System.DisposeAsync();
        _server.Dispose();
        _data.Dispose();
        _content.Dispose();
    }

    /// <summary>A form with files, as a browser or a program sends it.</summary>
    public static MultipartFormDataContent Form(params (string Name, byte[] Content)[] files)
    {
        var form = new MultipartFormDataContent { { new StringContent("材料一"), "title" } };
        foreach (var (name, content) in files) form.Add(new ByteArrayContent(content), "papers", name);
        return form;
    }

    /// <summary>Asks until there is an answer: retries wait on the system's clock.</summary>
    public async Task<string> AskAsync(PlatformClient who, string path)
    {
        using var response = await AnswerAsync(who, path, status => status != HttpStatusCode.NotFound);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Asks until the answer is such a one.</summary>
    public async Task<HttpResponseMessage> AnswerAsync(PlatformClient who, string path, Func<HttpStatusCode, bool> isIt)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        // One address may not ask endless times a minute, and the tests of this world share one.
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(500));
        while (true)
        {
            await Stage.SettleAsync(patience.Token);
            var response = await who.ReadAsync(path, patience.Token);
            if (response.StatusCode != HttpStatusCode.TooManyRequests && isIt(response.StatusCode)) return response;
            response.Dispose();
            await looks.WaitForNextTickAsync(patience.Token);
        }
    }
}
