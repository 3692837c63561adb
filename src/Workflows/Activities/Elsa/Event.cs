using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Event: waits for a named event, or begins the workflow with it.</summary>
internal sealed class Event : ActivityKind
{
    /// <summary>Name under which the expectation is told to the host; its key is the event's name.</summary>
    public const string Expectation = "event";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Event", "事件", "基本", "等待一个事件发生。")
    {
        Inputs = [new InputDescriptor("eventName", "String", "事件名称") { IsRequired = true }],
        Outputs = [new OutputDescriptor("result", "Object", "事件内容")],
        IsTrigger = true,
    };

    public override void Execute(Turn turn)
    {
        if (turn.Run.TriggerActivityId == turn.Node.Id)
        {
            turn.Complete();
            return;
        }

        var name = turn.Input<string>("eventName") ?? "";
        turn.WaitForMessage(Expectation, name, new JsonObject { ["eventName"] = name });
    }

    public override Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) =>
        bookmark.Payload?["eventName"] is { } name ? new Effect.ExpectMessage(id, Expectation, name.ToString()) : null;

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        turn.Output("result", Conversion.Plain(arrived as JsonNode));
        turn.Complete();
    }
}
