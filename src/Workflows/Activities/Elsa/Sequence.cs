using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Sequence: activities one after the other. A terminal child or a Break ends it.</summary>
internal sealed class Sequence : ActivityKind
{
    internal const string Next = "next";
    private const string Breaking = "breaking";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Sequence", "顺序", "流程", "依次执行各个步骤。") { IsContainer = true, IsBrowsable = false };

    public override bool HoldsVariables => true;

    public override void Execute(Turn turn)
    {
        Variables.Declare(turn);
        GoOn(turn);
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        if (turn.Instance.Recall<bool>(Breaking) || child.Node.Kind!.Descriptor.IsTerminal)
        {
            turn.Complete();
            return;
        }

        GoOn(turn);
    }

    public override bool Breaks(Turn turn)
    {
        turn.Instance.Remember(Breaking, true);
        return false;
    }

    private static void GoOn(Turn turn)
    {
        var next = turn.Instance.Recall<int>(Next);
        if (next >= turn.Node.Children.Count)
        {
            turn.Complete();
            return;
        }

        turn.Instance.Remember(Next, next + 1);
        turn.Schedule(turn.Node.Children[next]);
    }
}
