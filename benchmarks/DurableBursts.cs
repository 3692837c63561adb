using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench;

/// <summary>
/// A whole case of two human tasks, three bursts, each decided by the engine and committed: instance, journal, task, timers, audit. One burst a
/// transaction, as when a person clicks. Beside it, interleaved on the same server, <c>cal.transition</c>: the bare seven statements of such a step.
/// </summary>
internal static class DurableBursts
{
    private const int Repetitions = 5;
    private const int Workers = 16;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(5);
    private static readonly DateTimeOffset Now = new(2022, 9, 30, 12, 0, 0, TimeSpan.FromHours(8));
    private static readonly Organisation Authority = new("440300", "深圳市住房和建设局", OrganisationLevel.City, "authority", "440000/440300/", "440000", "440300");
    private static readonly Organisation Province = new("440000", "广东省住房和城乡建设厅", OrganisationLevel.Province, "authority", "440000/", null, "440000");
    private static readonly Organisation Vendor = new("91440300192359041F", "甲科技有限公司", OrganisationLevel.Enterprise, "vendor", "enterprise/91440300192359041F/", null, null);
    private static readonly Actor Officer = new("u-1", "经办", Authority.Id, "officer");

    public static async Task<int> RunAsync()
    {
        var folder = TemporaryData.NewFolder("wf-bench-");
        // The private server runs as an account of its own when we are root: it must be able to reach its folder.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var options = new StorageOptions { DataFolder = Path.Combine(folder, "data"), PackageFolders = [Path.GetFullPath("src/Host"), "."] };
        try
        {
            await using var server = await EmbeddedPostgres.StartAsync(options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
            await using var database = await Database.OpenAsync(
                options with { ConnectionString = server.ConnectionString }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
            await using var bare = await BareTransaction.PrepareAsync(server.ConnectionString, Workers);
            var (flow, facts, commits) = await PrepareAsync(database);

            Samples transition = new("cal.transition, 16 at once", "tx/s"), bursts = new("durable bursts, 16 at once", "bursts/s"), ratio = new("ratio", "of cal.transition", "N2");
            await MeasureAsync(bare.RunAsync);
            await MeasureAsync(() => CaseAsync(flow, facts, commits, database));
            for (var repetition = 0; repetition < Repetitions; repetition++)
            {
                var bareRate = await MeasureAsync(bare.RunAsync);
                var burstRate = await MeasureAsync(() => CaseAsync(flow, facts, commits, database));
                transition.Add(bareRate);
                bursts.Add(burstRate);
                ratio.Add(burstRate / bareRate);
            }

            transition.Print();
            bursts.Print(FormattableString.Invariant($"whole cases: {bursts.Median / 3:N1}/s"));
            ratio.Print("goal 0.3");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(WorkflowDefinition Flow, Facts Facts, CommitStore Commits)> PrepareAsync(Database database)
    {
        var wakeUps = new WakeUps(database, TimeProvider.System, NullLogger<WakeUps>.Instance);
        await new OrganisationStore(database).SaveAsync([Province, Authority, Vendor], CancellationToken.None);
        var flowPath = Path.Combine(AppContext.BaseDirectory, "Flows", "two-tasks.json");
        var flowText = await File.ReadAllTextAsync(flowPath);
        await new ReleaseStore(database, wakeUps).PublishAsync(
            new Release("bench", Province.Id, Now, "bench"), new Dictionary<string, string> { ["workflows/two-tasks.json"] = flowText }, CancellationToken.None);
        var flow = WorkflowDefinition.Read(flowText, flowPath).Definition ?? throw new InvalidOperationException("two-tasks.json does not read.");
        var calendarPath = Path.Combine(AppContext.BaseDirectory, "calendar.json");
        var calendar = WorkingDayCalendar.Read(await File.ReadAllTextAsync(calendarPath), calendarPath).Calendar ?? throw new InvalidOperationException("The calendar does not read.");
        var facts = Facts.None
            .With(new FactKey(FactKind.Calendar, "cn"), calendar)
            .With(new FactKey(FactKind.Organisation, Authority.Id), new OrganisationFact(Authority.Id, Authority.Name, Authority.Level, Authority.ParentId));
        return (flow, facts, new CommitStore(database, wakeUps));
    }

    /// <summary>Three bursts, each with its own load and commit, as three clicks of three people would be.</summary>
    private static async Task<int> CaseAsync(WorkflowDefinition flow, Facts facts, CommitStore commits, Database database)
    {
        var instances = new InstanceStore(database);
        var id = Guid.CreateVersion7();
        var header = new CaseHeader($"BENCH-{id:N}", "甲科技接入深圳", new Dictionary<string, string>
        {
            [CaseHeader.Applicant] = Vendor.Id, [CaseHeader.Authority] = Authority.Id, [CaseHeader.Province] = Province.Id,
        });
        var state = WorkflowState.New(id, flow, header);
        var burst = Decide(flow, state, new Stimulus.Start(TriggerActivityId: null, [], CorrelationId: null), facts);
        await CommitAsync(commits, state, burst, new NewInstance(flow.DefinitionId, 1, "bench", Authority.Id));
        for (var click = 0; click < 2; click++)
        {
            var stored = (await instances.LoadAsync([id], CancellationToken.None))[id].State;
            var task = burst.Effects.OfType<Effect.OpenTask>().Single().Id.ToString();
            burst = Decide(flow, stored, new Stimulus.TaskCompleted(task, "Done", [], Officer), facts);
            await CommitAsync(commits, stored, burst, @new: null);
        }

        return burst.State.Outcome == "完成" ? 3 : throw new InvalidOperationException($"The case ended as {burst.State.Outcome}.");
    }

    private static Burst Decide(WorkflowDefinition flow, WorkflowState state, Stimulus stimulus, Facts facts) =>
        WorkflowRunner.Run(flow, state, stimulus, facts, Now) switch
        {
            RunResult.Ran ran => ran.Burst,
            RunResult.NeedFacts need => throw new InvalidOperationException($"The engine wants {string.Join(", ", need.Keys)}."),
            var other => throw new InvalidOperationException($"The engine answered {other}."),
        };

    private static async Task CommitAsync(CommitStore commits, WorkflowState before, Burst burst, NewInstance? @new)
    {
        var unit = new CommitUnit { InstanceId = before.InstanceId, ExpectedRevision = before.Revision, Bursts = [burst], BusinessNow = Now, New = @new, Actor = Officer };
        var result = (await commits.CommitAsync([unit], CancellationToken.None))[0];
        if (result is not CommitResult.Committed)
        {
            throw new InvalidOperationException($"The commit answered {result}.");
        }
    }

    /// <summary>Operations a second of <see cref="Workers"/> at once, for a while.</summary>
    private static async Task<double> MeasureAsync(Func<Task<int>> operation)
    {
        var done = new ConcurrentBag<int>();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(async _ =>
        {
            var mine = 0;
            while (watch.Elapsed < Long)
            {
                mine += await operation();
            }

            done.Add(mine);
        }));
        return done.Sum() / watch.Elapsed.TotalSeconds;
    }
}
