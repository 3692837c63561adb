using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Organisations;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>
/// All parts of a host on a real database, with none of its background workers running: what happens, happens because it was asked for. So a fault can be put
/// between any two steps, and what a restarted host would do is done in a few calls.
/// </summary>
public sealed class Workshop : IAsyncDisposable
{
    private const int BatchSize = 200;

    private readonly TemporaryFolder _data;
    private readonly EmbeddedPostgres _server;
    private readonly Database _database;
    private readonly WebApplication _host;
    private int _cases;

    private Workshop(TemporaryFolder data, EmbeddedPostgres server, Database database, WebApplication host)
    {
        _data = data;
        _server = server;
        _database = database;
        _host = host;
    }

    public static DateTimeOffset Start { get; } = new(2022, 9, 30, 9, 0, 0, TimeSpan.FromHours(8));

    public static Actor Officer { get; } = new("u-officer", "王审核", DemoPeople.Shenzhen, "officer");

    public ContentReleases Releases => Part<ContentReleases>();

    /// <param name="server">Started here; stopped with the workshop.</param>
    /// <param name="reach">How the host reaches the server: the server's own connection string, or one that leads through something else.</param>
    public static async Task<Workshop> OpenAsync(FlowFolder content, EmbeddedPostgres server, Func<string, string>? reach = null)
    {
        var data = new TemporaryFolder();
        var settings = HostSettings.FromEnvironment() with
        {
            Server = new StorageOptions { ConnectionString = reach?.Invoke(server.ConnectionString) ?? server.ConnectionString },
            DataFolder = data.Path, ContentRoot = content.Path, Simulated = true, SimulatedStart = Start, Quiet = true, Urls = "http://127.0.0.1:0",
        };
        var database = await Database.OpenAsync(settings.Storage, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var host = HostApplication.Build(settings, database, await SimulationSetup.BeginAsync(database, settings, CancellationToken.None));
        var sync = host.Services.GetRequiredService<FolderSync>();
        await sync.LookAsync(CancellationToken.None);
        if (sync.Status.Refused) throw new InvalidOperationException(string.Join('\n', sync.Status.Problems));
        var releases = host.Services.GetRequiredService<ContentReleases>();
        await host.Services.GetRequiredService<AuthorityRegister>().SaveAsync(releases.Current.Regions, CancellationToken.None);
        await host.Services.GetRequiredService<DemoPeople>().AddAsync(CancellationToken.None);
        return new Workshop(data, server, database, host);
    }

    public static Task<EmbeddedPostgres> ServerAsync(TemporaryFolder folder) => EmbeddedPostgres.StartAsync(
        HostSettings.FromEnvironment().Storage with { DataFolder = folder.Path }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    public T Part<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
        _data.Dispose();
    }

    /// <summary>Starts so many instances of a flow, each with a case of 甲科技 in Shenzhen when <paramref name="isCase"/>.</summary>
    public async Task<IReadOnlyList<Guid>> BeginAsync(string flow, int count, bool isCase = false)
    {
        var begun = new List<Guid>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(BatchSize))
        {
            var units = new List<CommitUnit>();
            foreach (var _ in chunk)
            {
                units.Add(await BeginningOfAsync(flow, Guid.NewGuid(), isCase));
            }

            await CommitAsync(units);
            begun.AddRange(units.Select(unit => unit.InstanceId));
        }

        return begun;
    }

    /// <summary>What starting an instance decides, not committed.</summary>
    public async Task<CommitUnit> BeginningOfAsync(string flow, Guid id, bool isCase)
    {
        var content = Releases.Current;
        var definition = content.Flows[flow];
        var header = isCase
            ? new CaseHeader(FormattableString.Invariant($"SY-2022-440300-{Interlocked.Increment(ref _cases):D6}"), "实名通接入", new Dictionary<string, string>
            {
                [CaseHeader.Applicant] = DemoPeople.VendorJia, [CaseHeader.Authority] = DemoPeople.Shenzhen, [CaseHeader.Province] = "440000",
            })
            : null;
        var turn = InstanceTurn.Begin(id, new NewInstance(flow, definition.Version, content.Id, DemoPeople.Shenzhen), content, header);
        return await RunAsync(turn, new Stimulus.Start(null, new JsonObject { ["value"] = "一" }, null));
    }

    /// <summary>Gives each instance a stimulus, as a host that has just loaded it.</summary>
    public async Task GiveAsync(IEnumerable<Guid> instances, Func<StoredInstance, Stimulus> stimulus)
    {
        foreach (var chunk in instances.Chunk(BatchSize))
        {
            var units = new List<CommitUnit>();
            foreach (var stored in (await LoadAsync(chunk)).Values)
            {
                units.Add(await RunAsync(InstanceTurn.Resume(stored, await Releases.GetAsync(stored.ReleaseId, CancellationToken.None)), stimulus(stored)));
            }

            await CommitAsync(units);
        }
    }

    public Task<IReadOnlyDictionary<Guid, StoredInstance>> LoadAsync(IReadOnlyCollection<Guid> instances) => Part<InstanceStore>().LoadAsync(instances, CancellationToken.None);

    /// <summary>How many of these have come to their end without a failed step.</summary>
    public async Task<int> FinishedAsync(IReadOnlyCollection<Guid> instances) =>
        (await LoadAsync(instances)).Values.Count(stored => stored.State.SubStatus == InstanceSubStatus.Finished);

    /// <summary>Lets business time pass, and everything happen that is due.</summary>
    public async Task WaitUntilAsync(DateTimeOffset to) => Assert.NotNull(await Part<BusinessTimeTravel>().AdvanceAsync(to, CancellationToken.None));

    public Task<int> SweepAsync() => Part<Sweeper>().DrainAsync(CancellationToken.None);

    /// <summary>Does what no role of the program may do: as the server's superuser, who is above row-level security. Returns the rows touched.</summary>
    public async Task<int> TamperAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> AskAsync<T>(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(_server.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task<CommitUnit> RunAsync(InstanceTurn turn, Stimulus stimulus)
    {
        var now = Part<Clocks.BusinessClock>().Now;
        var result = await Part<BurstExecutor>().RunAsync(turn, stimulus, now, CancellationToken.None, timer: (stimulus as Stimulus.TimerFired)?.TimerId);
        Assert.IsType<RunResult.Ran>(result);
        return turn.ToUnit(now);
    }

    private async Task CommitAsync(IReadOnlyList<CommitUnit> units) =>
        Assert.All(await Part<CommitStore>().CommitAsync(units, CancellationToken.None), result => Assert.IsType<CommitResult.Committed>(result));
}
