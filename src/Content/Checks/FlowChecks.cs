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
        foreach (var flow in flows)
        {
            EdgeChecks.Run(flow, context);
            var main = RegionChecks.Run(flow, context);
            EndChecks.Run(flow, main, context);
        }

        TaskChecks.Run(flows, context);
        NoticeUseChecks.Run(flows, context);
        ExpressionChecks.Run(flows, context);
        return [.. flows.SelectMany(flow => flow.Steps)];
    }
}
