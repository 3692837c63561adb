using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Migration;
using WorkflowEngine.Workflows.Tests.Calendars;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>
/// A case with a host in memory: a business clock, the timers and tasks that are open, everything that was sent. Each burst is run twice and stored in
/// between, so every scenario also proves that replay equals run and that a stored state is the same state.
/// </summary>
internal sealed class CaseInMemory
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);
    private static readonly Actor Platform = new("platform", "平台", "440000", "platform");

    private WorkflowDefinition _definition;
    private readonly Dictionary<string, Effect.ArmTimer> _timers = [];
    private readonly Dictionary<string, Effect.OpenTask> _tasks = [];
    private Facts _facts;

    public CaseInMemory(WorkflowDefinition definition, WorkingDayCalendar? calendar = null, CaseHeader? header = null)
    {
        _definition = definition;
        _facts = Facts.None
            .With(FactKey.Calendar, calendar ?? ChinaCalendar.Shipped)
            .With(new FactKey(FactKind.Organisation, "440000"), new OrganisationFact("440000", "省住房城乡建设厅", OrganisationLevel.Province, null))
            .With(new FactKey(FactKind.Organisation, "440300"), new OrganisationFact("440300", "深圳市住房和建设局", OrganisationLevel.City, "440000"))
            .With(new FactKey(FactKind.Organisation, "440600"), new OrganisationFact("440600", "佛山市住房和城乡建设局", OrganisationLevel.City, "440000"))
            .With(new FactKey(FactKind.Organisation, "440606"), new OrganisationFact("440606", "佛山市顺德区住房城乡建设和水利局", OrganisationLevel.County, "440600"));
        foreach (var name in new[] { "material-completeness", "conformance-complete" })
        {
            var file = RuleFile.Parse(RepositoryFiles.Read($"rules/guangdong/{name}.json"), name);
            _facts = _facts.With(new FactKey(FactKind.RuleSet, name), RuleSet.Compile(file.Workflows).RuleSet!);
        }

        State = WorkflowState.New(
            Guid.Parse("00000000-0000-0000-0000-000000000001"),
            definition,
            header ?? Header("440300"));
    }

    public static WorkflowDefinition VendorIntegration { get; } = Definition(RepositoryFiles.Read("workflows/guangdong/vendor-integration.json"));

    /// <summary>A case of an applicant at an authority.</summary>
    public static CaseHeader Header(string authority) =>
        new("440300-2022-0001", "接入申请", new Dictionary<string, string> { ["applicant"] = "91440300192359041F", ["authority"] = authority, ["province"] = "440000" });

    public WorkflowState State { get; private set; }

    /// <summary>Incidents are what the scenario is about.</summary>
    public bool MayFail { get; init; }

    public DateTimeOffset Now { get; private set; }

    public List<Effect> Effects { get; } = [];

    public List<JournalEntry> Journal { get; } = [];

    /// <summary>Facts that bursts asked for.</summary>
    public List<FactKey> Asked { get; } = [];

    public IEnumerable<Effect.OpenTask> Tasks => _tasks.Values;

    public IReadOnlyCollection<Effect.ArmTimer> Timers => _timers.Values;

    public IReadOnlyDictionary<string, JsonNode?> Variables => State.VariablesOf(_definition);

    public IEnumerable<string> Notices => Effects.OfType<Effect.QueueNotice>().Select(n => n.Notice);

    public static WorkflowDefinition Definition(string json)
    {
        var result = WorkflowDefinition.Read(json, "flow.json");
        Assert.DoesNotContain(result.Problems, p => p.Severity == ProblemSeverity.Error);
        return result.Definition!;
    }

    public void Start(string at, JsonObject? values = null) => Assert.IsType<RunResult.Ran>(TryStart(at, values));

    public RunResult TryStart(string at, JsonObject? values = null, string? continues = null, string? firstFiled = null)
    {
        At(at);
        var input = new JsonObject { ["submissionId"] = "s-1", ["form"] = "vendor-application", ["values"] = values ?? Application() };
        if (continues is not null)
        {
            input["transferredFrom"] = continues;
            input["originalSubmittedAt"] = firstFiled;
        }

        return Send(new Stimulus.Start(null, input, null), mustRun: false);
    }

    /// <summary>What the register of cases answers.</summary>
    public void Registers(string key, params JsonObject[] entries) => _facts = _facts.With(new FactKey(FactKind.Cases, key), entries.Select(FactJson.Plain).Cast<FactObject>().ToList());

    /// <summary>An event of this case happens: every wait for it is told.</summary>
    public RunResult Happens(string @event, JsonObject? payload = null)
    {
        var waiting = State.Bookmarks.First(b => (string?)b.Payload?["eventName"] == @event);
        return Send(new Stimulus.MessageArrived(waiting.Id, payload), mustRun: false);
    }

    /// <summary>Lets business time pass, waking the case at each instant that is due.</summary>
    public void At(string shanghaiTime)
    {
        var until = new DateTimeOffset(DateTime.ParseExact(shanghaiTime, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Shanghai);
        while (_timers.Values.Where(t => t.DueAt <= until).MinBy(t => t.DueAt) is { } due)
        {
            Now = due.DueAt > Now ? due.DueAt : Now;
            _timers.Remove(due.Id.ToString());
            Send(new Stimulus.TimerFired(due.Id.ToString()));
        }

        Now = until;
    }

    /// <summary>Lets business time pass while the host is too busy to fire timers.</summary>
    public void Jump(string shanghaiTime) =>
        Now = new DateTimeOffset(DateTime.ParseExact(shanghaiTime, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Shanghai);

    public void Complete(string activityId, string outcome, JsonObject? values = null) => Assert.IsType<RunResult.Ran>(TryComplete(activityId, outcome, values));

    public RunResult TryComplete(string activityId, string outcome, JsonObject? values = null)
    {
        var task = _tasks.Values.Single(t => t.ActivityId == activityId);
        return Answer(task, outcome, values);
    }

    /// <summary>Of several tasks of one step, this one.</summary>
    public void Complete(Effect.OpenTask task, string outcome) => Assert.IsType<RunResult.Ran>(Answer(task, outcome, null));

    private RunResult Answer(Effect.OpenTask task, string outcome, JsonObject? values) =>
        Send(new Stimulus.TaskCompleted(task.Id.ToString(), outcome, values ?? [], new Actor("u1", "王某", task.OrganisationId, task.Role)), mustRun: false);

    public void Conforms(string credential, JsonObject summary)
    {
        _facts = _facts.With(new FactKey(FactKind.Conformance, credential), summary);
        foreach (var bookmark in State.Bookmarks.Where(b => b.Name == "Gov.AwaitConformance").ToArray())
        {
            Send(new Stimulus.MessageArrived(bookmark.Id, null));
        }
    }

    public RunResult Import(WorkingDayCalendar calendar)
    {
        _facts = _facts.With(FactKey.Calendar, calendar);
        return Send(new Stimulus.CalendarChanged(), mustRun: false);
    }

    public RunResult Cancel(string reason) => Send(new Stimulus.Cancel(reason, Platform));

    /// <summary>The case goes on in another version, or says why not.</summary>
    public MigrationResult Migrate(CaseMigration migration)
    {
        var carried = migration.Carry(State);
        if (carried is MigrationResult.Carried moved)
        {
            (_definition, State) = (migration.New, WorkflowState.FromJson(moved.State.ToJson()));
            Assert.IsType<RunResult.Ran>(Send(new Stimulus.VersionChanged("old", "new", migration.Old.Version, migration.Renamed, "通知修订", Platform)));
        }

        return carried;
    }

    public RunResult Send(Stimulus stimulus, bool mustRun = true)
    {
        var before = State.ToJson();
        var result = Run(State, stimulus);
        Assert.Equal(before, State.ToJson());
        var replayed = Run(WorkflowState.FromJson(before), stimulus);
        if (result is not RunResult.Ran ran)
        {
            Assert.False(mustRun, $"{stimulus.GetType().Name} did not run: {result}");
            Assert.Equal(result.GetType(), replayed.GetType());
            return result;
        }

        var again = Assert.IsType<RunResult.Ran>(replayed);
        Assert.Equal(ran.Burst.State.ToJson(), again.Burst.State.ToJson());
        Assert.Equal(ran.Burst.Effects.Select(e => e.Id), again.Burst.Effects.Select(e => e.Id));
        Assert.Equal(Enumerable.Range(0, ran.Burst.Effects.Count), ran.Burst.Effects.Select(e => e.Id.Ordinal));
        Take(ran.Burst);
        return result;
    }

    private RunResult Run(WorkflowState state, Stimulus stimulus)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var result = WorkflowRunner.Run(_definition, state, stimulus, _facts, Now);
            if (result is not RunResult.NeedFacts need)
            {
                return result;
            }

            foreach (var key in need.Keys)
            {
                _facts = key.Kind == FactKind.Conformance ? _facts.With(key, Summary()) : _facts.WithUnknown(key);
                Asked.Add(key);
            }
        }

        throw new InvalidOperationException("The burst asks for facts without end.");
    }

    private void Take(Burst burst)
    {
        State = burst.State;
        Assert.True(MayFail || State.Incidents.Count == 0, string.Join("; ", State.Incidents.Select(i => $"{i.ActivityId}: {i.Message}")));
        Effects.AddRange(burst.Effects);
        Journal.AddRange(burst.Journal);
        foreach (var effect in burst.Effects)
        {
            switch (effect)
            {
                case Effect.OpenTask task:
                    _tasks.Add(task.Id.ToString(), task);
                    break;
                case Effect.RestateTask again:
                    _tasks[again.TaskId] = _tasks[again.TaskId] with { ActivityId = again.ActivityId, Title = again.Title, FormId = again.FormId, Outcomes = again.Outcomes, Clock = again.Clock };
                    break;
                case Effect.CloseTask closed:
                    Assert.True(_tasks.Remove(closed.TaskId), "a task is closed that is not open");
                    break;
                case Effect.ArmTimer timer:
                    _timers.Add(timer.Id.ToString(), timer);
                    break;
                case Effect.CancelTimer cancelled:
                    Assert.True(_timers.Remove(cancelled.TimerId), "a timer is cancelled that is not armed");
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>A conformance summary with the given number of accepted requests per method.</summary>
    public static JsonObject Summary(int accepted = 0)
    {
        string[] methods = accepted == 0 ? [] : ["ProjectWorker.Add", "WorkerEntryExit.Add", "WorkerAttendance.Add"];
        return new JsonObject
        {
            ["credentialId"] = "c",
            ["accepted"] = accepted * methods.Length,
            ["rejected"] = 0,
            ["methods"] = new JsonArray([.. methods.Select(m => (JsonNode)new JsonObject
            {
                ["method"] = m,
                ["accepted"] = accepted,
                ["rejected"] = 0,
                ["records"] = accepted,
                ["sinceRejected"] = accepted,
                ["lastAcceptedAt"] = "2022-10-12T10:00:00+08:00",
                ["lastRejectedAt"] = null,
            })]),
            ["workers"] = accepted,
            ["firstAt"] = null,
            ["lastAt"] = null,
            ["lastRejectedAt"] = null,
        };
    }

    private static JsonObject Application() => new() { ["companyName"] = "甲科技", ["productName"] = "考勤机 A", ["materials"] = new JsonArray("营业执照") };
}
