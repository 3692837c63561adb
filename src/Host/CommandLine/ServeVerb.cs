using System.CommandLine;
using System.Globalization;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>serve</c>: everything in one process, until it is told to stop.</summary>
public static class ServeVerb
{
    public static Command Create()
    {
        var demo = new Option<bool>("--demo") { Description = "Adds organisations and one user per role; prints their passwords once." };
        var simulated = new Option<string?>("--simulated")
        {
            Description = "Business time is moved by hand, from this instant on (default: now). Only on a database made for it.",
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "start",
        };
        var urls = new Option<string?>("--urls") { Description = $"Addresses to listen on (default {HostSettings.DefaultUrl})." };
        var data = new Option<string?>("--data") { Description = "Folder of the embedded database (default .data)." };
        var content = new Option<string?>("--content") { Description = "Folder with workflows/, rules/ and templates/." };

        var serve = new Command("serve", "Runs the host: pages, API, ingest, timers, mail.") { demo, simulated, urls, data, content };
        serve.SetAction((parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment();
            settings = settings with
            {
                Demo = parsed.GetValue(demo),
                Simulated = parsed.GetResult(simulated) is not null,
                SimulatedStart = InstantFrom(parsed.GetValue(simulated)),
                Urls = parsed.GetValue(urls) ?? settings.Urls,
                DataFolder = parsed.GetValue(data) ?? settings.DataFolder,
                ContentRoot = parsed.GetValue(content) is { } folder ? HostSettings.ContentRootFrom(folder) : settings.ContentRoot,
            };
            return RunAsync(settings, ct);
        });
        return serve;
    }

    private static async Task<int> RunAsync(HostSettings settings, CancellationToken ct)
    {
        await using var host = await RunningHost.StartAsync(settings, ct);
        foreach (var account in host.NewAccounts)
        {
            Console.WriteLine($"{account.UserName,-12} {account.Password}  {account.Role,-16} {account.Organisation}");
        }

        if (host.SimulationToken is { } token) Console.WriteLine($"Simulation token: {token.Value}");
        Console.WriteLine($"Listening on {host.Address}");
        await host.WaitForShutdownAsync(ct);
        return 0;
    }

    /// <summary>An instant as people write it: <c>2022-09-30T16:40</c> is meant in China Standard Time.</summary>
    internal static DateTimeOffset? InstantFrom(string? text)
    {
        if (text is null) return null;
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces, out var parsed))
        {
            throw new SettingsException($"'{text}' is not an instant; write 2022-09-30T16:40 (China Standard Time) or 2022-09-30T08:40Z.");
        }

        return parsed.Kind == DateTimeKind.Utc
            ? new DateTimeOffset(parsed, TimeSpan.Zero).ToOffset(BusinessClock.Offset)
            : new DateTimeOffset(parsed, BusinessClock.Offset);
    }
}
