using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.ParallelForEach: runs its body for all items at once. Only lists of texts or objects have items here.</summary>
internal sealed class ParallelForEach : ActivityKind
{
    private const string Open = "open";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.ParallelForEach", "并行逐项", "循环", "对所有项同时执行。")
    {
        Inputs = [new InputDescriptor("items", "Object", "项目")],
        EmbeddedPorts = ["body"],
    };

    public override void Execute(Turn turn)
    {
        var items = turn.InputValue("items") is IEnumerable<object> many ? many.ToList() : [];
        turn.Instance.Remember(Open, items.Count);
        if (items.Count == 0)
        {
            turn.Complete();
            return;
        }

        for (var i = 0; i < items.Count; i++)
        {
            turn.Schedule(turn.Node.Port("body"), tag: i, loop: new LoopValue(items[i], i));
        }
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var open = turn.Instance.Recall<int>(Open) - 1;
        turn.Instance.Remember(Open, open);
        if (open == 0)
        {
            turn.Complete();
        }
    }
}
