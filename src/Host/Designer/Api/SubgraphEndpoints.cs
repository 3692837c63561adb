using System.Text.Json.Nodes;
using WorkflowEngine.Host.Designer.Flows;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>What stands within a step of a flow, and the way to it: a designer asks when somebody opens a step that contains others.</summary>
internal static class SubgraphEndpoints
{
    private const int LongestPath = 2_000;

    public static void MapSubgraphs(this IEndpointRouteBuilder api)
    {
        api.MapGet("/workflow-definitions/subgraph/{versionId}", SubgraphAsync);
        api.MapGet("/workflow-definitions/subgraph/segments/{versionId}", SegmentsAsync);
    }

    private static async Task<IResult> SubgraphAsync(string versionId, FlowDesk desk, CancellationToken ct, string? parentNodeId = null)
    {
        if (await RootAsync(versionId, desk, ct) is not { } root) return Answers.NotFound;

        var path = parentNodeId is null ? [new Placed(root, "Root")] : WayTo(root, parentNodeId);
        return path.Count > 0 ? Answers.Json(Node(path[^1])) : Answers.NotFound;
    }

    private static async Task<IResult> SegmentsAsync(string versionId, FlowDesk desk, CancellationToken ct, string? childNodeId = null)
    {
        if (childNodeId is not { Length: <= LongestPath } || await RootAsync(versionId, desk, ct) is not { } root || WayTo(root, childNodeId) is not [.., var child] way) return Answers.NotFound;

        var container = way.Take(way.Count - 1).LastOrDefault(step => IsDrawnOn(step.Step)) ?? way[0];
        // A flowchart is where one draws; what leads from one to the next is the step in between and its port.
        var segments = way.Take(way.IndexOf(container) + 1).Zip(way.Skip(1)).Where(pair => !IsDrawnOn(pair.First.Step)).Select(pair => new JsonObject
        {
            ["activityNodeId"] = FlowNodes.Text(pair.First.Step, "nodeId"), ["activityId"] = FlowNodes.Text(pair.First.Step, "id"), ["activityType"] = FlowNodes.Text(pair.First.Step, "type"), ["portName"] = pair.Second.Port,
        });
        return Answers.Json(new JsonObject { ["childNode"] = Node(child), ["container"] = Node(container), ["pathSegments"] = new JsonArray([.. segments]) });
    }

    private static async Task<JsonObject?> RootAsync(string versionId, FlowDesk desk, CancellationToken ct) =>
        await desk.FindVersionAsync(versionId, ct) is { } flow && FlowNodes.Parse(flow.Text) is { } file ? FlowView.Of(file)["root"] as JsonObject : null;

    private static bool IsDrawnOn(JsonObject step) => FlowNodes.Text(step, "type") is "Elsa.Flowchart";

    /// <summary>From the root to the step, both among them; empty when there is none of this path.</summary>
    private static List<Placed> WayTo(JsonObject root, string nodeId)
    {
        var way = new List<Placed> { new(root, "Root") };
        while (FlowNodes.Text(way[^1].Step, "nodeId") != nodeId)
        {
            if (Within(way[^1].Step).FirstOrDefault(step => FlowNodes.Text(step.Step, "nodeId") is { } id && (nodeId == id || nodeId.StartsWith($"{id}:", StringComparison.Ordinal))) is not { } next) return [];

            way.Add(next);
        }

        return way;
    }

    private static JsonObject Node(Placed placed) => new()
    {
        ["nodeId"] = FlowNodes.Text(placed.Step, "nodeId"), ["port"] = placed.Port, ["activity"] = placed.Step.DeepClone(), ["children"] = new JsonArray([.. Within(placed.Step).Select(Node)]),
    };

    /// <summary>The steps directly within a step, each under the member that holds it.</summary>
    private static IEnumerable<Placed> Within(JsonObject step) => step.SelectMany(member => member.Value switch
    {
        JsonObject inner when FlowNodes.IsStep(inner) => [new Placed(inner, member.Key)],
        JsonArray list => list.OfType<JsonObject>().Select(item => FlowNodes.IsStep(item) ? item : item["activity"] as JsonObject).Where(FlowNodes.IsStep).Select(item => new Placed(item!, member.Key)),
        _ => Enumerable.Empty<Placed>(),
    });

    private sealed record Placed(JsonObject Step, string Port);
}
