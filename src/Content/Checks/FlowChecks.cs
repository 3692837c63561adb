using WorkflowEngine.Content.Reading;

namespace WorkflowEngine.Content.Checks;

/// <summary>Everything that must be true of a flow before it may be published.</summary>
internal static class FlowChecks
{
    /// <summary>Whether the definition reader's problem of this code is told here with more: the Lambda that would do, the types of the forms.</summary>
    public static bool SaysBetter(string code) => code is "script-expression" or "lambda" or "unknown-expression-type" or "unknown-step";

    /// <returns>The flow's steps, for checks across content.</returns>
    public static IReadOnlyList<FlowStep> Run(FlowCheckContext context)
    {
        var flows = FlowView.Of(context.Definition, context.File, context.Json).ToList();
        var steps = FlowSteps.Of(flows, context.Definition, context.Json);
        foreach (var flow in flows)
        {
            var main = RegionChecks.Run(flow, context);
            EdgeChecks.Run(flow, main, context);
            EndChecks.Run(flow, main, context);
        }

        DeclarationChecks.Run(steps, context);
        MemberChecks.Run(steps, context);
        ValueChecks.Run(steps, context);
        ListChecks.Run(steps, context);
        ClockChecks.Run(flows, steps, context);
        TaskChecks.Run(steps, context);
        SubmissionChecks.Run(steps, context);
        InternalChecks.Run(flows, context);
        var facts = VariableFacts.Of(steps, context);
        NoticeUseChecks.Run(steps, facts, context);
        ExpressionChecks.Run(steps, facts, context);
        RuleUseChecks.Run(steps, facts, context);
        EndlessLoopChecks.Run(flows, steps, context);
        Kept(context);
        return steps;
    }

    /// <summary>A variable without a storage driver falls back to its first value as soon as the case waits for somebody, as in Elsa.</summary>
    private static void Kept(FlowCheckContext context)
    {
        foreach (var variable in context.IsCase ? context.Definition.Variables.Where(variable => string.IsNullOrEmpty(variable.StorageDriver)) : [])
        {
            context.Problems.Add(
                ProblemCodes.VariableNotKept, context.File, variable.Line, 1, null,
                $"variable '{variable.Name}' has no storageDriverTypeName, so its value is lost while the case waits; use \"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core\"",
                $"变量“{variable.Name}”没有写明 storageDriverTypeName，案件等待时它的值会丢失；请写“Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core”");
        }
    }
}
