using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Fault: fails on purpose.</summary>
internal sealed class Fault : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Fault", "故障", "基本", "使流程出现故障。")
    {
        Inputs =
        [
            new InputDescriptor("code", "String", "代码") { Default = "0" },
            new InputDescriptor("category", "String", "类别") { Default = "General" },
            new InputDescriptor("faultType", "String", "类型") { Default = "System" },
            new InputDescriptor("message", "String", "说明"),
        ],
        Ports = [],
    };

    public override void Execute(Turn turn) =>
        throw new ActivityFault(turn.Input<string>("message")
            ?? $"fault {turn.Input("code", "0")} ({turn.Input("category", "General")}, {turn.Input("faultType", "System")})");
}
