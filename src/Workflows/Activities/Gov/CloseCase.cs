using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>
/// Gov.CloseCase: the case has its outcome. What is open in the main flow is cancelled with its timers and expectations; side scopes, such as an unanswered
/// warning, stay open. Those who wait for the event <c>case-closed</c> of this 办件编号 hear of it.
/// </summary>
internal sealed class CloseCase : ActivityKind
{
    public override ActivityDescriptor Descriptor { get; } = new("Gov.CloseCase", "办结", "政务", "以指定结果办结案件。")
    {
        Inputs = [new InputDescriptor("outcome", "String", "办结结果") { IsRequired = true }],
        Ports = [],
        IsTerminal = true,
    };

    public override void Execute(Turn turn)
    {
        var run = turn.Run;
        var outcome = turn.RequiredText("outcome");
        if (run.Outcome is null)
        {
            foreach (var name in run.Clocks.Keys.ToArray())
            {
                run.Clocks[name] = run.Clocks[name].Stop(run.Today);
            }

            run.CloseCase(outcome);
            run.CancelMainFlow(except: turn.Instance);
        }

        turn.Complete();
        run.EndMainFlow();
    }
}
