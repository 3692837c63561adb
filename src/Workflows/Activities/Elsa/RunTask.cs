using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.RunTask: asks for work outside and waits for its result.</summary>
internal sealed class RunTask : ActivityKind
{
    /// <summary>Name under which the expectation is told to the host; its key is the task's name.</summary>
    public const string Expectation = "task";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.RunTask", "外部任务", "基本", "请求外部执行一项任务并等待结果。")
    {
        Inputs = [new InputDescriptor("taskName", "String", "任务名称") { IsRequired = true }, new InputDescriptor("payload", "Object", "内容")],
        Outputs = [new OutputDescriptor("taskId", "String", "任务编号"), new OutputDescriptor("result", "Object", "结果")],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.RequiredText("taskName");
        var payload = new JsonObject { ["taskName"] = name };
        if (turn.InputValue("payload") is { } content)
        {
            payload["payload"] = Conversion.ToJson(content);
        }

        turn.WaitForMessage(Expectation, name, payload);
    }

    public override Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) =>
        bookmark.Payload?["taskName"] is { } name ? new Effect.ExpectMessage(id, Expectation, name.ToString()) : null;

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        turn.Output("result", Conversion.Plain(arrived as JsonNode));
        turn.Complete();
    }
}
