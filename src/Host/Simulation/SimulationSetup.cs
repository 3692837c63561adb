using System.Net;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Simulation;

/// <summary>A simulation that has begun: its time, and the token that moves it.</summary>
public sealed record BegunSimulation(MovableTime Time, StartToken Token);

public static class SimulationSetup
{
    private const string TokenFile = "simulation-token";

    /// <summary>Takes up the stored time of the database, or begins at the start that was asked for. Keeps a fresh token in the data folder.</summary>
    public static async Task<BegunSimulation> BeginAsync(Database database, HostSettings settings, CancellationToken ct)
    {
        var stored = new SimulatedTime(database);
        var now = await stored.NowAsync(ct)
            ?? await stored.AdvanceAsync(settings.SimulatedStart ?? TimeProvider.System.GetUtcNow(), ct);
        var token = StartToken.Make();
        await KeepAsync(token, settings.DataFolder, ct);
        return new BegunSimulation(new MovableTime(now), token);
    }

    public static IServiceCollection AddSimulation(this IServiceCollection services, BegunSimulation simulation) => services
        .AddSingleton(simulation.Time)
        .AddSingleton(simulation.Token)
        .AddSingleton<BusinessTimeTravel>();

    /// <summary>Whoever can move time can make anybody late: that stays on this machine.</summary>
    /// <exception cref="SettingsException">An address is reachable from elsewhere.</exception>
    public static void RequireLoopback(string urls)
    {
        foreach (var url in urls.Split(';'))
        {
            var host = Uri.TryCreate(url, UriKind.Absolute, out var parsed) ? parsed.Host.Trim('[', ']') : url;
            if (host != "localhost" && !(IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)))
            {
                throw new SettingsException($"A simulated host listens on this machine only; '{url}' does not. Use {HostSettings.DefaultUrl}.");
            }
        }
    }

    private static async Task KeepAsync(StartToken token, string dataFolder, CancellationToken ct)
    {
        Directory.CreateDirectory(dataFolder);
        var file = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var writer = new StreamWriter(Path.Combine(dataFolder, TokenFile), file);
        await writer.WriteAsync(token.Value.AsMemory(), ct);
    }
}
