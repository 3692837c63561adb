using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>A condition on choosing an outcome, with what the person is told when it does not hold.</summary>
internal sealed record OutcomeGuard(string Outcome, Expression Condition, string Message);

/// <summary>An event that decides a task in the place of a person.</summary>
internal sealed record OutcomeEvent(string Event, string Outcome);

/// <summary>The outcomes, events and guards of a task, written as JSON in its inputs and compiled once.</summary>
/// <param name="Outcomes">What a person may choose.</param>
/// <param name="Events">What may happen instead; their outcomes are no choices.</param>
/// <param name="InternalUntil">The decisions (<see cref="Decision"/>) that disclose what is written in the task; none: everybody in the case reads it at once.</param>
internal sealed record TaskOutcomes(
    IReadOnlyList<TaskOutcome> Outcomes, IReadOnlyList<OutcomeEvent> Events, IReadOnlyList<OutcomeGuard> Guards, IReadOnlyList<string> InternalUntil)
{
    public static TaskOutcomes Compile(ActivityNode node, InputReader inputs)
    {
        var events = ConditionList.Read(node, "events")
            .Select(e => new OutcomeEvent(Json.Text(e, "event") ?? "", Json.Text(e, "outcome") ?? ""))
            .Where(e => e.Event.Length > 0 && e.Outcome.Length > 0)
            .ToArray();
        var outcomes = ConditionList.Read(node, "outcomes")
            .Select(o => new TaskOutcome(Json.Text(o, "name") ?? (o.ValueKind == JsonValueKind.String ? o.GetString()! : ""), Json.Text(o, "label") ?? Json.Text(o, "name") ?? ""))
            .Where(o => o.Name.Length > 0 && !Array.Exists(events, e => e.Outcome == o.Name))
            .ToArray();
        var guards = ConditionList.Read(node, "guards")
            .Select(g => new OutcomeGuard(Json.Text(g, "outcome") ?? "", ConditionList.Condition(node, inputs, g), ConditionList.Message(g, "现在还不能这样办理。")))
            .ToArray();
        var until = (node.Inputs.GetValueOrDefault("internalUntil")?.Expression is Expression.Literal { Value: string text } ? text : "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new TaskOutcomes(outcomes, events, guards, until);
    }

    public static TaskOutcomes Of(ActivityNode node) => (TaskOutcomes)node.Compiled!;

    /// <summary>How <c>internalUntil</c> names a decision: the step and the outcome it ended with, such as <c>sign.Signed</c>.</summary>
    public static string Decision(ActivityNode node, string outcome) => $"{node.Id}.{outcome}";

    /// <summary>Ways in which the task may end.</summary>
    public IEnumerable<string> Ports => Outcomes.Select(o => o.Name).Concat(Events.Select(e => e.Outcome)).Distinct(StringComparer.Ordinal);
}
