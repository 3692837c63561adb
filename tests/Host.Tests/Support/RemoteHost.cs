using System.Net.Http.Json;
using System.Text.RegularExpressions;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>A simulated host as a process of its own, with what it printed at its start.</summary>
public sealed partial class RemoteHost : IAsyncDisposable
{
    private readonly HostProcess _process;
    private readonly Dictionary<string, string> _passwords;
    private readonly string _token;

    private RemoteHost(HostProcess process, Uri address, string token, Dictionary<string, string> passwords)
    {
        _process = process;
        Address = address;
        _token = token;
        _passwords = passwords;
    }

    public Uri Address { get; }

    /// <param name="known">Passwords printed at an earlier start of the same data folder.</param>
    /// <param name="settings">Settings given in the environment.</param>
    public static async Task<RemoteHost> StartAsync(string dataFolder, RemoteHost? known = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var environment = new Dictionary<string, string>(settings ?? new Dictionary<string, string>());
        if (environment.TryAdd("Content__Root", Path.Combine(dataFolder, "content")) && !Directory.Exists(environment["Content__Root"]))
        {
            // Without its stories, which every new process would play before it publishes them.
            ContentCopy.Of(HostSettings.ContentRootFrom(null), environment["Content__Root"]);
        }

        var process = HostProcess.Start(environment, "serve", "--demo", "--simulated", "2022-09-30T09:00", "--urls", "http://127.0.0.1:0", "--data", dataFolder);
        var token = await process.LineAsync("Simulation token: ");
        var address = new Uri(await process.LineAsync("Listening on "));
        var passwords = known?._passwords ?? Account().Matches(process.Output).ToDictionary(found => found.Groups["name"].Value, found => found.Groups["password"].Value);
        return new RemoteHost(process, address, token, passwords);
    }

    public async Task<PlatformClient> SignInAsync(string userName)
    {
        var client = new PlatformClient(Address);
        await client.SignInAsync(userName, _passwords[userName], CancellationToken.None);
        return client;
    }

    public async Task AdvanceAsync(DateTimeOffset to)
    {
        using var http = new HttpClient { BaseAddress = Address };
        http.DefaultRequestHeaders.Add(StartToken.Header, _token);
        using var response = await http.PostAsJsonAsync("/simulation/advance", new Advance(to));
        response.EnsureSuccessStatusCode();
    }

    public Task KillAsync() => _process.KillAsync();

    public Task<int> StopAsync() => _process.StopAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    [GeneratedRegex(@"^(?<name>[a-z-]+) +(?<password>[a-z0-9]{16}) ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Account();
}
