using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>Elsa.DispatchWorkflow: starts an instance of another flow after this burst, and waits for its end when asked to.</summary>
internal sealed class DispatchWorkflow : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Elsa.DispatchWorkflow", "派发流程", "组合", "启动另一个流程，可等待其结束。")
    {
        Inputs =
        [
            new InputDescriptor("workflowDefinitionId", "String", "流程") { IsRequired = true },
            new InputDescriptor("correlationId", "String", "关联编号"),
            new InputDescriptor("input", "Object", "输入"),
            new InputDescriptor("waitForCompletion", "Boolean", "等待完成"),
            new InputDescriptor("startNewTrace", "Boolean", "新的跟踪"),
            new InputDescriptor("channelName", "String", "通道"),
        ],
        Outputs = [new OutputDescriptor("result", "Object", "输出")],
    };

    public override void Execute(Turn turn)
    {
        var definition = ChildWorkflows.DefinitionOf(turn);
        var input = ChildWorkflows.InputOf(turn);
        var correlation = turn.Input<string>("correlationId");
        var waits = turn.Input<bool>("waitForCompletion");
        if (turn.Input<string>("channelName") is { Length: > 0 } channel)
        {
            throw new ActivityFault($"there is no dispatch channel '{channel}'");
        }

        ChildWorkflows.Start(turn, definition, input, correlation, waits);
    }

    public override void Resume(Turn turn, string resume, object? arrived)
    {
        turn.Output("result", ChildWorkflows.ResultOf(((Stimulus.ChildFinished)arrived!).Output));
        turn.Complete();
    }
}
