using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Tests.Flows;

/// <summary>
/// One case of the vendor flow, played wholly in memory: people act at told times, timers fire at theirs, every letter is
/// written. Times are those of Asia/Shanghai.
/// </summary>
internal sealed class CaseWorld
{
    private const string FlowId = "guangdong-vendor-integration";
    private static readonly Guid Instance = Guid.Parse("00000000-0000-0000-0000-000000000001");

    private readonly ContentSet _content;
    private readonly WorkflowDefinition _flow;
    private readonly Dictionary<string, Effect.ArmTimer> _timers = [];
    private readonly Dictionary<string, string> _expected = [];
    private JsonObject _conformance = Traffic(complete: false);
    private JsonObject _submission = [];
    private WorkflowState _state;
    private DateTimeOffset _now;

    public CaseWorld(ContentSet? content = null)
    {
        _content = content ?? ShippedContent.Set;
        _flow = _content.Flows[FlowId];
        var parties = new Dictionary<string, string> { ["applicant"] = "91350100M000100Y43", ["authority"] = "440300", ["province"] = "440000" };
        _state = WorkflowState.New(Instance, _flow, new CaseHeader("YJDJ-2022-440300-000001", "实名制软硬件接入", parties));
    }

    public List<Effect.OpenTask> Tasks { get; } = [];

    public List<Effect.RaiseWarning> Warnings { get; } = [];

    public IReadOnlyDictionary<string, JsonNode?> Variables => _state.VariablesOf(_flow);

    public List<(DateTimeOffset At, Effect.QueueNotice Queued, RenderedNotice Letter)> Letters { get; } = [];

    public List<Effect> Effects { get; } = [];

    public string? Outcome => _state.Outcome;

    public WorkflowState State => _state;

    /// <summary>The open task of a step.</summary>
    public Effect.OpenTask Task(string activityId) => Tasks.Single(task => task.ActivityId == activityId);

    /// <summary>The names of the letters sent at a time, with whom they went to, sorted.</summary>
    public IEnumerable<string> LettersAt(string time) =>
        Letters.Where(letter => letter.At == At(time)).Select(letter => $"{letter.Queued.Notice} → {letter.Queued.Party}").Order(StringComparer.Ordinal);

    public void Submit(string time, JsonObject? values = null)
    {
        _now = At(time);
        _submission = _content.Forms["vendor-application"].Split(values ?? Application()).Public;
        var input = new JsonObject { ["submissionId"] = "s-1", ["form"] = "vendor-application", ["values"] = _submission.DeepClone() };
        Run(new Stimulus.Start(_flow.Activities.First(activity => activity.Type == "Gov.Submission").Id, input, null));
    }

    /// <summary>Somebody answers the open task of a step; timers that were due before fire first.</summary>
    public RunResult Complete(string time, string activityId, string outcome, JsonObject? values = null)
    {
        Advance(time);
        var task = Task(activityId);
        return Run(new Stimulus.TaskCompleted(task.Id.ToString(), outcome, _content.Forms[task.FormId].Split(values ?? []).Public, new Actor("u-1", "经办人", task.OrganisationId, task.Role)), mayRefuse: true);
    }

    public void Advance(string time)
    {
        while (_timers.Values.Where(timer => timer.DueAt <= At(time)).OrderBy(timer => timer.DueAt).FirstOrDefault() is { } due)
        {
            _timers.Remove(due.Id.ToString());
            _now = due.DueAt > _now ? due.DueAt : _now;
            Run(new Stimulus.TimerFired(due.Id.ToString()));
        }

        _now = At(time);
    }

    /// <summary>All required messages of the vendor were stored.</summary>
    public void ConformanceMet(string time)
    {
        Advance(time);
        _conformance = Traffic(complete: true);
        foreach (var bookmark in _expected.Where(expected => expected.Value == "conformance").Select(expected => expected.Key).ToList())
        {
            Run(new Stimulus.MessageArrived(bookmark, null));
        }
    }

    public static JsonObject Application() => new()
    {
        ["companyName"] = "甲科技有限公司",
        ["uscc"] = "91350100M000100Y43",
        ["productName"] = "实名通",
        ["productVersion"] = "2.1.0",
        ["productType"] = "软件",
        ["standardVersion"] = "V1.3",
        ["entry"] = "1",
        ["businessLicence"] = File("营业执照.pdf"),
        ["authorisation"] = File("授权书.pdf"),
        ["productDescription"] = File("产品说明.pdf"),
        ["selfTestReport"] = File("接口自测报告.pdf"),
        ["truth"] = true,
    };

    public static JsonArray File(string name) => [new JsonObject { ["id"] = $"f-{name}", ["name"] = name, ["size"] = 1000, ["type"] = "application/pdf", ["sha256"] = "0" }];

    public static JsonObject Defects(params string[] items) => new()
    {
        ["defects"] = new JsonArray([.. items.Select(item => new JsonObject
        {
            ["item"] = item, ["clause"] = "161号 二（四）材料清单", ["problem"] = "未上传", ["expected"] = $"上传{item}",
        })]),
    };

    /// <summary>Defects found after a correction, with the reason that a second return needs (D-5).</summary>
    public static JsonObject DefectsAgain(params string[] items)
    {
        var values = Defects(items);
        values["newPointReason"] = "补正的内容带来了新的问题";
        return values;
    }

    public static DateTimeOffset At(string time) =>
        new(DateTime.Parse(time, CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    /// <summary>A conformance summary as the ingest keeps it.</summary>
    private static JsonObject Traffic(bool complete) => new()
    {
        ["credentialId"] = "c-1",
        ["accepted"] = complete ? 6 : 0,
        ["rejected"] = 0,
        ["workers"] = complete ? 2 : 0,
        ["methods"] = complete
            ? new JsonArray([.. new[] { "Corp.Upload", "Project.Add", "ProjectSubContractor.Add", "Team.Add", "ProjectWorker.Add", "WorkerEntryExit.Add", "WorkerContract.Add", "WorkerAttendance.Add", "Payroll.Add" }
                .Select(method => new JsonObject { ["method"] = method, ["accepted"] = 2, ["rejected"] = 0, ["records"] = 2, ["sinceRejected"] = 2, ["lastAcceptedAt"] = "2022-10-12T10:00:00+08:00", ["lastRejectedAt"] = null })])
            : [],
        ["firstAt"] = null,
        ["lastAt"] = null,
        ["lastRejectedAt"] = null,
    };

    private RunResult Run(Stimulus stimulus, bool mayRefuse = false)
    {
        var facts = Facts.None;
        while (true)
        {
            switch (WorkflowRunner.Run(_flow, _state, stimulus, facts, _now))
            {
                case RunResult.NeedFacts needed:
                    facts = needed.Keys.Aggregate(facts, (all, key) => all.With(key, Fact(key)));
                    break;
                case RunResult.Ran ran:
                    // As after a restart: what is not in the stored text is not known.
                    _state = WorkflowState.FromJson(ran.Burst.State.ToJson());
                    Assert.True(_state.Incidents.Count == 0, string.Join("\n", _state.Incidents.Select(incident => incident.Message)));
                    foreach (var effect in ran.Burst.Effects)
                    {
                        Apply(effect);
                    }

                    return ran;
                case RunResult.Refused refused when mayRefuse:
                    return refused;
                case var other:
                    throw new InvalidOperationException($"{stimulus}: {other}");
            }
        }
    }

    private object Fact(FactKey key) => key.Kind switch
    {
        FactKind.Calendar => _content.Calendar,
        FactKind.RuleSet => _content.RuleSets[key.Name],
        FactKind.Submission => _submission,
        FactKind.Conformance => _conformance,
        FactKind.Organisation => key.Name == "440000"
            ? new OrganisationFact("440000", "广东省住房和城乡建设厅", OrganisationLevel.Province, null)
            : new OrganisationFact(key.Name, "深圳市住房和建设局", OrganisationLevel.City, "440000"),

        // The vendor's first case: nothing before it, nothing about it.
        FactKind.Cases => RegisterEntry.List([]),
        _ => throw new InvalidOperationException($"The flow asked for {key}."),
    };

    private void Apply(Effect effect)
    {
        Effects.Add(effect);
        switch (effect)
        {
            case Effect.OpenTask task:
                Assert.True(_content.Forms.ContainsKey(task.FormId), task.FormId);
                Tasks.Add(task);
                break;
            case Effect.CloseTask closed:
                Tasks.RemoveAll(task => task.Id.ToString() == closed.TaskId);
                break;
            case Effect.ArmTimer timer:
                _timers.Add(timer.Id.ToString(), timer);
                break;
            case Effect.CancelTimer cancelled:
                _timers.Remove(cancelled.TimerId);
                break;
            case Effect.RaiseWarning warning:
                Warnings.Add(warning);
                break;
            case Effect.ExpectMessage expected:
                _expected.Add(expected.Id.ToString(), expected.Name);
                break;
            case Effect.StopExpecting stopped:
                _expected.Remove(stopped.BookmarkId);
                break;
            case Effect.QueueNotice queued:
                Letters.Add((_now, queued, Write(queued)));
                break;
            case Effect.RaiseIncident incident:
                throw new InvalidOperationException(incident.Message);
        }
    }

    private RenderedNotice Write(Effect.QueueNotice queued)
    {
        var model = (JsonObject)FactJson.Of(queued.Told)!;
        foreach (var (party, name) in new[] { ("applicant", "甲科技有限公司"), ("authority", "深圳市住房和建设局"), ("province", "广东省住房和城乡建设厅") })
        {
            model[party] = new JsonObject { ["id"] = (string?)model[party], ["name"] = name };
        }

        var result = _content.Notices[queued.Notice].Render(model);
        return result.Notice ?? throw new InvalidOperationException(result.Error);
    }
}
