using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.PublishEvent: tells those who wait for an event that it happened.</summary>
internal sealed class PublishEvent : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.PublishEvent", "发布事件", "基本", "发布一个事件。")
    {
        Inputs =
        [
            new InputDescriptor("eventName", "String", "事件名称") { IsRequired = true },
            new InputDescriptor("correlationId", "String", "关联编号"),
            new InputDescriptor("isLocalEvent", "Boolean", "仅限本实例"),
            new InputDescriptor("payload", "Object", "内容"),
        ],
    };

    public override void Execute(Turn turn)
    {
        var name = turn.Input<string>("eventName") ?? "";
        var correlation = turn.Input<string>("correlationId");
        var payload = Conversion.ToJson(turn.InputValue("payload"));
        var local = turn.Input<bool>("isLocalEvent");
        turn.Run.Emit(id => new Effect.PublishEvent(id, name, correlation, payload, local));
        turn.Complete();
    }
}
