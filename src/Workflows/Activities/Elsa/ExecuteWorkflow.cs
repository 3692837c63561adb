using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// Elsa.ExecuteWorkflow: starts an instance of another flow and, where the runner is asked to, runs its first burst inside this one. Waits for its end only
/// when asked to and when it has not ended already. A child that failed has ended.
/// </summary>
internal sealed class ExecuteWorkflow : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.ExecuteWorkflow", "执行流程", "组合", "在本步骤内执行另一个流程。")
    {
        IsTask = true,
        Inputs =
        [
            new InputDescriptor("workflowDefinitionId", "String", "流程") { IsRequired = true },
            new InputDescriptor("correlationId", "String", "关联编号"),
            new InputDescriptor("input", "Object", "输入"),
            new InputDescriptor("waitForCompletion", "Boolean", "等待完成"),
        ],
        Outputs = [new OutputDescriptor("result", "Object", "输出")],
    };

    public override void Execute(Turn turn)
    {
        var definition = ChildWorkflows.DefinitionOf(turn);
        var input = ChildWorkflows.InputOf(turn);
        var correlation = turn.Input<string>("correlationId");
        var waits = turn.Input<bool>("waitForCompletion");
        if (!turn.Run.RunsChildren)
        {
            ChildWorkflows.Start(turn, definition, input, correlation, waits);
            return;
        }

        var child = turn.Run.RunChild(definition, ChildWorkflows.NewId(turn.Run), input, correlation, waits);
        if (waits && child.Status == InstanceStatus.Running)
        {
            turn.Run.Wait(new OpenBookmark(BurstRun.ChildBookmarkId(child.InstanceId), WaitKind.Child, turn.Instance, null, true, null));
            return;
        }

        turn.Output("result", ChildWorkflows.ResultOf(child.Output));
        turn.Complete();
    }

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        turn.Output("result", ChildWorkflows.ResultOf(((Stimulus.ChildFinished)arrived!).Output));
        turn.Complete();
    }
}
