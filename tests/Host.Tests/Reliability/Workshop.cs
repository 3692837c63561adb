using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Http;
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
    /// <summary>Definition id of the flow that is shipped for vendors.</summary>
    public const string Shipped = "guangdong-vendor-integration";

    private const int BatchSize = 200;

    private const string Picture = """
        with recursive family as (
          select id from instances where id = any ($1)
          union select c.id from instances c join family f on c.parent_id = f.id)
        select coalesce(string_agg(line, E'\n' order by line), '') from (
          select 'instance ' || definition_id || ' revision ' || revision || ' ' || sub_status || ' waits ' || coalesce(array_length(waits, 1), 0) from instances join family using (id)
          union all select 'case ' || status || ' ' || coalesce(outcome, '-') || ' ' || clocks from cases c join family f on f.id = c.instance_id
          union all select 'journal ' || revision || '.' || ordinal || ' ' || activity_id || ' ' || event from journal j join family f on f.id = j.instance_id
          union all select 'task ' || activity_id || ' ' || coalesce(ended, 'open') || ' ' || coalesce(outcome, '-') || ' ' || coalesce(due_date::text, '-') from tasks t join family f on f.id = t.instance_id
          union all select 'timer ' || kind || ' ' || due_at || ' ' || status from timers t join family f on f.id = t.instance_id
          union all select 'warning ' || activity_id || ' ' || level from warnings w join family f on f.id = w.instance_id
          union all select 'notice ' || template || ' to ' || party from notices n join family f on f.id = n.instance_id
          union all select 'mail ' || template || ' ' || o.status from outbox o join notices n on n.id = o.notice_id join family f on f.id = n.instance_id
          union all select 'expectation ' || name from expectations e join family f on f.id = e.instance_id
          union all select 'signal ' || kind || ' ' || name || ' ' || status from signals s join family f on f.id = s.instance_id
          union all select 'incident ' || activity_id || ' ' || coalesce(ended, 'open') from incidents n join family f on f.id = n.instance_id
          union all select 'credential ' || stage || ' ' || (revoked_at is null) from credentials c join family f on f.id = c.instance_id
          union all select 'submission ' || form_id from submissions s join family f on f.id = s.instance_id
          union all select 'request ' || status || ' ' || coalesce(outcome, '-') from http_requests q join family f on f.id = q.instance_id
          union all select 'audit ' || sequence from audit a join family f on a.chain = 'case:' || replace(f.id::text, '-', '')) lines(line)
        """;

    private readonly Dictionary<string, JsonObject> _papers = [];

    private readonly TemporaryFolder _data;
    private readonly string _superuser;
    private readonly EmbeddedPostgres? _server;
    private readonly Database _database;
    private readonly WebApplication _host;
    private int _cases;

    private Workshop(TemporaryFolder data, string superuser, EmbeddedPostgres? server, Database database, WebApplication host)
    {
        _data = data;
        _superuser = superuser;
        _server = server;
        _database = database;
        _host = host;
    }

    public static DateTimeOffset Start { get; } = new(2022, 9, 30, 9, 0, 0, TimeSpan.FromHours(8));

    public static Actor Officer { get; } = new("u-officer", "王审核", DemoPeople.Shenzhen, "officer");

    /// <summary>One for all hosts of a database, whichever process they are in.</summary>
    public static string MasterKey { get; } = Convert.ToBase64String(new byte[32]);

    public ContentReleases Releases => Part<ContentReleases>();

    /// <param name="server">Started here; stopped with the workshop.</param>
    /// <param name="reach">How the host reaches the server: the server's own connection string, or one that leads through something else.</param>
    /// <param name="asked">The system that flows may ask.</param>
    public static Task<Workshop> OpenAsync(FlowFolder content, EmbeddedPostgres server, Func<string, string>? reach = null, Uri? asked = null) =>
        OpenAsync(content.Path, reach?.Invoke(server.ConnectionString) ?? server.ConnectionString, server, asked);

    /// <summary>Another host beside the one that has the server.</summary>
    public static Task<Workshop> JoinAsync(string contentFolder, string connectionString, Uri asked) => OpenAsync(contentFolder, connectionString, server: null, asked);

    private static async Task<Workshop> OpenAsync(string contentFolder, string connectionString, EmbeddedPostgres? server, Uri? asked)
    {
        var data = new TemporaryFolder();
        var settings = TestSettings.New with
        {
            Server = new StorageOptions { ConnectionString = connectionString, MasterKey = MasterKey },
            DataFolder = data.Path, ContentRoot = contentFolder, Simulated = true, SimulatedStart = Start, Quiet = true, Urls = "http://127.0.0.1:0",
            Http = new HttpSettings
            {
                Outgoing = asked is null ? [] : new Dictionary<string, IReadOnlyList<HttpTarget>> { [DemoPeople.Shenzhen] = [HttpSettings.Target($"{asked}v1/", ["127.0.0.1/32"])] },
            },
        };
        var database = await Database.OpenAsync(settings.Storage, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var host = HostApplication.Build(settings, database, await SimulationSetup.BeginAsync(database, settings, CancellationToken.None));
        var sync = host.Services.GetRequiredService<FolderSync>();
        await sync.LookAsync(CancellationToken.None);
        if (sync.Status.Refused) throw new InvalidOperationException(string.Join('\n', sync.Status.Problems));
        var releases = host.Services.GetRequiredService<ContentReleases>();
        await host.Services.GetRequiredService<AuthorityRegister>().SaveAsync(releases.Current.Regions, CancellationToken.None);
        await host.Services.GetRequiredService<DemoPeople>().AddAsync(CancellationToken.None);
        return new Workshop(data, server?.ConnectionString ?? connectionString, server, database, host);
    }

    public static Task<EmbeddedPostgres> ServerAsync(TemporaryFolder folder) => EmbeddedPostgres.StartAsync(
        TestSettings.New.Storage with { DataFolder = folder.Path }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    public T Part<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
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
        return await RunAsync(turn, new Stimulus.Start(isCase ? SmallFlows.Filed : null, new JsonObject { ["value"] = "一" }, null));
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
    public Task WaitUntilAsync(DateTimeOffset to) => Part<BusinessTimeTravel>().AdvanceAsync(to, CancellationToken.None);

    /// <summary>Returns when the server has noticed that whoever was at it is gone: until then it keeps their locks.</summary>
    public async Task NobodyIsAtItAsync()
    {
        const string Others = "select count(*) from pg_stat_activity where xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'";
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (await AskAsync<long>(Others) > 0) await looks.WaitForNextTickAsync();
    }

    /// <summary>Stands at an instance, as a commit of another host does, until it is disposed of.</summary>
    public async Task<IAsyncDisposable> HoldAsync(Guid instance)
    {
        var connection = new NpgsqlConnection(_superuser);
        await connection.OpenAsync();
        await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand("select from instances where id = $1 for no key update", connection) { Parameters = { new() { Value = instance } } };
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Returns when somebody is waiting for a lock.</summary>
    public async Task SomebodyWaitsAsync()
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        while (await AskAsync<long>("select count(*) from pg_stat_activity where wait_event_type = 'Lock'") == 0) await looks.WaitForNextTickAsync();
    }

    public Task<int> SweepAsync() => Part<Sweeper>().DrainAsync(CancellationToken.None);

    /// <summary>Does what no role of the program may do: as the server's superuser, who is above row-level security. Returns the rows touched.</summary>
    public async Task<int> TamperAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(_superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteNonQueryAsync();
    }

    public async Task<T> AskAsync<T>(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(_superuser);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return (T)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>How things stand with these instances, their children and the cases that continue them, in words that name no id: the same for each run of the same story.</summary>
    public async Task<string> PictureAsync(Guid[] roots) => await AskAsync<string>(Picture, roots);

    /// <summary>A complete application of 甲科技 for a product of its own.</summary>
    public async Task<JsonObject> ApplicationAsync(SignedInPerson vendor)
    {
        if (_papers.Count == 0)
        {
            foreach (var paper in (string[])["businessLicence", "authorisation", "productDescription", "selfTestReport", "commitment"])
            {
                using var pdf = new MemoryStream("%PDF-1.4\n%%EOF\n"u8.ToArray());
                var stored = await Part<AttachmentService>().StoreAsync(pdf, $"{paper}.pdf", vendor, CancellationToken.None);
                _papers[paper] = ((StoreAttachmentResult.Stored)stored).Handle.ToJson();
            }
        }

        var form = new JsonObject
        {
            ["companyName"] = "甲科技有限公司", ["uscc"] = DemoPeople.VendorJia, ["productName"] = "实名通", ["productVersion"] = Guid.NewGuid().ToString("N")[..12],
            ["productType"] = "软件", ["standardVersion"] = "V1.3", ["entry"] = "1", ["contactName"] = "王晓", ["contactPhone"] = "13800138000",
            ["contactEmail"] = "jia@example.com", ["truth"] = true,
        };
        foreach (var (paper, handle) in _papers) form[paper] = new JsonArray(handle.DeepClone());
        return form;
    }

    private async Task<CommitUnit> RunAsync(InstanceTurn turn, Stimulus stimulus)
    {
        var now = Part<Clocks.BusinessClock>().Now;
        var result = await Part<BurstExecutor>().RunAsync(turn, stimulus, now, CancellationToken.None, timer: (stimulus as Stimulus.TimerFired)?.TimerId);
        if (result is not RunResult.Ran) throw new InvalidOperationException($"{stimulus}: {result}");
        return turn.ToUnit(now);
    }

    private async Task CommitAsync(IReadOnlyList<CommitUnit> units)
    {
        var failed = (await Part<CommitStore>().CommitAsync(units, CancellationToken.None)).FirstOrDefault(result => result is not CommitResult.Committed);
        if (failed is not null) throw new InvalidOperationException(failed.ToString());
    }
}
