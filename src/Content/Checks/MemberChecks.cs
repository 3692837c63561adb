using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Members that nothing reads. Elsa skips what it does not know, so a misspelt member is as good as not written; what is near to a name that exists is refused, and
/// on an activity of ours everything that is none of its members.
/// </summary>
internal static class MemberChecks
{
    private static readonly string[] OfDefinition =
    [
        "$schema", "id", "definitionId", "tenantId", "name", "description", "createdAt", "version", "toolVersion", "variables", "inputs", "outputs", "outcomes", "customProperties",
        "isReadonly", "isSystem", "isLatest", "isPublished", "options", "usableAsActivity", "root", "metadata", "links", "providerName", "materializerName", "binaryData", "stringData",
        "materializerContext", "originalSource", "validationErrors",
    ];

    private static readonly string[] OfOptions =
    [
        "activationStrategyType", "usableAsActivity", "autoUpdateConsumingWorkflows", "activityCategory", "incidentStrategyType", "commitStrategyName", "logPersistenceMode",
        "strategyType", "workflowCommitStrategyName", "customProperties",
    ];

    private static readonly string[] OfActivity =
    [
        "id", "nodeId", "name", "type", "version", "customProperties", "metadata", "runAsynchronously", "canStartWorkflow", "source", "synthetic", "result", "commitStrategy",
        "logPersistenceMode", "activities", "connections", "variables", "start", "branches", "cases", "originalActivityJson", "typeVersion", "typeName", "runtimeId",
    ];

    /// <summary>Of a flowchart, a step and a definition alike: each is read where it has a meaning.</summary>
    private static readonly string[] OfCustomProperties =
        ["canStartWorkflow", "runAsynchronously", "mergeMode", "source", "Flowchart:ExecutionMode", "notFoundConnections", "logPersistenceMode", "logPersistenceConfig", "commitStrategyName", "resilienceStrategy"];

    private static readonly string[] OfConnection = ["source", "target", "vertices", "sourcePort", "targetPort", "sourceActivity", "targetActivity"];

    private static readonly string[] ExecutionModes = ["Default", "CounterBased", "Counter", "TokenBased", "Token"];

    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        Near(context.Json, OfDefinition, null, context);
        Inner(context.Json, "options", OfOptions, null, context);
        Inner(context.Json, "customProperties", OfCustomProperties, null, context);
        Mode(context);
        foreach (var step in steps)
        {
            Members(step, context);
            Inner(step.Json, "customProperties", OfCustomProperties, step.Id, context);
            foreach (var connection in step.Type == "Elsa.Flowchart" ? step.Json.Member("connections")?.Values() ?? [] : [])
            {
                Near(connection, OfConnection, step.Id, context);
            }
        }
    }

    private static void Members(FlowStep step, FlowCheckContext context)
    {
        // Requests and answers are looked at as strictly, among the checks of HTTP; what is written as an expression was told by the reader.
        if (step.Descriptor is not { } descriptor || HttpChecks.Looks(step.Type))
        {
            return;
        }

        var own = descriptor.Inputs.Select(input => input.Name).Concat(descriptor.Outputs.Select(output => output.Name)).Concat(descriptor.EmbeddedPorts).ToList();
        var isOurs = step.Type.StartsWith(GovActivities.Prefix, StringComparison.Ordinal);
        foreach (var member in step.Json.Members.Where(member => member.Value.Member("expression") is null && !IsKnown(member.Name, own) && !IsKnown(member.Name, OfActivity)))
        {
            if (isOurs || DidYouMean.Nearest(member.Name, own.Concat(OfActivity)) is not null)
            {
                Tell(member, [.. own, .. OfActivity], step.Id, context);
            }
        }
    }

    private static void Inner(LocatedJson owner, string name, string[] known, string? step, FlowCheckContext context)
    {
        if (owner.Member(name) is { IsObject: true } inner)
        {
            Near(inner, known, step, context);
        }
    }

    private static void Near(LocatedJson json, string[] known, string? step, FlowCheckContext context)
    {
        foreach (var member in json.Members.Where(member => !IsKnown(member.Name, known) && DidYouMean.Nearest(member.Name, known) is not null))
        {
            Tell(member, known, step, context);
        }
    }

    private static bool IsKnown(string name, IEnumerable<string> known) => known.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static void Tell(LocatedMember member, IReadOnlyCollection<string> known, string? step, FlowCheckContext context)
    {
        var of = step is null ? ("the flow", "流程") : ($"step '{step}'", $"步骤“{step}”");
        context.Problems.Add(
            ProblemCodes.UnknownMember, context.File, member.Line, member.Column, step,
            $"{of.Item1} has no member '{member.Name}', so nothing reads it{DidYouMean.Of(member.Name, known)}",
            $"{of.Item2}没有“{member.Name}”这一项，写了也不起作用{DidYouMean.Chinese(member.Name, known)}");
    }

    /// <summary>Elsa takes counter mode for whatever it does not know, and joins then behave otherwise.</summary>
    private static void Mode(FlowCheckContext context)
    {
        if (context.Json.At("customProperties", "Flowchart:ExecutionMode") is { IsString: true } mode && !ExecutionModes.Contains(mode.Text, StringComparer.Ordinal))
        {
            context.Error(
                "unknown-option", mode, null,
                $"'{mode.Text}' is no mode of a flowchart (CounterBased, TokenBased): its joins would behave otherwise{DidYouMean.Of(mode.Text, ExecutionModes)}",
                $"“{mode.Text}”不是流程图的执行方式（CounterBased、TokenBased），汇合会与预期不同{DidYouMean.Chinese(mode.Text, ExecutionModes)}");
        }
    }
}
