using System.Net.Http.Json;
using Microsoft.Playwright;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Browser.Tests.Support;

/// <summary>
/// A simulated host of its own (real Kestrel, private PostgreSQL, shipped content) and Debian's Chromium in front of it.
/// Business time is moved through the public endpoint, as the walkthrough does.
/// </summary>
public sealed class BrowserStage : IAsyncDisposable
{
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync",
    ];

    /// <summary>Nobody waits this long on an idle machine; continuous integration is not one.</summary>
    private const float Patience = 60_000;

    private static readonly ContentMemory Memory = new();

    private readonly RunningHost _host;
    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly HttpClient _clock;
    private readonly DirectoryInfo _data;
    private readonly List<IDisposable> _devices = [];
    private readonly string _contentRoot;

    private BrowserStage(RunningHost host, IPlaywright playwright, IBrowser browser, DirectoryInfo data, string contentRoot)
    {
        _host = host;
        _playwright = playwright;
        _browser = browser;
        _data = data;
        _contentRoot = contentRoot;
        _clock = new HttpClient { BaseAddress = host.Address };
        _clock.DefaultRequestHeaders.Add(StartToken.Header, host.SimulationToken!.Value);
    }

    /// <summary>Business time.</summary>
    public DateTimeOffset Now { get; private set; }

    public Uri Address => _host.Address;

    /// <param name="guests">Who is wanted besides the people of the demonstration.</param>
    public static async Task<BrowserStage> SetAsync(string start, params DemoGuest[] guests)
    {
        var data = new DirectoryInfo(TemporaryData.NewFolder("wfe-"));
        var contentRoot = HostSettings.ContentRootFrom(null);
        var host = await RunningHost.StartAsync(
            new HostSettings
            {
                Urls = "http://127.0.0.1:0",
                DataFolder = data.FullName,
                ContentRoot = contentRoot,
                Demo = true,
                Simulated = true,
                SimulatedStart = Instant(start),
                Quiet = true,
                DemoGuests = guests,
                ContentMemory = Memory,
            },
            CancellationToken.None);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable("WORKFLOWENGINE_CHROMIUM") ?? "/usr/bin/chromium-headless-shell",
            Args = Arguments,
        });
        return new BrowserStage(host, playwright, browser, data, contentRoot) { Now = Instant(start) };
    }

    /// <summary>Somebody's own browser, signed in through the page.</summary>
    public async Task<Visitor> SignInAsync(string userName, bool javaScript)
    {
        var visitor = await VisitAsync(javaScript);
        await visitor.GoAsync("/");
        await visitor.FillAsync("用户名", userName);
        await visitor.FillAsync("密码", PasswordOf(userName));
        await visitor.PressAsync("登录");
        await visitor.SeesAsync("您好");
        return visitor;
    }

    /// <summary>Somebody at the public API, for what a story needs and does not look at.</summary>
    public async Task<PlatformClient> ClientAsync(string userName)
    {
        var client = new PlatformClient(Address);
        _devices.Add(client);
        await client.SignInAsync(userName, PasswordOf(userName), CancellationToken.None);
        return client;
    }

    /// <summary>A browser in which nobody has signed in.</summary>
    public async Task<Visitor> VisitAsync(bool javaScript)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = Address.ToString(),
            JavaScriptEnabled = javaScript,
            Locale = "zh-CN",
            TimezoneId = "Asia/Shanghai",
            ViewportSize = new ViewportSize { Width = 1280, Height = 860 },
        });
        context.SetDefaultTimeout(Patience);
        Assertions.SetDefaultExpectTimeout(Patience);
        return new Visitor(await context.NewPageAsync(), javaScript);
    }

    /// <summary>The user name of who holds a role at an organisation.</summary>
    public string At(string organisation, string role) => _host.NewAccounts.First(account => account.OrganisationId == organisation && account.Role == role).UserName;

    public string PasswordOf(string userName) => _host.NewAccounts.Single(account => account.UserName == userName).Password;

    /// <summary>Lets business time pass; everything due on the way happens.</summary>
    /// <param name="instant">China Standard Time, <c>2022-10-09T11:00</c>.</param>
    public async Task WaitUntilAsync(string instant)
    {
        using var response = await _clock.PostAsJsonAsync("/simulation/advance", new Advance(Instant(instant)));
        response.EnsureSuccessStatusCode();
        Now = Instant(instant);
    }

    /// <summary>Lets everything happen that is due or on its way, without time passing.</summary>
    public async Task SettleAsync()
    {
        using var response = await _clock.PostAsJsonAsync("/simulation/advance", new Advance(Now));
        response.EnsureSuccessStatusCode();
    }

    /// <summary>A vendor's server with the key that its person copied from the screen.</summary>
    public DeviceClient Device(string profile, string appid, string appsecret)
    {
        var standard = MessageStandards.Read(ContentFolder.ReadFiles(_contentRoot).Files!).Standards![profile];
        var device = new DeviceClient(Address, standard.Signing, appid, appsecret);
        _devices.Add(device);
        return device;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        foreach (var device in _devices) device.Dispose();
        _clock.Dispose();
        await _host.DisposeAsync();
        _data.Delete(recursive: true);
    }

    private static DateTimeOffset Instant(string text) =>
        new(DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture), BusinessClock.Offset);
}
