using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Organisations;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Serving;

/// <summary>
/// A host from its database up: opened, migrated, filled, serving. Disposing it stops the host first and the database
/// after it, each within bounded time, so that nothing keeps trying a database that is gone.
/// </summary>
public sealed class RunningHost : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(250);

    /// <summary>A line in the log about every ten seconds of waiting.</summary>
    private const int TriesALine = 40;

    private readonly WebApplication _app;
    private readonly Database _database;

    private RunningHost(WebApplication app, Database database, IReadOnlyList<DemoAccount> newAccounts, StartToken? simulationToken)
    {
        _app = app;
        _database = database;
        NewAccounts = newAccounts;
        SimulationToken = simulationToken;
    }

    public IServiceProvider Services => _app.Services;

    /// <summary>Accounts that were made at this start, with their passwords.</summary>
    public IReadOnlyList<DemoAccount> NewAccounts { get; }

    /// <summary>Moves the clock; null when time is real.</summary>
    public StartToken? SimulationToken { get; }

    /// <summary>Where it listens, with the port it got.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>
    /// Waits for a server of your own that is not there yet: for as long as it says that it is starting or recovering, and otherwise for
    /// <see cref="HostSettings.DatabasePatience"/>.
    /// </summary>
    /// <exception cref="DataFolderException">The database cannot be opened; the message says what to do.</exception>
    /// <exception cref="SettingsException">The settings do not go together.</exception>
    public static async Task<RunningHost> StartAsync(HostSettings settings, CancellationToken ct)
    {
        if (settings.Simulated) SimulationSetup.RequireLoopback(settings.Urls);

        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
        var began = TimeProvider.System.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await StartOnceAsync(settings, logs, ct);
            }
            catch (Exception problem) when (
                settings.Server.ConnectionString is not null && DatabaseTrouble.IsPassing(problem)
                && (DatabaseTrouble.IsStarting(problem) || TimeProvider.System.GetElapsedTime(began) < settings.DatabasePatience))
            {
                if (attempt % TriesALine == 0) logs.CreateLogger<RunningHost>().LogWarning("Waiting for the database: {Problem}", problem.GetBaseException().Message);
                await Task.Delay(BetweenTries, TimeProvider.System, ct);
            }
        }
    }

    private static async Task<RunningHost> StartOnceAsync(HostSettings settings, ILoggerFactory logs, CancellationToken ct)
    {
        var database = await Database.OpenAsync(settings.Storage, TimeProvider.System, logs, ct);
        WebApplication? app = null;
        try
        {
            var simulation = settings.Simulated ? await SimulationSetup.BeginAsync(database, settings, ct) : null;
            app = HostApplication.Build(settings, database, simulation);
            var accounts = await FillAsync(app.Services, settings, ct);
            await WarmUp.RunAsync(app.Services, ct);
            await app.StartAsync(ct);
            return new RunningHost(app, database, accounts, simulation?.Token);
        }
        catch (Exception problem)
        {
            if (app is not null) await app.DisposeAsync();
            await database.DisposeAsync();
            if (problem is IOException { InnerException: AddressInUseException })
            {
                throw new SettingsException(
                    $"{settings.Urls} 已被另一个程序占用：请先停止它，或用 --urls 指定另一个地址。{Environment.NewLine}{settings.Urls} is in use by another program: stop it first, or choose another address with --urls.",
                    problem);
            }

            throw;
        }
    }

    /// <summary>Returns when the process is told to stop.</summary>
    public Task WaitForShutdownAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync()
    {
        using (var limit = new CancellationTokenSource(StopPatience))
        {
            await _app.StopAsync(limit.Token);
        }

        await _app.DisposeAsync();
        await _database.DisposeAsync();
    }

    /// <summary>What must be there before the first request: content, authorities, people to try it with.</summary>
    private static async Task<IReadOnlyList<DemoAccount>> FillAsync(IServiceProvider services, HostSettings settings, CancellationToken ct)
    {
        var releases = services.GetRequiredService<ContentReleases>();
        await releases.RefreshAsync(ct);
        if (settings.ContentFiles != ContentFiles.Off) await services.GetRequiredService<FolderSync>().LookAsync(ct);
        if (releases.HasCurrent) await services.GetRequiredService<AuthorityRegister>().SaveAsync(releases.Current.Regions, ct);
        return settings.Demo && releases.HasCurrent ? await services.GetRequiredService<DemoPeople>().AddAsync(ct) : [];
    }
}
