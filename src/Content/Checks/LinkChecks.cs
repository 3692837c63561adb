using System.Text.RegularExpressions;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>What flows say of one another: the flow that is started exists, does not start itself for ever, and events and outcomes are spelt as the other side spells them.</summary>
internal static partial class LinkChecks
{
    private static readonly string[] Starting = ["Elsa.DispatchWorkflow", "Elsa.ExecuteWorkflow", "Elsa.BulkDispatchWorkflows"];

    /// <summary>One flow with all its steps.</summary>
    public sealed record Checked(FlowCheckContext Context, IReadOnlyList<FlowStep> Steps);

    /// <param name="flows">The flows that could be read.</param>
    /// <param name="unread">Ids of those that could not: naming them is no mistake.</param>
    public static void Run(IReadOnlyList<Checked> flows, IReadOnlyCollection<string> unread)
    {
        var ids = flows.Select(flow => flow.Context.Definition.DefinitionId).Where(id => id.Length > 0).Concat(unread).Distinct().ToList();
        var outcomes = unread.Count > 0 || flows.Any(flow => flow.Steps.Any(step => step.Descriptor is null)) ? [] : Outcomes(flows);
        foreach (var (context, steps) in flows)
        {
            foreach (var step in steps)
            {
                Started(step, ids, flows, context);
                if (step.Type == GovActivities.FindCases)
                {
                    context.Knows(step, "flow", ids, "the flow", "流程");
                }

                Compared(step, ids, outcomes, context);
            }

            Triggers(steps, context);
        }

        Events(flows);
        Recursion(flows);
    }

    private static void Started(FlowStep step, List<string> ids, IReadOnlyList<Checked> flows, FlowCheckContext context)
    {
        if (!Starting.Contains(step.Type) || step.Literal("workflowDefinitionId") is not { Length: > 0 } name || ids.Contains(name))
        {
            return;
        }

        var byVersion = flows.FirstOrDefault(flow => flow.Context.Definition.VersionId == name)?.Context.Definition.DefinitionId;
        var (hint, 提示) = byVersion is null ? (DidYouMean.Of(name, ids), DidYouMean.Chinese(name, ids)) : ($"; that is the id of a version, write '{byVersion}'", $"；这是某一版本的 id，请写“{byVersion}”");
        context.Error(
            ProblemCodes.UnknownName, step.At("workflowDefinitionId"), step.Id,
            $"step '{step.Id}' starts the flow '{name}', which does not exist{hint}", $"步骤“{step.Id}”启动的流程“{name}”不存在{提示}");
    }

    /// <summary>Somebody files a case by exactly one first step; a second one would never be offered, and without one the case never begins.</summary>
    private static void Triggers(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        var submissions = steps.Where(step => step.Type == GovActivities.Submission).ToList();
        foreach (var second in submissions.Skip(1))
        {
            context.Error(
                ProblemCodes.TwoStarts, second.Json, second.Id,
                $"a case can begin at '{submissions[0].Id}' and at '{second.Id}'; a flow has one Gov.Submission", $"案件可以从“{submissions[0].Id}”开始，也可以从“{second.Id}”开始；一个流程只能有一个 Gov.Submission");
        }

        if (submissions is [var trigger] && !trigger.Node.CanStartWorkflow)
        {
            context.Warn(
                ProblemCodes.NoTrigger, trigger.Json, trigger.Id,
                $"step '{trigger.Id}' begins the case, but does not say so: write \"customProperties\": {{ \"canStartWorkflow\": true }}, else Elsa would not start it",
                $"案件从步骤“{trigger.Id}”开始，但没有写明；请写“customProperties”: {{ “canStartWorkflow”: true }}，否则 Elsa 不会启动它");
        }

        if (submissions is [var only] && only.In.Exists(edge => !edge.IsSide))
        {
            context.Error(
                ProblemCodes.NoTrigger, only.Json, only.Id,
                $"the case begins at '{only.Id}', but edges lead into it: it could not be filed again; let them lead to the step behind it", $"案件从“{only.Id}”开始，却有连线指向它，无法再次提交；请让连线指向它之后的步骤");
        }

        if (submissions.Count == 0 && steps.FirstOrDefault(step => step.Type is GovActivities.CloseCase or GovActivities.HumanTask) is { } step)
        {
            context.Error(
                ProblemCodes.NoTrigger, step.Json, step.Id,
                $"step '{step.Id}' ({step.Type}) needs a case, but no Gov.Submission begins one: nobody could file it", $"步骤“{step.Id}”（{step.Type}）需要有案件，但没有 Gov.Submission，谁也无法提交");
        }
    }

    private static Dictionary<string, HashSet<string>?> Outcomes(IReadOnlyList<Checked> flows)
    {
        var outcomes = new Dictionary<string, HashSet<string>?>();
        foreach (var (context, steps) in flows)
        {
            var closing = steps.Where(step => step.Type == GovActivities.CloseCase).Select(step => step.Literal("outcome")).ToList();
            outcomes[context.Definition.DefinitionId] = closing.Contains(null) ? null : closing.OfType<string>().ToHashSet();
        }

        return outcomes;
    }

    /// <summary><c>linked.flow == "…"</c> and <c>linked.outcome == "…"</c>: a misspelt text is never equal to anything.</summary>
    private static void Compared(FlowStep step, List<string> ids, Dictionary<string, HashSet<string>?> outcomes, FlowCheckContext context)
    {
        foreach (var text in Lambdas(step.Json))
        {
            foreach (var name in FlowNames().Matches(text.Text).Select(match => match.Groups["name"].Value).Where(name => !ids.Contains(name)))
            {
                context.Error(
                    ProblemCodes.UnknownName, text, step.Id,
                    $"step '{step.Id}' asks for cases of the flow '{name}', which does not exist{DidYouMean.Of(name, ids)}", $"步骤“{step.Id}”比较的流程“{name}”不存在{DidYouMean.Chinese(name, ids)}");
            }

            var known = outcomes.Values.Any(all => all is null) ? [] : outcomes.Values.SelectMany(all => all!).Distinct().ToList();
            foreach (var name in OutcomeNames().Matches(text.Text).Select(match => match.Groups["name"].Value).Where(name => known.Count > 0 && !known.Contains(name)))
            {
                context.Error(
                    ProblemCodes.UnknownName, text, step.Id,
                    $"step '{step.Id}' asks for cases that were closed with '{name}', but no flow closes a case so{DidYouMean.Of(name, known)}",
                    $"步骤“{step.Id}”比较的办结结果“{name}”在任何流程中都不会出现{DidYouMean.Chinese(name, known)}");
            }
        }
    }

    private static IEnumerable<LocatedJson> Lambdas(LocatedJson json)
    {
        if (json.IsString)
        {
            return json.Text.Contains("==", StringComparison.Ordinal) || json.Text.Contains("!=", StringComparison.Ordinal) ? [json] : [];
        }

        var inner = json.Members.Where(member => member.Name is not ("metadata" or "message")).Select(member => member.Value).Concat(json.Items);
        return inner.Where(value => !FlowSteps.IsActivity(value)).SelectMany(Lambdas);
    }

    /// <summary>An event may come from outside; but one whose name is almost that of another is a slip.</summary>
    private static void Events(IReadOnlyList<Checked> flows)
    {
        var published = Named(flows, step => step.Type == "Elsa.PublishEvent" ? NameOf(step) : []);
        var awaited = Named(flows, step => step.Type switch
        {
            "Elsa.Event" => NameOf(step),
            GovActivities.HumanTask => FlowPorts.TaskEvents(step).Select(happening => happening.Event),
            _ => [],
        });
        var sent = published.Select(one => one.At.Text).Append("case-closed").ToHashSet();
        var heard = awaited.Select(one => one.At.Text).Append("case-closed").ToHashSet();
        var mentions = published.Concat(awaited).CountBy(one => one.At.Text).ToDictionary();
        // Of two names that both find no other side the one that is written less often is the slip.
        bool IsSlip(string name, HashSet<string> others, HashSet<string> own) =>
            !others.Contains(name) && DidYouMean.Nearest(name, others) is { } near && (own.Contains(near) || mentions[name] <= mentions[near]);
        foreach (var (flow, step, at) in awaited.Where(one => IsSlip(one.At.Text, sent, heard)))
        {
            flow.Error(
                ProblemCodes.UnknownName, at, step.Id,
                $"step '{step.Id}' waits for the event '{at.Text}', which no flow publishes{DidYouMean.Of(at.Text, sent)}", $"步骤“{step.Id}”等待的事件“{at.Text}”没有任何流程发布{DidYouMean.Chinese(at.Text, sent)}");
        }

        foreach (var (flow, step, at) in published.Where(one => IsSlip(one.At.Text, heard, sent)))
        {
            flow.Error(
                ProblemCodes.UnknownName, at, step.Id,
                $"step '{step.Id}' publishes the event '{at.Text}', which no flow waits for{DidYouMean.Of(at.Text, heard)}", $"步骤“{step.Id}”发布的事件“{at.Text}”没有任何流程等待{DidYouMean.Chinese(at.Text, heard)}");
        }
    }

    private static List<(FlowCheckContext Flow, FlowStep Step, LocatedJson At)> Named(IReadOnlyList<Checked> flows, Func<FlowStep, IEnumerable<LocatedJson>> names) =>
        [.. flows.SelectMany(flow => flow.Steps.SelectMany(step => names(step).Where(at => at is { IsString: true, Text.Length: > 0 }).Select(at => (flow.Context, step, at))))];

    private static LocatedJson[] NameOf(FlowStep step) => step.Input("eventName") is { Type: "Literal", Value: { } name } ? [name] : [];

    /// <summary>Flows that start one another in a circle on every way to their end, and wait for nobody meanwhile: the last one never comes.</summary>
    private static void Recursion(IReadOnlyList<Checked> flows)
    {
        var starts = flows
            .GroupBy(flow => flow.Context.Definition.DefinitionId)
            .ToDictionary(same => same.Key, same => same.First().Steps
                .Where(step => Starting.Contains(step.Type) && step.Literal("workflowDefinitionId") is { Length: > 0 } && IsOnEveryWay(step))
                .Select(step => (Step: step, Child: step.Literal("workflowDefinitionId")!, Waits: step.Type == "Elsa.ExecuteWorkflow" || step.Literal("waitForCompletion") is "true" or "True"))
                .ToList());
        foreach (var (context, steps) in flows)
        {
            var asks = steps.Any(step => step.Type is "Elsa.Event" or "Elsa.RunTask" or "Elsa.Delay" or "Elsa.Timer" or "Elsa.Cron" or "Elsa.StartAt" or "Elsa.HttpEndpoint" || step.Type.StartsWith(GovActivities.Prefix, StringComparison.Ordinal));
            foreach (var (step, child, waits) in starts[context.Definition.DefinitionId].Where(one => (one.Waits || !asks) && ComesBack(one.Child, context.Definition.DefinitionId, starts)))
            {
                context.Error(
                    ProblemCodes.Circles, step.At("workflowDefinitionId"), step.Id,
                    $"step '{step.Id}' starts the flow '{child}', which {(child == context.Definition.DefinitionId ? "is this flow" : "starts this one again")} on every way: it would never end",
                    $"步骤“{step.Id}”启动流程“{child}”，而它{(child == context.Definition.DefinitionId ? "就是本流程" : "又会启动本流程")}，每条路径都如此，永远不会结束");
            }
        }
    }

    private static bool ComesBack(string child, string to, Dictionary<string, List<(FlowStep Step, string Child, bool Waits)>> starts)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>([child]);
        while (open.TryPop(out var at))
        {
            if (at == to)
            {
                return true;
            }

            foreach (var next in seen.Add(at) ? starts.GetValueOrDefault(at) ?? [] : [])
            {
                open.Push(next.Child);
            }
        }

        return false;
    }

    /// <summary>Drawn in the outermost flowchart or sequence, and no step before it decides between ways.</summary>
    private static bool IsOnEveryWay(FlowStep step)
    {
        if (step.Node.Parent is not { Type: "Elsa.Flowchart" or "Elsa.Sequence" or "Elsa.Workflow" } parent || parent.Parent is { Type: not "Elsa.Workflow" })
        {
            return false;
        }

        var at = step;
        var seen = new HashSet<FlowStep>();
        while (seen.Add(at) && at.In is [var only])
        {
            at = only.Source;
            if (at.Out.Select(edge => edge.Port).Distinct().Count() > 1 || at.Ports is not { Count: 1 })
            {
                return false;
            }
        }

        return at.In.Count == 0;
    }

    [GeneratedRegex("""\.flow\s*[!=]=\s*\\?"(?<name>[^"\\]+)\\?["]""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FlowNames();

    [GeneratedRegex("""\b(linked|c|earlier|case)\.outcome\s*[!=]=\s*\\?"(?<name>[^"\\]+)\\?["]""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex OutcomeNames();
}
