using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Tasks and warnings: somebody of a party that exists holds the role, the form exists and speaks of the task's outcomes, a
/// limit has an <c>Overdue</c> edge, and clocks that are stopped or resumed were started.
/// </summary>
internal static class TaskChecks
{
    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        var clocks = Clocks(steps);
        var parties = PartiesOf(steps);
        foreach (var step in steps)
        {
            Names(step, context);
            Party(step, parties, context);
            Limit(step, steps, context);
            if (step.Type is GovActivities.SuspendClock or GovActivities.ResumeClock or GovActivities.ExtendClock && step.Literal("clock") is { } clock && !clocks.Contains(clock))
            {
                context.Error(
                    ProblemCodes.ClockNeverStarted, step.At("clock"), step.Id,
                    $"step '{step.Id}' speaks of clock '{clock}', which no task starts{DidYouMean.Of(clock, clocks)}",
                    $"步骤“{step.Id}”用到的时限“{clock}”从未由任何任务开始计算{DidYouMean.Chinese(clock, clocks)}");
            }

            if (step.Type == GovActivities.HumanTask)
            {
                AlsoBound(step, context);
                Outcomes(step, context);
            }
        }
    }

    /// <summary>The clocks that a task or a wait of the flow runs on.</summary>
    public static HashSet<string> Clocks(IEnumerable<FlowStep> steps) =>
        [.. steps.Where(step => step.Type is GovActivities.HumanTask or GovActivities.AwaitConformance or GovActivities.RaiseWarning or GovActivities.StartClock).Select(step => step.Literal("clock")).OfType<string>()];

    private static void Names(FlowStep step, FlowCheckContext context)
    {
        context.Knows(step, "form", [.. context.Index.Forms.Keys], "the form", "表单");
        switch (step.Type)
        {
            case GovActivities.EvaluateRules or GovActivities.AwaitConformance:
                context.Knows(step, "ruleSet", [.. context.Index.RuleSets.Keys], "the rule set", "规则集");
                break;
            case GovActivities.SendNotice:
                context.Knows(step, "notice", [.. context.Index.Notices.Keys], "the notice", "文书");
                break;
            case GovActivities.DataIngest when context.Index.Messages.Count > 0:
                context.Knows(step, "method", context.Index.Messages, "the message", "报文种类");
                break;
            case GovActivities.IssueCredential:
                context.Knows(step, "profile", context.Index.SigningProfiles, "the signing profile", "签名方案");
                break;
        }

        foreach (var input in step.Descriptor?.Inputs.Where(input => input.IsRequired && step.Json.Member(input.Name) is null) ?? [])
        {
            context.Error(
                ProblemCodes.Missing, step.Json, step.Id,
                $"step '{step.Id}' ({step.Type}) needs '{input.Name}'", $"步骤“{step.Id}”（{step.Type}）必须写明“{input.Name}”（{input.DisplayName}）");
        }
    }

    /// <summary>Everybody whom a case of the flow has: a vendor only where the form that opens it names one.</summary>
    private static List<string> PartiesOf(IReadOnlyList<FlowStep> steps)
    {
        var parties = GovActivities.RolesOfParty.Keys.Where(party => party != "vendor" || steps.Any(step => step.Type == GovActivities.Submission && step.Literal("vendor") is { Length: > 0 })).ToList();
        return [.. parties, .. parties.SelectMany(party => new[] { party + GovActivities.ParentSuffix, party + GovActivities.ParentSuffix + GovActivities.ParentSuffix })];
    }

    private static void Party(FlowStep step, List<string> parties, FlowCheckContext context)
    {
        var input = step.Type switch
        {
            GovActivities.RaiseWarning => "level",
            GovActivities.IssueCredential => "holder",
            _ => "party",
        };
        if (!context.Knows(step, input, parties, "the party", "当事方")
            || step.Literal(input) is not { } party
            || step.Literal("role") is not { } role
            || !GovActivities.RolesOfParty.TryGetValue(party, out var roles)
            || roles.Contains(role))
        {
            return;
        }

        var all = GovActivities.RolesOfParty.Values.SelectMany(known => known).Distinct().ToList();
        context.Error(
            ProblemCodes.RoleNotOfParty, step.At("role"), step.Id,
            all.Contains(role)
                ? $"step '{step.Id}' is for role '{role}' of party '{party}', which has no such role: nobody would get it (it has: {string.Join(", ", roles)})"
                : $"step '{step.Id}' is for the unknown role '{role}'{DidYouMean.Of(role, all)}",
            all.Contains(role)
                ? $"步骤“{step.Id}”交给“{party}”的“{role}”岗位，但“{party}”没有这个岗位，将无人办理（可选：{string.Join("、", roles)}）"
                : $"步骤“{step.Id}”的岗位“{role}”不存在{DidYouMean.Chinese(role, all)}");
    }

    /// <summary>Who is told besides when the date moves is read from the flow as it is written.</summary>
    private static void AlsoBound(FlowStep step, FlowCheckContext context)
    {
        var parties = GovActivities.RolesOfParty.Keys.ToList();
        var named = SubmissionChecks.Listed(step.Literal("alsoBinds")).ToList();
        foreach (var party in named.Where(party => !parties.Contains(party)).Concat(step.Json.Member("alsoBinds") is not null && named.Count == 0 ? [""] : []))
        {
            context.Error(
                ProblemCodes.UnknownName, step.At("alsoBinds"), step.Id,
                $"'alsoBinds' of step '{step.Id}' must name parties of the case ({string.Join(", ", parties)}), not '{party}'{DidYouMean.Of(party, parties)}",
                $"步骤“{step.Id}”的“alsoBinds”应当写明案件的当事方（{string.Join("、", parties)}），“{party}”不是{DidYouMean.Chinese(party, parties)}");
        }
    }

    private static void Limit(FlowStep step, IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        if (step.Literal("clock") is { } clock && step.Input("limit") is null
            && step.Type is GovActivities.HumanTask or GovActivities.AwaitConformance
            && !steps.Any(other => other.Literal("clock") == clock && other.Input("limit") is not null))
        {
            context.Error(
                ProblemCodes.ClockNeverStarted, step.At("clock"), step.Id,
                $"step '{step.Id}' runs on clock '{clock}', but no task says how many working days it has; add 'limit'",
                $"步骤“{step.Id}”按时限“{clock}”办理，但没有任何地方写明是几个工作日，请加上“limit”");
        }

        if (step.Input("limit") is null || step.Descriptor?.SidePorts.Concat(step.Ports ?? []).Contains("Overdue") != true)
        {
            return;
        }

        if (step.Out.TrueForAll(edge => edge.Port != "Overdue"))
        {
            context.Error(
                ProblemCodes.OverdueNotDrawn, step.At("limit"), step.Id,
                $"step '{step.Id}' ({step.Node.DisplayName}) has a limit of {step.Literal("limit")} working days, but nothing happens when it passes; draw an edge from its port Overdue, at least to a notice",
                $"步骤“{step.Id}”（{step.Node.DisplayName}）的时限是 {step.Literal("limit")} 个工作日，但超时后没有任何动作；请从“Overdue”出口画出连线，至少发送一份通知");
        }

        if (Number(step, "reminder") is { } before && Number(step, "limit") is { } limit && limit > 0 && before >= limit && step.Out.Exists(edge => edge.Port == "Reminder"))
        {
            context.Warn(
                ProblemCodes.ReminderTooEarly, step.At("reminder"), step.Id,
                $"the reminder of step '{step.Id}' is {before} working days before the end of a limit of {limit}: it comes at once",
                $"步骤“{step.Id}”的时限只有 {limit} 个工作日，却在到期前 {before} 个工作日提醒：任务一开始就会提醒");
        }
    }

    private static int? Number(FlowStep step, string input) =>
        int.TryParse(step.Literal(input), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static void Outcomes(FlowStep step, FlowCheckContext context)
    {
        var outcomes = FlowPorts.TaskOutcomes(step);
        if (outcomes.Count == 0)
        {
            context.Error(
                ProblemCodes.Missing, step.At("outcomes"), step.Id,
                $"task '{step.Id}' has no outcomes, so nobody could finish it; write [{{ \"name\": …, \"label\": … }}]",
                $"任务“{step.Id}”没有办理结果，谁也无法办结；请写明 [{{ \"name\": …, \"label\": … }}]");
        }

        foreach (var twice in outcomes.GroupBy(outcome => outcome.Name).SelectMany(same => same.Skip(1)))
        {
            context.Error(
                ProblemCodes.DuplicateName, twice.At, step.Id,
                $"task '{step.Id}' has the outcome '{twice.Name}' twice", $"任务“{step.Id}”的办理结果“{twice.Name}”写了两次");
        }

        var names = outcomes.Select(outcome => outcome.Name).ToList();
        foreach (var both in FlowPorts.TaskEvents(step).Where(happening => names.Contains(happening.Outcome.Text)))
        {
            context.Error(
                ProblemCodes.DuplicateName, both.Outcome, step.Id,
                $"outcome '{both.Outcome.Text}' of task '{step.Id}' is decided by event '{both.Event.Text}' and offered to a person too; give one of them another name",
                $"任务“{step.Id}”的办理结果“{both.Outcome.Text}”既由事件“{both.Event.Text}”决定，又可由人选择，请改用不同的名称");
        }

        foreach (var guard in step.Input("guards")?.Object()?.Items ?? [])
        {
            if (guard.Member("outcome") is { IsString: true } outcome && !names.Contains(outcome.Text))
            {
                context.Error(
                    ProblemCodes.UnknownOutcome, outcome, step.Id,
                    $"a guard of task '{step.Id}' is about '{outcome.Text}', which is not an outcome of the task{DidYouMean.Of(outcome.Text, names)}",
                    $"任务“{step.Id}”的办理条件针对“{outcome.Text}”，但任务没有这个办理结果{DidYouMean.Chinese(outcome.Text, names)}");
            }
        }
    }
}
