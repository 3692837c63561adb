using WorkflowEngine.Content.Standards;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Walkthrough;

/// <summary>
/// Where a story is played: a simulated host of its own on a free port of this machine, and clients that reach it by HTTP.
/// What happens inside the host is only seen from outside.
/// </summary>
public sealed class Stage : IAsyncDisposable
{
    private const int MostLooks = 200;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

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

    /// <summary>The calendar of the content folder as it is now.</summary>
    public WorkingDayCalendar Calendar => WorkingDayCalendar.Read(File.ReadAllText(Path.Combine(_contentRoot, ContentReader.CalendarFile)), ContentReader.CalendarFile).Calendar
        ?? throw new StoryException($"{ContentReader.CalendarFile} cannot be read.");

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

    /// <summary>Whoever holds the role at the organisation.</summary>
    public async Task<PlatformClient> SignInAsync(string organisationId, string role, CancellationToken ct)
    {
        var account = _host.NewAccounts.FirstOrDefault(account => (account.OrganisationId, account.Role) == (organisationId, role))
            ?? throw new StoryException($"There is no new demo account of '{role}' at {organisationId}; a walkthrough wants an empty data folder.");
        return await SignInAsync(account.UserName, ct);
    }

    public string PasswordOf(string userName) => _host.NewAccounts.FirstOrDefault(account => account.UserName == userName)?.Password
        ?? throw new StoryException($"There is no new demo account '{userName}'; a walkthrough wants an empty data folder.");

    /// <summary>A vendor's server with the key that its person fetched.</summary>
    public DeviceClient Device(string profileId, string appid, string appsecret)
    {
        var standards = MessageStandards.Read(ContentFolder.ReadFiles(_contentRoot).Files!).Standards;
        var standard = standards?.GetValueOrDefault(profileId) ?? throw new StoryException($"There is no interface standard '{profileId}' under {MessageStandards.Folder}.");
        return Keep(new DeviceClient(_host.Address, standard.Signing, appid, appsecret));
    }

    /// <summary>Lets business time pass until the instant (China Standard Time, <c>2022-10-09T11:00</c>); everything due on the way happens.</summary>
    public Task WaitUntilAsync(string instant, CancellationToken ct) =>
        WaitUntilAsync(new DateTimeOffset(DateTime.Parse(instant, System.Globalization.CultureInfo.InvariantCulture), BusinessClock.Offset), ct);

    /// <inheritdoc cref="WaitUntilAsync(string, CancellationToken)"/>
    public Task WaitUntilAsync(DateTimeOffset instant, CancellationToken ct) => AdvanceAsync(instant, ct);

    /// <summary>Lets everything that is already due or on its way happen, without any time passing.</summary>
    public Task SettleAsync(CancellationToken ct) => AdvanceAsync(Now, ct);

    /// <summary>Saves content files as policy staff do, and waits until they are in force.</summary>
    /// <param name="change">From the texts as they are to those that change, by repository path.</param>
    public async Task PublishAsync(Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change, CancellationToken ct)
    {
        var before = await ReadinessAsync(ct);
        var texts = change(ContentFolder.ReadFiles(_contentRoot).Files!);
        foreach (var (path, text) in texts) await File.WriteAllTextAsync(Path.Combine(_contentRoot, path), text, ct);

        for (var look = 0; look < MostLooks; look++)
        {
            var readiness = await ReadinessAsync(ct);
            if (readiness.ContentRefused) throw new StoryException(string.Join('\n', readiness.ContentProblems));
            if (readiness.Release != before.Release)
            {
                await SettleAsync(ct);
                return;
            }

            await Task.Delay(BetweenLooks, TimeProvider.System, ct);
        }

        throw new StoryException($"{string.Join(", ", texts.Keys)}: saved, and not in force after {MostLooks * BetweenLooks.TotalSeconds:0} seconds.");
    }

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
