using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>
/// Gov.RaiseWarning: 自动预警. Somebody is late; a party must verify and answer (核实反馈). The warning stays open until it is answered, whatever becomes of
/// the task it is about (D-8). A level that does not exist, such as one above the province, cannot be warned: the step is skipped.
/// </summary>
internal sealed class RaiseWarning : LimitedActivity
{
    /// <summary>The outcome of a warning to a level that does not exist.</summary>
    public const string Skipped = "Skipped";

    private const string WarningKey = "warning";
    private static readonly TaskOutcome Answer = new("Answered", "核实反馈");

    public override ActivityDescriptor Descriptor { get; } = new("Gov.RaiseWarning", "自动预警", "政务", "发出黄色或红色预警，须核实反馈。")
    {
        Inputs =
        [
            new InputDescriptor("level", "String", "被预警方") { Default = "authority" },
            new InputDescriptor("role", "String", "反馈角色") { Default = "officer" },
            new InputDescriptor("colour", "String", "颜色") { Default = "Red", Options = ["Yellow", "Red"] },
            new InputDescriptor("title", "String", "标题") { IsRequired = true },
            new InputDescriptor("form", "String", "反馈表单") { IsRequired = true },
            new InputDescriptor("data", "Object", "附带内容"),
            .. LimitInputs,
        ],
        Outputs = [new OutputDescriptor("result", "Object", "反馈内容"), new OutputDescriptor("warningId", "String", "预警编号")],
        Ports = ["Answered", Skipped],
        SidePorts = [Deadline.OverduePort, Deadline.ReminderPort],
    };

    public override void Execute(Turn turn)
    {
        var party = turn.Input("level", CaseHeader.Authority);
        if (Parties.Find(turn, party) is not { } organisation)
        {
            turn.Complete(Skipped);
            return;
        }

        var level = turn.Run.Fact<OrganisationFact>(new FactKey(FactKind.Organisation, organisation)).Level;
        var colour = turn.Input("colour", WarningColour.Red);
        var title = turn.RequiredText("title");
        var plan = Deadline.PlanOf(turn, unsetLimit: 2)!;
        var about = SideSubject.Of(turn)?.TaskId;
        var warning = turn.Run.Emit(id => new Effect.RaiseWarning(id, turn.Node.Id, colour, level, organisation, about, title, plan.Due)).ToString();
        var task = turn.Run.Emit(id => TaskOf(turn, id, warning, party, organisation, Deadline.TaskDates.Of(plan))).ToString();
        turn.Instance.Remember(WarningKey, warning);
        turn.Instance.Remember(SideSubject.TaskIdKey, task);
        turn.Instance.Remember(SideSubject.TitleKey, title);
        turn.Output("warningId", warning);
        turn.Run.Wait(new OpenBookmark(task, WaitKind.Task, turn.Instance, TaskResume, true, null));
        Deadline.Arm(turn, plan, task, task, bindsParty: false);
    }

    protected override Effect? OpenAgain(Turn turn, OpenBookmark bookmark, EffectId id)
    {
        var party = turn.Input("level", CaseHeader.Authority);
        return turn.Instance.Recall<string>(WarningKey) is { } warning && Parties.Find(turn, party) is { } organisation
            ? TaskOf(turn, id, warning, party, organisation, Deadline.DatesOf(turn))
            : null;
    }

    protected override void Arrived(Turn turn, string resume, object? arrived)
    {
        var answer = (Stimulus.TaskCompleted)arrived!;
        if (answer.Outcome != Answer.Name)
        {
            throw new StimulusRefused("unknown-outcome", $"预警只能以“{Answer.Label}”办结。");
        }

        var warning = turn.Instance.Recall<string>(WarningKey)!;
        turn.Run.Emit(id => new Effect.CloseTask(id, answer.TaskId, answer.Outcome, TaskEnd.Completed, answer.By, answer.Values));
        turn.Run.Emit(id => new Effect.AnswerWarning(id, warning, answer.By, answer.Values));
        Deadline.Answer(turn, firesAnsweredLate: false);
        turn.Output("result", Conversion.Plain(answer.Values));
        turn.Complete("Answered");
    }

    private static Effect.OpenTask TaskOf(Turn turn, EffectId id, string warning, string party, string organisation, Deadline.TaskDates dates) => new(
        id, TaskKind.Warning, turn.Node.Id, turn.RequiredText("title"), party, organisation, turn.Input("role", "officer"), turn.RequiredText("form"), [Answer],
        dates.Clock, dates.Start, dates.Due, dates.IsProvisional, dates.OverdueAt, warning,
        Confidence.For(turn.Run.Case, organisation, Conversion.ToJson(turn.InputValue("data")) as JsonObject));
}
