using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.For: counts from start to end.</summary>
internal sealed class For : Loop
{
    private const string Current = "current";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.For", "计数循环", "循环", "从起始值到结束值逐次执行。")
    {
        Inputs =
        [
            new InputDescriptor("start", "Int32", "起始值") { Default = "0" },
            new InputDescriptor("end", "Int32", "结束值") { Default = "0" },
            new InputDescriptor("step", "Int32", "步长") { Default = "1" },
            new InputDescriptor("outerBoundInclusive", "Boolean", "含结束值") { Default = "true" },
        ],
        Outputs = [new OutputDescriptor("currentValue", "Int32", "当前值")],
        EmbeddedPorts = ["body"],
    };

    public override void Execute(Turn turn)
    {
        if (turn.Node.Port("body") is null)
        {
            return;
        }

        turn.Instance.Remember("start", turn.Input("start", 0));
        turn.Instance.Remember("end", turn.Input("end", 0));
        turn.Instance.Remember("step", turn.Input("step", 1));
        turn.Instance.Remember("inclusive", turn.Input("outerBoundInclusive", true));
        Next(turn);
    }

    protected override void Next(Turn turn)
    {
        var instance = turn.Instance;
        var (end, step) = (instance.Recall<int>("end"), instance.Recall<int>("step"));
        var value = instance.Memory!.TryGetValue(Current, out var current) ? (int)current + step : instance.Recall<int>("start");
        var inclusive = instance.Recall<bool>("inclusive");
        var goesOn = step >= 0
            ? inclusive ? value <= end : value < end
            : inclusive ? value >= end : value > end;
        if (!goesOn)
        {
            turn.Complete();
            return;
        }

        instance.Remember(Current, value);
        turn.Output("currentValue", value);
        turn.Schedule(turn.Node.Port("body"), loop: new LoopValue(value, null));
    }
}
