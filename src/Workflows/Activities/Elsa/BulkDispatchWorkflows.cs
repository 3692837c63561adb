using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Expressions;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// Elsa.BulkDispatchWorkflows: starts an instance of another flow for each item. When it waits, each end runs childCompleted or childFaulted, and after the
/// last the activity ends through Completed and Done.
/// </summary>
internal sealed class BulkDispatchWorkflows : ActivityKind
{
    private const string Open = "open";
    private const string Handled = "handled";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.BulkDispatchWorkflows", "批量派发流程", "组合", "对每一项启动一个流程。")
    {
        IsTask = true,
        Inputs =
        [
            new InputDescriptor("workflowDefinitionId", "String", "流程") { IsRequired = true },
            new InputDescriptor("items", "Object", "项目"),
            new InputDescriptor("defaultItemInputKey", "String", "项目的输入名") { Default = "Item" },
            new InputDescriptor("correlationIdFunction", "String", "关联编号"),
            new InputDescriptor("input", "Object", "输入"),
            new InputDescriptor("waitForCompletion", "Boolean", "等待完成") { Default = "true" },
            new InputDescriptor("startNewTrace", "Boolean", "新的跟踪"),
            new InputDescriptor("channelName", "String", "通道"),
        ],
        EmbeddedPorts = ["childCompleted", "childFaulted"],
        Ports = ["Completed", "Canceled", "Done"],
    };

    public override void Execute(Turn turn)
    {
        var definition = ChildWorkflows.DefinitionOf(turn);
        var items = turn.InputValue("items") is IEnumerable<object> many ? many.ToList() : [];
        var key = turn.Input("defaultItemInputKey", "Item");
        var common = ChildWorkflows.InputOf(turn);
        var waits = turn.Input("waitForCompletion", true) && items.Count > 0;
        turn.Run.Spend(items.Count * (Work.Kept + Work.OfCopying(common)));
        var bookmark = waits ? BurstRun.ChildBookmarkId(ChildWorkflows.NewId(turn.Run)) : null;
        foreach (var item in items)
        {
            var child = ChildWorkflows.NewId(turn.Run);
            var input = InputFor(item, key, common);
            turn.Run.Emit(id => new Effect.StartChild(id, child, definition.DefinitionId, null, input, bookmark));
        }

        if (bookmark is null)
        {
            turn.Complete("Done");
            return;
        }

        turn.Instance.Remember(Open, items.Count);
        turn.Run.Wait(new OpenBookmark(bookmark, WaitKind.Child, turn.Instance, null, false, null));
    }

    public override void Resume(Turn turn, string resume, object? arrived) =>
        turn.Schedule(turn.Node.Port(((Stimulus.ChildFinished)arrived!).Faulted ? "childFaulted" : "childCompleted"), "child");

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var handled = turn.Instance.Recall<int>(Handled) + 1;
        turn.Instance.Remember(Handled, handled);
        if (handled == turn.Instance.Recall<int>(Open))
        {
            turn.Complete(new Outcomes(["Completed", "Done"]));
        }
    }

    private static JsonObject InputFor(object? item, string key, JsonObject common)
    {
        var input = (JsonObject)common.DeepClone();
        if (Conversion.ToJson(item) is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                input[name] = value?.DeepClone();
            }
        }
        else
        {
            input[key] = Conversion.ToJson(item);
        }

        return input;
    }
}
