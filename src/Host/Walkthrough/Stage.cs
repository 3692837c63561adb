using WorkflowEngine.Content.Standards;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// Where a story is played: a simulated host of its own on a free port of this machine, and clients that reach it by HTTP.
/// What happens inside the host is only seen from outside.
/// </summary>
public sealed class Stage : IAsyncDisposable
{
    private readonly RunningHost _host;
    private readonly HttpClient _clockClient;
    private readonly string _contentRoot;
    private readonly List<IDisposable> _clients = [];

    private Stage(RunningHost host, string contentRoot)
    {
        _host = host;
        _contentRoot = contentRoot;
        _clockClient = new HttpClient { BaseAddress = host.Address };
        _clockClient.DefaultRequestHeaders.Add(StartToken.Header, host.SimulationToken!.Value);
    }

    public Uri Address => _host.Address;

    /// <summary>Business time.</summary>
    public DateTimeOffset Now { get; private set; }

    /// <exception cref="StoryException">The content cannot be run; the message lists what is wrong.</exception>
    public static async Task<Stage> SetAsync(HostSettings settings, DateTimeOffset start, CancellationToken ct)
    {
        var host = await RunningHost.StartAsync(
            settings with { Urls = "http://127.0.0.1:0", Demo = true, Simulated = true, SimulatedStart = start, Quiet = true }, ct);
        var stage = new Stage(host, settings.ContentRoot) { Now = start };
        try
        {
            await stage.RequireReadyAsync(ct);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    public async Task<PlatformClient> SignInAsync(string userName, CancellationToken ct)
    {
        var client = Keep(new PlatformClient(_host.Address));
        await client.SignInAsync(userName, PasswordOf(userName), ct);
        return client;
    }

    public string PasswordOf(string userName) => _host.NewAccounts.FirstOrDefault(account => account.UserName == userName)?.Password
        ?? throw new StoryException($"There is no new demo account '{userName}'; a walkthrough wants an empty data folder.");

    /// <summary>A vendor's server with the key that its person fetched.</summary>
    public NationalClient Device(string profileId, string appid, string appsecret)
    {
        var standards = MessageStandards.Read(ContentFolder.ReadFiles(_contentRoot).Files!).Standards;
        var standard = standards?.GetValueOrDefault(profileId) ?? throw new StoryException($"There is no interface standard '{profileId}' under {MessageStandards.Folder}.");
        return Keep(new NationalClient(_host.Address, standard.Signing, appid, appsecret));
    }

    /// <summary>Lets business time pass until the instant (China Standard Time, <c>2022-10-09T11:00</c>); everything due on the way happens.</summary>
    public async Task WaitUntilAsync(string instant, CancellationToken ct)
    {
        var to = new DateTimeOffset(DateTime.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), BusinessClock.Offset);
        await AdvanceAsync(to, ct);
    }

    /// <summary>Lets everything that is already due or on its way happen, without any time passing.</summary>
    public Task SettleAsync(CancellationToken ct) => AdvanceAsync(Now, ct);

    /// <summary>What the host says of itself.</summary>
    public async Task<Readiness> ReadinessAsync(CancellationToken ct)
    {
        using var response = await _clockClient.GetAsync(new Uri("/health/ready", UriKind.Relative), ct);
        return await response.Content.ReadFromJsonAsync<Readiness>(ct) ?? throw new StoryException("/health/ready answers nothing.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        _clockClient.Dispose();
        await _host.DisposeAsync();
    }

    private async Task AdvanceAsync(DateTimeOffset to, CancellationToken ct)
    {
        using var response = await _clockClient.PostAsJsonAsync("/simulation/advance", new Advance(to), ct);
        if (!response.IsSuccessStatusCode) throw new StoryException($"advance to {to:O}: HTTP {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(ct)}");
        Now = to;
    }

    private async Task RequireReadyAsync(CancellationToken ct)
    {
        var readiness = await ReadinessAsync(ct);
        if (!readiness.Ready || readiness.ContentRefused)
        {
            throw new StoryException(string.Join('\n', readiness.ContentProblems is { Count: > 0 } problems ? problems : ["The host is not ready."]));
        }
    }

    private T Keep<T>(T client) where T : IDisposable
    {
        _clients.Add(client);
        return client;
    }
}
