using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.FlowSwitch: goes through the ports of the matching cases, else Default.</summary>
internal sealed class FlowSwitch : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.FlowSwitch", "多路分支", "分支", "按各个条件走相应的分支。")
    {
        Inputs =
        [
            new InputDescriptor("cases", "Object", "分支") { IsPlain = true },
            new InputDescriptor("mode", "String", "匹配方式") { Default = "MatchFirst", Options = ["MatchFirst", "MatchAny"] },
        ],
        Ports = ["Default"],
        HasDynamicPorts = true,
    };

    public override void Compile(ActivityNode node, InputReader inputs) => SwitchCases.Compile(node, inputs);

    public override IReadOnlyList<string> PortsOf(ActivityNode node) => [.. SwitchCases.Of(node).Select(c => c.Label), "Default"];

    public override void Execute(Turn turn)
    {
        var matching = SwitchCases.Matching(turn);
        var cases = SwitchCases.Of(turn.Node);
        turn.Complete(matching.Count == 0 ? Outcomes.Of("Default") : new Outcomes([.. matching.Select(i => cases[i].Label)]));
    }
}
