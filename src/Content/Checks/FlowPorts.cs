using WorkflowEngine.Content.Reading;

namespace WorkflowEngine.Content.Checks;

/// <summary>The ports of a step: the outcomes it may end with, and those that fire while it stays open.</summary>
internal static class FlowPorts
{
    /// <summary>The outcome of a warning to a level that does not exist.</summary>
    public const string Skipped = "Skipped";

    private const string Overdue = "Overdue";

    public static (IReadOnlyList<string>? Ports, IReadOnlyList<string> SidePorts) Of(FlowStep step)
    {
        if (step.Descriptor is not { } descriptor)
        {
            return (null, []);
        }

        // With onOverdue "interrupt" the task ends when its time is over: then it is an outcome like the others.
        var interrupts = descriptor.SidePorts.Contains(Overdue) && step.Literal("onOverdue") == "interrupt";
        IReadOnlyList<string> side = interrupts ? [.. descriptor.SidePorts.Where(port => port != Overdue)] : descriptor.SidePorts;
        IReadOnlyList<string>? own = step.Type switch
        {
            GovActivities.HumanTask => [.. TaskOutcomes(step).Select(outcome => outcome.Name), .. TaskEvents(step).Select(happening => happening.Outcome.Text)],
            "Elsa.FlowSwitch" => [.. Cases(step), "Default"],
            "Elsa.FlowFork" => Texts(step.Input("branches")?.Object()) is { Count: > 0 } branches ? branches : ["Done"],
            "Elsa.HttpEndpoint" or "Elsa.FlowSendHttpRequest" => step.Node.Ports,
            _ when descriptor.HasDynamicPorts => null,
            _ => [],
        };

        if (own is null)
        {
            return (null, side);
        }

        var ports = descriptor.Ports.Where(port => !side.Contains(port) && (step.Type is not GovActivities.HumanTask || port != "Done") && (port != Skipped || MayBeSkipped(step)));
        return ([.. (interrupts ? ports.Append(Overdue) : ports).Concat(own).Distinct()], side);
    }

    /// <summary>The outcomes that a task declares, each with its place in the file.</summary>
    public static IReadOnlyList<(string Name, LocatedJson At)> TaskOutcomes(FlowStep step) =>
        [.. (step.Input("outcomes")?.Object()?.Items ?? [])
            .Select(item => (Name: item.Member("name")?.Text ?? item.Text, At: item))
            .Where(outcome => outcome.Name.Length > 0)];

    /// <summary>The events that a task declares with the outcomes they decide, each with its place in the file.</summary>
    public static IReadOnlyList<(LocatedJson Event, LocatedJson Outcome)> TaskEvents(FlowStep step) =>
        [.. (step.Input("events")?.Object()?.Items ?? [])
            .Select(item => (Event: item.Member("event"), Outcome: item.Member("outcome")))
            .Where(happening => happening is { Event: { IsString: true, Text.Length: > 0 }, Outcome: { IsString: true, Text.Length: > 0 } })
            .Select(happening => (happening.Event!, happening.Outcome!))];

    /// <summary>A warning is skipped only where its level is one above a party: the party itself always exists.</summary>
    private static bool MayBeSkipped(FlowStep step) =>
        step.Input("level") is { } level && (level.Type != "Literal" || step.Literal("level")?.EndsWith(GovActivities.ParentSuffix, StringComparison.Ordinal) == true);

    private static IEnumerable<string> Cases(FlowStep step) =>
        (step.Json.Member("cases")?.Values() ?? []).Select(item => item.Member("label")?.Text ?? "");

    private static List<string> Texts(LocatedJson? list) => [.. (list?.Items ?? []).Where(item => item.IsString).Select(item => item.Text)];
}
