using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Migration;
using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench;

/// <summary>
/// Cases of the shipped flow wait in review on many of its versions, in every second of which the review has another id, and go over to the newest while officers approve a part of them. Then every row is
/// compared with what was there before: tasks, people, dates, timers, expectations, journal and audit.
/// </summary>
internal static class Migrating
{
    private const string FlowFile = "workflows/guangdong/vendor-integration.json";
    private const int Officers = 4;
    private static readonly Actor Officer = new("u-officer", "李明", "440300", "officer");
    private static readonly Actor Staff = new("u-policy", "何策", "440000", "policy-staff");

    public static async Task<int> RunAsync(string[] options)
    {
        var (cases, versions) = (VerbOptions.Number(options, "--cases") ?? 10_000, VerbOptions.Number(options, "--versions") ?? 20);
        if (versions is < 2 or > 500 || cases < versions || cases > 1_000_000)
        {
            Console.Error.WriteLine("--versions 2 to 500, --cases at least as many and at most 1,000,000.");
            return 2;
        }

        var folder = TemporaryData.NewFolder("wf-bench-");
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var storage = new StorageOptions { DataFolder = Path.Combine(folder, "data"), PackageFolders = [Path.GetFullPath("src/Host"), "."] };
        try
        {
            await using var server = await EmbeddedPostgres.StartAsync(storage, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await using var database = await Database.OpenAsync(
                storage with { ConnectionString = server.ConnectionString }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
            var time = new MovableTime(Replanning.Now);
            await using var services = new ServiceCollection().AddLogging().AddClocks(time).AddStorage(database).AddEngine().AddSingleton<CaseMover>()
                .AddSingleton<CaseNumbering>().AddSingleton(time).BuildServiceProvider();
            await services.GetRequiredService<OrganisationStore>().SaveAsync([Replanning.Province, Replanning.Authority, Replanning.Vendor], CancellationToken.None);
            var originals = await FillAsync(services, server.ConnectionString, cases, versions);
            return await MoveAsync(services, server.ConnectionString, originals, versions);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One case filed on each version as a host files it, and copies of it. The newest version has none.</summary>
    private static async Task<List<Guid>> FillAsync(ServiceProvider services, string superuser, int cases, int versions)
    {
        var files = ContentFolder.ReadFiles(Path.GetFullPath(".")).Files ?? throw new InvalidOperationException("There is no content here.");
        var (originals, left) = (new List<Guid>(), cases);
        for (var version = 1; version <= versions; version++)
        {
            await PublishAsync(services, files, version);
            if (version == versions)
            {
                break;
            }

            var share = left / (versions - version);
            left -= share;
            originals.Add(await Replanning.FileAsync(services));
            if (share > 1)
            {
                await Replanning.CopyAsync(superuser, originals[^1], share);
            }

            Console.Write($"\r  {cases - left} cases on {version} versions");
        }

        Console.WriteLine();
        return originals;
    }

    /// <summary>Every second version names the review otherwise; all have another title and another limit for what is opened anew.</summary>
    private static async Task PublishAsync(ServiceProvider services, IReadOnlyDictionary<string, string> files, int version)
    {
        var changed = files.Where(file => !file.Key.EndsWith(".scenarios.json", StringComparison.Ordinal)).ToDictionary();
        var flow = files[FlowFile].Replace("\"title\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"接口测试联调\" } }", $"\"title\": {{ \"typeName\": \"String\", \"expression\": {{ \"type\": \"Literal\", \"value\": \"接口测试联调（第 {version} 版）\" }} }}", StringComparison.Ordinal);
        if (version % 2 == 0)
        {
            flow = flow.Replace("\"id\": \"interface-test\"", "\"id\": \"joint-test\"", StringComparison.Ordinal).Replace("\"activity\": \"interface-test\"", "\"activity\": \"joint-test\"", StringComparison.Ordinal);
        }

        changed[FlowFile] = flow;
        var read = ContentReader.Read(changed);
        await services.GetRequiredService<ContentReleases>().PublishAsync(
            read.Set ?? throw new InvalidOperationException(string.Join('\n', read.Problems)), Replanning.Province.Id, "bench", services.GetRequiredService<BusinessClock>().Now, CancellationToken.None);
    }

    private static async Task<int> MoveAsync(ServiceProvider services, string superuser, List<Guid> originals, int versions)
    {
        var mover = services.GetRequiredService<CaseMover>();
        var target = services.GetRequiredService<ContentReleases>().Current.Id;
        var releases = (await mover.ReleasesAsync(Replanning.Flow, CancellationToken.None)).Select(release => release.ReleaseId).Where(release => release != target).ToList();
        var waiting = (await IdsAsync(superuser)).ToArray();
        // A part of the cases is in the test already, on whatever version it is: those wait at a step that has another name in every second version.
        var tested = waiting.Where((_, index) => index % 3 == 0).ToList();
        await ApproveAsync(services, tested, CancellationToken.None);
        await SnapshotAsync(superuser);

        var plans = new List<Workflows.Migration.MigrationPlan>();
        foreach (var release in releases)
        {
            var plan = await mover.ProposeAsync(Replanning.Flow, release, null, CancellationToken.None);
            plans.Add(plan with { Activities = [.. plan.Activities.Select(move => move with { IsConfirmed = true })] });
        }

        var watch = Stopwatch.StartNew();
        var rehearsed = 0;
        foreach (var plan in plans)
        {
            rehearsed += (await mover.RehearseAsync(plan, null, Staff, CancellationToken.None)).Moved;
        }

        var rehearsal = watch.Elapsed;
        using var enough = new CancellationTokenSource();
        var approved = Task.Run(() => ApproveAsync(services, Shuffled(waiting.Except(tested)), enough.Token));
        watch.Restart();
        var cpu = Samples.Cpu;
        var (moved, stayed) = (0, 0);
        foreach (var plan in plans)
        {
            var report = await mover.ApplyAsync(plan, "通知修订", Staff, CancellationToken.None);
            moved += report.Moved;
            stayed += report.Stayed;
            if (report.Stayed > 0)
            {
                Console.WriteLine(report);
            }
        }

        var elapsed = watch.Elapsed;
        await enough.CancelAsync();
        var decided = await approved;
        var spent = Samples.CpuSince(cpu);
        var again = 0;
        foreach (var plan in plans)
        {
            again += (await mover.ApplyAsync(plan, "再次", Staff, CancellationToken.None)).Moved;
        }

        Console.WriteLine(FormattableString.Invariant($"cases {waiting.Length:N0} on {releases.Count} old versions of {versions}; rehearsed {rehearsed:N0} in {rehearsal.TotalSeconds:N1} s ({rehearsed / rehearsal.TotalSeconds:N0}/s)"));
        Console.WriteLine(FormattableString.Invariant(
            $"moved {moved:N0} in {elapsed.TotalSeconds:N1} s ({moved / elapsed.TotalSeconds:N0}/s, {spent.TotalMilliseconds * 1000 / moved:N0} us CPU of this process each, decisions included), {stayed} stayed; meanwhile {decided.Done:N0} decisions ({decided.Done / elapsed.TotalSeconds:N0}/s), {decided.Races:N0} raced; a second run moved {again}"));
        var lost = await CheckAsync(superuser, target, versions % 2 == 0 ? "joint-test" : "interface-test", waiting.Length, tested.Count + decided.Done);
        foreach (var original in originals)
        {
            var audit = await services.GetRequiredService<AuditChain>().VerifyAsync($"case:{original:N}", CancellationToken.None);
            lost += audit.Intact ? 0 : 1;
        }

        var isWell = lost == 0 && stayed == 0 && again == 0 && moved == waiting.Length && rehearsed == waiting.Length;
        Console.WriteLine(isWell ? "nothing lost, nothing doubled" : "NOT WELL");
        return isWell ? 0 : 1;
    }

    /// <summary>Officers approve one after the other, as a host does it: read, decide, commit, and again where somebody was faster.</summary>
    private static async Task<(int Done, int Races)> ApproveAsync(ServiceProvider services, IEnumerable<Guid> cases, CancellationToken enough)
    {
        var (done, races) = (0, 0);
        var queue = new ConcurrentQueue<Guid>(cases);
        await Task.WhenAll(Enumerable.Range(0, Officers).Select(async _ =>
        {
            while (!enough.IsCancellationRequested && queue.TryDequeue(out var id))
            {
                while (!await ApproveAsync(services, id))
                {
                    Interlocked.Increment(ref races);
                }

                Interlocked.Increment(ref done);
            }
        }));
        return (done, races);
    }

    private static async Task<bool> ApproveAsync(ServiceProvider services, Guid id)
    {
        var stored = (await services.GetRequiredService<InstanceStore>().LoadAsync([id], CancellationToken.None))[id];
        var turn = InstanceTurn.Resume(stored, await services.GetRequiredService<ContentReleases>().GetAsync(stored.ReleaseId, CancellationToken.None));
        var task = stored.State.Bookmarks.First(bookmark => bookmark.ActivityId == "review" && bookmark.Payload is null);
        var now = services.GetRequiredService<BusinessClock>().Now;
        var ran = await services.GetRequiredService<BurstExecutor>().RunAsync(turn, new Stimulus.TaskCompleted(task.Id, "Approved", new JsonObject(), Officer), now, CancellationToken.None);
        return ran is not RunResult.Ran
            ? throw new InvalidOperationException($"Case {id:N} cannot be approved: {ran}.")
            : (await services.GetRequiredService<CommitStore>().CommitAsync([turn.ToUnit(now, Officer)], CancellationToken.None))[0] is CommitResult.Committed;
    }

    private static List<Guid> Shuffled(IEnumerable<Guid> ids)
    {
        var random = new Random(7);
        return [.. ids.OrderBy(_ => random.Next())];
    }

    private static async Task<List<Guid>> IdsAsync(string superuser)
    {
        await using var source = NpgsqlDataSource.Create(superuser);
        await using var command = source.CreateCommand("select id from instances where status = 'Running' order by id");
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync())
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static Task SnapshotAsync(string superuser) => ExecuteAsync(superuser, """
        create schema before;
        create table before.tasks as select * from tasks;
        create table before.timers as select * from timers;
        create table before.expectations as select * from expectations;
        create table before.instances as select id, revision, organisation_id, correlation_id from instances;
        """);

    /// <summary>How many rows are not as they should be.</summary>
    /// <param name="test">What the newest version calls the step behind the review.</param>
    private static async Task<long> CheckAsync(string superuser, string target, string test, int cases, int approved)
    {
        var checks = new (string What, string Sql)[]
        {
            ("cases that are not on the newest version", $"select count(*) from instances i left join cases c on c.instance_id = i.id where i.release_id <> '{target}' or c.release_id <> '{target}' or i.status <> 'Running'"),
            ("cases too few or too many", $"select abs(count(*) - {cases}) from instances"),
            ("cases that did not go over exactly once", "select count(*) from before.instances b where (select count(*) from journal j where j.instance_id = b.id and j.event = 'Migrated') <> 1"),
            ("revisions that nobody explains", "select count(*) from instances i join before.instances b on b.id = i.id where i.revision <> b.revision + 1 + (select count(distinct revision) from journal j where j.instance_id = i.id and j.revision > b.revision and j.event = 'Completed' and j.activity_id = 'review')"),
            ("decisions too few or too many", $"select abs(count(*) - {approved}) from tasks where outcome = 'Approved'"),
            ("tasks that were open and are gone, or are somebody else's, or have other dates", "select count(*) from before.tasks b left join tasks t on t.id = b.id where b.closed_at is null and (t.id is null or (t.closed_at is null and (t.organisation_id, t.role, t.party, t.kind, t.start_date, t.due_date, t.overdue_at, t.opened_at, t.clock, t.provisional) is distinct from (b.organisation_id, b.role, b.party, b.kind, b.start_date, b.due_date, b.overdue_at, b.opened_at, b.clock, b.provisional)))"),
            ("open tasks without exactly one step of the newest version", $"select count(*) from tasks where closed_at is null and (release_id <> '{target}' or (kind = 'Work' and activity_id not in ('review', '{test}')))"),
            ("cases without exactly one open task of work", "select count(*) from instances i where (select count(*) from tasks t where t.instance_id = i.id and t.closed_at is null and t.kind = 'Work') <> 1"),
            ("timers that were pending and are gone or have another instant", "select count(*) from before.timers b left join timers t on t.id = b.id where b.status = 'pending' and (t.id is null or t.due_at <> b.due_at or (t.status <> 'pending' and not exists (select from tasks k where k.id = b.bookmark_id and k.closed_at is not null)))"),
            ("waits without their row", "select count(*) from (select i.id, unnest(i.waits) w from instances i) w where (split_part(w.w, ':', 1) = 'task' and not exists (select from tasks t where t.id = split_part(w.w, ':', 2) and t.closed_at is null)) or (split_part(w.w, ':', 1) = 'timer' and not exists (select from timers t where t.id = split_part(w.w, ':', 2) and t.status = 'pending')) or (split_part(w.w, ':', 1) like 'message%' and not exists (select from expectations e where e.bookmark_id = split_part(w.w, ':', 2)))"),
            ("rows without their wait", "select count(*) from tasks t join instances i on i.id = t.instance_id where t.closed_at is null and not ('task:' || t.id = any (i.waits))"),
            ("incidents", "select count(*) from incidents"),
        };
        var wrong = 0L;
        await using var source = NpgsqlDataSource.Create(superuser);
        foreach (var (what, sql) in checks)
        {
            await using var command = source.CreateCommand(sql);
            command.CommandTimeout = 600;
            var count = Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
            if (count != 0)
            {
                Console.WriteLine($"  {count,8:N0} {what}");
                wrong += count;
            }
        }

        await using var incidents = source.CreateCommand("select count(*), message from incidents group by message order by 1 desc limit 10");
        await using var messages = await incidents.ExecuteReaderAsync();
        while (await messages.ReadAsync()) Console.WriteLine($"  {messages.GetInt64(0),8:N0} × {messages.GetString(1)}");
        return wrong;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Text of this program.")]
    private static async Task ExecuteAsync(string superuser, string sql)
    {
        await using var source = NpgsqlDataSource.Create(superuser);
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync();
    }
}
