using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>Gov.DataIngest: messages of the named kinds have arrived at the ingest endpoint; begins a case or waits within one.</summary>
internal sealed class DataIngest : ActivityKind
{
    /// <summary>Name of the expectation; its key is the kind of message, with the credential's id and a slash before it where the step names one.</summary>
    public const string Expectation = "ingest";

    public override ActivityDescriptor Descriptor { get; } = new("Gov.DataIngest", "接收数据", "政务", "接口收到指定种类的报文。")
    {
        Inputs =
        [
            new InputDescriptor("method", "String", "报文种类") { IsRequired = true },
            new InputDescriptor("credential", "String", "密钥"),
        ],
        Outputs = [new OutputDescriptor("result", "Object", "报文结果")],
        Ports = ["Accepted", "Rejected"],
        IsTrigger = true,
    };

    public override void Execute(Turn turn)
    {
        if (turn.Run.TriggerActivityId == turn.Node.Id)
        {
            turn.Output("result", turn.Run.Input("message"));
            turn.Complete(turn.Run.Input("accepted") is false ? "Rejected" : "Accepted");
            return;
        }

        var method = turn.RequiredText("method");
        turn.WaitForMessage(Expectation, KeyOf(turn, method), new JsonObject { ["method"] = method });
    }

    public override Effect? Reopen(Turn turn, OpenBookmark bookmark, EffectId id) =>
        new Effect.ExpectMessage(id, Expectation, KeyOf(turn, turn.RequiredText("method")));

    private static string KeyOf(Turn turn, string method) => turn.Input<string>("credential") is { } credential ? $"{credential}/{method}" : method;

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        var message = arrived as JsonObject;
        turn.Output("result", Conversion.Plain(message));
        turn.Complete(message?["accepted"] is JsonValue accepted && accepted.TryGetValue<bool>(out var ok) && !ok ? "Rejected" : "Accepted");
    }
}
