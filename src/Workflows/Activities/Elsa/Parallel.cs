using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.Parallel: all activities at once; ends when all have ended.</summary>
internal sealed class Parallel : ActivityKind
{
    private const string Ended = "ended";

    public override ActivityDescriptor Descriptor { get; } = new("Elsa.Parallel", "并行", "流程", "同时执行各个步骤，全部完成后继续。") { IsContainer = true, IsBrowsable = false };

    public override bool HoldsVariables => true;

    public override void Execute(Turn turn)
    {
        Variables.Declare(turn);
        if (turn.Node.Children.Count == 0)
        {
            turn.Complete();
            return;
        }

        foreach (var child in turn.Node.Children)
        {
            turn.Schedule(child);
        }
    }

    public override void ChildCompleted(Turn turn, ActivityInstance child, string? callback, Outcomes outcomes)
    {
        var ended = turn.Instance.Recall<int>(Ended) + 1;
        turn.Instance.Remember(Ended, ended);
        if (ended == turn.Node.Children.Count)
        {
            turn.Complete();
        }
    }
}
