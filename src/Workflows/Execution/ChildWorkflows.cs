using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>What the activities that start other flows share.</summary>
internal static class ChildWorkflows
{
    /// <summary>The flow to start.</summary>
    /// <exception cref="ActivityFault">None is named, or there is none of that id.</exception>
    public static WorkflowDefinition DefinitionOf(Turn turn)
    {
        var id = turn.RequiredText("workflowDefinitionId");
        return turn.Run.FindFact<WorkflowDefinition>(new FactKey(FactKind.Definition, id)) ?? throw new ActivityFault($"there is no workflow definition '{id}'");
    }

    public static JsonObject InputOf(Turn turn) => turn.InputValue("input") switch
    {
        null => [],
        string text => Conversion.To<JsonObject>(text) ?? [],
        var value => Conversion.ToJson(value) as JsonObject ?? throw new ActivityFault($"the input for the flow of '{turn.Node.Id}' is not an object"),
    };

    /// <summary>Has the host start the child after this burst, and waits for its end when asked to.</summary>
    public static void Start(Turn turn, WorkflowDefinition definition, JsonObject input, string? correlationId, bool waits)
    {
        var child = NewId(turn.Run);
        var bookmark = waits ? BurstRun.ChildBookmarkId(child) : null;
        turn.Run.Emit(id => new Effect.StartChild(id, child, definition.DefinitionId, correlationId, input, bookmark));
        if (bookmark is null)
        {
            turn.Complete();
            return;
        }

        turn.Run.Wait(new OpenBookmark(bookmark, WaitKind.Child, turn.Instance, null, true, null));
    }

    /// <summary>The id of the next child: the same each time the same burst runs.</summary>
    public static Guid NewId(BurstRun run)
    {
        var seed = string.Create(CultureInfo.InvariantCulture, $"{run.InstanceId:N}.{run.Revision}.{run.NextChildOrdinal()}");
        return new Guid(SHA256.HashData(Encoding.ASCII.GetBytes(seed)).AsSpan(0, 16));
    }

    public static object? ResultOf(IEnumerable<KeyValuePair<string, JsonNode?>> output)
    {
        var result = new JsonObject();
        foreach (var (name, value) in output)
        {
            result[name] = value?.DeepClone();
        }

        return Conversion.Plain(result);
    }
}
