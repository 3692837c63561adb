using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>What the loops share: Break ends them after the present turn of their body.</summary>
internal abstract class Loop : ActivityKind
{
    private const string BreakingKey = "breaking";

    protected static bool IsBreaking(Turn turn) => turn.Instance.Recall<bool>(BreakingKey);

    public override bool Breaks(Turn turn)
    {
        turn.Instance.Remember(BreakingKey, true);
        return true;
    }

    public sealed override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        if (IsBreaking(turn))
        {
            turn.Complete();
            return;
        }

        Next(turn);
    }

    protected abstract void Next(Turn turn);
}
