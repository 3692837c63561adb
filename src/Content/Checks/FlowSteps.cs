using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>Every activity of a definition with its place in the file: those of flowcharts with their edges, and those inside a Sequence, an If or a loop.</summary>
internal static class FlowSteps
{
    public static IReadOnlyList<FlowStep> Of(IReadOnlyList<FlowView> flows, WorkflowDefinition definition, LocatedJson root)
    {
        var drawn = flows.SelectMany(flow => flow.Steps).ToDictionary(step => step.Node, ReferenceEqualityComparer.Instance as IEqualityComparer<ActivityNode>);
        var places = new Dictionary<(int Line, int Column), LocatedJson>();
        Places(root, places);
        return
        [
            .. definition.Activities
                .Where(activity => activity.Type != "Elsa.Workflow")
                .Select(activity => drawn.GetValueOrDefault(activity) ?? (places.TryGetValue((activity.Line, activity.Column), out var json) ? new FlowStep(activity, json) : null))
                .OfType<FlowStep>(),
        ];
    }

    /// <summary>Whether this is an activity of its own rather than a part of the one around it. Expressions have a type too, but stand where one is looked for.</summary>
    public static bool IsActivity(LocatedJson json) =>
        json.IsObject && json.Member("type") is { IsString: true } type && (type.Text.Contains('.', StringComparison.Ordinal) || json.Member("id") is not null);

    private static void Places(LocatedJson json, Dictionary<(int Line, int Column), LocatedJson> places)
    {
        if (IsActivity(json))
        {
            places.TryAdd((json.Line, json.Column), json);
        }

        foreach (var inner in json.Members.Select(member => member.Value).Concat(json.Items))
        {
            Places(inner, places);
        }
    }
}
