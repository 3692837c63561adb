using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Engine;

/// <summary>Tells people why a flow does not start beside what runs already.</summary>
public static class Activations
{
    public static string RefusalOf(WorkflowDefinition flow) => flow.ActivationStrategy switch
    {
        ActivationStrategy.Singleton => $"“{flow.Name}”同一时间只能运行一件，已有一件正在办理，请待其办结后再提交。",
        ActivationStrategy.Correlation => $"同一事项已有流程正在办理，“{flow.Name}”暂不能启动，请待其办结后再提交。",
        _ => $"同一事项的“{flow.Name}”正在办理，请待其办结后再提交。",
    };
}
