using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>
/// Gov.HumanTask: a person of an organisation decides with a form, on a clock. While the task is open, an event of the case may decide it instead; an
/// optional task is something that a party may do and nobody waits for. What is written in an internal one is for the organisation that does it and those above,
/// until the decision that it prepares.
/// </summary>
internal sealed class HumanTask : LimitedActivity
{
    private const string EventResume = "event:";

    public override ActivityDescriptor Descriptor { get; } = new("Gov.HumanTask", "办理任务", "政务", "由某个单位的人员在时限内办理。")
    {
        Inputs =
        [
            new InputDescriptor("title", "String", "标题") { IsRequired = true },
            new InputDescriptor("party", "String", "办理方") { IsRequired = true },
            new InputDescriptor("role", "String", "办理角色") { IsRequired = true },
            new InputDescriptor("form", "String", "表单") { IsRequired = true },
            new InputDescriptor("outcomes", "Object", "办理结果") { IsRequired = true },
            .. LimitInputs,
            new InputDescriptor("alsoBinds", "String", "期限同时约束的当事方（逗号分隔）"),
            new InputDescriptor("optional", "Boolean", "可选事项（不计入待办）") { Default = "false" },
            new InputDescriptor("events", "Object", "代为决定的事件"),
            new InputDescriptor("guards", "Object", "结果条件"),
            new InputDescriptor("internalUntil", "String", "内部办理，到哪个决定才公开（步骤.结果）"),
            new InputDescriptor("credential", "String", "相关密钥"),
            new InputDescriptor("data", "Object", "附带内容"),
        ],
        Outputs =
        [
            new OutputDescriptor("result", "Object", "表单内容"),
            new OutputDescriptor("outcome", "String", "办理结果"),
            new OutputDescriptor("taskId", "String", "任务编号"),
            new OutputDescriptor("event", "Object", "事件内容"),
        ],
        Ports = [],
        SidePorts = [Deadline.ReminderPort, Deadline.OverduePort, Deadline.AnsweredLatePort],
        HasDynamicPorts = true,
    };

    public override void Compile(ActivityNode node, InputReader inputs) => node.Compiled = TaskOutcomes.Compile(node, inputs);

    public override IReadOnlyList<string> PortsOf(ActivityNode node) =>
        [.. TaskOutcomes.Of(node).Ports, .. base.PortsOf(node)];

    public override void Execute(Turn turn)
    {
        var possible = TaskOutcomes.Of(turn.Node);
        if (possible.Outcomes.Count == 0)
        {
            throw new ActivityFault($"task '{turn.Node.Id}' has no outcomes");
        }

        var asked = Read(turn);
        var plan = Deadline.PlanOf(turn);
        var task = turn.Run.Emit(id => asked.ToEffect(turn, id, Deadline.TaskDates.Of(plan))).ToString();
        turn.Instance.Remember(SideSubject.TaskIdKey, task);
        turn.Instance.Remember(SideSubject.TitleKey, asked.Title);
        turn.Output("taskId", task);
        turn.Run.Wait(new OpenBookmark(task, WaitKind.Task, turn.Instance, TaskResume, true, null));
        foreach (var name in EventsOf(turn))
        {
            Expect(turn, name);
        }

        if (plan is not null)
        {
            Deadline.Arm(turn, plan, task, task, bindsParty: asked.Party == CaseHeader.Applicant);
        }
    }

    protected override Effect? OpenAgain(Turn turn, OpenBookmark bookmark, EffectId id) =>
        bookmark.Resume?.StartsWith(EventResume, StringComparison.Ordinal) == true
            ? new Effect.ExpectMessage(id, Event.Expectation, bookmark.Resume[EventResume.Length..])
            : Read(turn).ToEffect(turn, id, Deadline.DatesOf(turn));

    public override void VersionChanged(Turn turn)
    {
        var wanted = EventsOf(turn).ToList();
        var open = turn.Run.Bookmarks.Where(bookmark => bookmark.Instance == turn.Instance && bookmark.Resume?.StartsWith(EventResume, StringComparison.Ordinal) == true).ToList();
        foreach (var gone in open.Where(bookmark => !wanted.Contains(bookmark.Resume![EventResume.Length..])))
        {
            turn.Run.DropBookmark(gone.Id);
        }

        foreach (var name in wanted.Where(name => !open.Exists(bookmark => bookmark.Resume == EventResume + name)))
        {
            Expect(turn, name);
        }
    }

    protected override void Arrived(Turn turn, string resume, object? arrived)
    {
        if (resume.StartsWith(EventResume, StringComparison.Ordinal))
        {
            Superseded(turn, resume[EventResume.Length..], arrived as JsonNode);
        }
        else
        {
            Answered(turn, (Stimulus.TaskCompleted)arrived!);
        }
    }

    private static IEnumerable<string> EventsOf(Turn turn) => TaskOutcomes.Of(turn.Node).Events.Select(e => e.Event).Distinct(StringComparer.Ordinal);

    private static void Expect(Turn turn, string name) => turn.WaitForMessage(Event.Expectation, name, new JsonObject { ["eventName"] = name }, EventResume + name);

    /// <summary>An event has decided: nobody need answer any more.</summary>
    private static void Superseded(Turn turn, string name, JsonNode? payload)
    {
        var outcome = TaskOutcomes.Of(turn.Node).Events.First(e => e.Event == name).Outcome;
        var task = turn.Instance.Recall<string>(SideSubject.TaskIdKey)!;
        turn.Run.Bookmarks.RemoveAll(b => b.Id == task);
        turn.Run.Emit(id => new Effect.CloseTask(id, task, outcome, TaskEnd.Superseded, null, null));
        turn.Output("event", Conversion.Plain(payload));
        Decide(turn, outcome);
    }

    private static void Answered(Turn turn, Stimulus.TaskCompleted answer)
    {
        var outcomes = TaskOutcomes.Of(turn.Node);
        if (!outcomes.Outcomes.Any(o => o.Name == answer.Outcome))
        {
            var choices = string.Join("、", outcomes.Outcomes.Select(o => o.Label));
            throw new StimulusRefused("unknown-outcome", $"该任务没有“{answer.Outcome}”这一办理结果，可选：{choices}。");
        }

        Guard(turn, outcomes, answer);
        turn.Run.Emit(id => new Effect.CloseTask(id, answer.TaskId, answer.Outcome, TaskEnd.Completed, answer.By, answer.Values)
        {
            InternalStep = outcomes.InternalUntil.Count > 0 ? turn.Node.Id : null,
        });
        turn.Output("result", Conversion.Plain(answer.Values));
        Decide(turn, answer.Outcome);
    }

    private static void Decide(Turn turn, string outcome)
    {
        Deadline.Answer(turn, firesAnsweredLate: true);
        Deadline.StopClock(turn);
        turn.Output("outcome", outcome);
        var decision = TaskOutcomes.Decision(turn.Node, outcome);
        if (turn.Run.Definition.Activities.Any(step => step.Compiled is TaskOutcomes task && task.InternalUntil.Contains(decision)))
        {
            turn.Run.Emit(id => new Effect.Disclose(id, decision));
        }

        turn.Complete(outcome);
    }

    private static void Guard(Turn turn, TaskOutcomes outcomes, Stimulus.TaskCompleted answer)
    {
        foreach (var guard in outcomes.Guards)
        {
            if (guard.Outcome == answer.Outcome && !Holds(turn, guard, answer))
            {
                throw new StimulusRefused("guard", guard.Message);
            }
        }
    }

    private static bool Holds(Turn turn, OutcomeGuard guard, Stimulus.TaskCompleted answer)
    {
        turn.Extra["values"] = answer.Values;
        turn.Extra["task"] = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["overdue"] = Deadline.IsOverdue(turn),
            ["outcome"] = answer.Outcome,
            ["role"] = answer.By.Role,
        };
        if (guard.Condition.Speaks("linked"))
        {
            turn.Extra["linked"] = CaseEntry.List(CaseRegister.AboutThis(turn));
        }

        if (guard.Condition.Speaks("conformance"))
        {
            turn.Extra["conformance"] = turn.Input<string>("credential") is { Length: > 0 } credential
                ? turn.Run.Fact<JsonObject>(new FactKey(FactKind.Conformance, credential))
                : null;
        }

        return turn.Evaluate<bool>(guard.Condition, "guards");
    }

    private static AskedTask Read(Turn turn)
    {
        var party = turn.RequiredText("party");
        var organisation = Parties.Resolve(turn, party);
        return new AskedTask(
            turn.Input<bool>("optional") ? TaskKind.Option : TaskKind.Work, turn.RequiredText("title"), party, organisation, turn.RequiredText("role"), turn.RequiredText("form"),
            Conversion.ToJson(turn.InputValue("data")));
    }

    /// <summary>What the inputs ask for.</summary>
    private sealed record AskedTask(TaskKind Kind, string Title, string Party, string Organisation, string Role, string Form, JsonNode? Data)
    {
        public Effect.OpenTask ToEffect(Turn turn, EffectId id, Deadline.TaskDates dates)
        {
            var possible = TaskOutcomes.Of(turn.Node);
            return new Effect.OpenTask(
                id, Kind, turn.Node.Id, Title, Party, Organisation, Role, Form, possible.Outcomes, dates.Clock, dates.Start, dates.Due, dates.IsProvisional, dates.OverdueAt, null,
                Confidence.For(turn.Run.Case, Organisation, Data as JsonObject ?? (Data is null ? null : new JsonObject { ["value"] = Data })))
            {
                InternalUntil = possible.InternalUntil,
            };
        }
    }
}
