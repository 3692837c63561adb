using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Checks;

/// <summary>
/// Values that can be read and yet make no sense: an empty name, a time of nothing, a schedule that never comes, a loop that stands still, a branch without a name.
/// The engine would do something with each of them, and never what was meant.
/// </summary>
internal static class ValueChecks
{
    /// <summary>Ten years: what is longer is a slip of the keyboard.</summary>
    private const int MostWorkingDays = 2_500;

    private static readonly DateTimeOffset AnyDay = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Loops = ["Elsa.For", "Elsa.ForEach", "Elsa.ParallelForEach", "Elsa.While"];

    public static void Run(IReadOnlyList<FlowStep> steps, FlowCheckContext context)
    {
        foreach (var step in steps)
        {
            Empty(step, context);
            Days(step, "limit", 1, context);
            Days(step, "days", 1, context);
            Days(step, "reminder", 0, context);
            switch (step.Type)
            {
                case "Elsa.Delay":
                    Span(step, "timeSpan", 0, context);
                    break;
                case "Elsa.Timer":
                    Span(step, "interval", 1, context);
                    break;
                case "Elsa.Cron":
                    Schedule(step, context);
                    break;
                case "Elsa.For" or "Elsa.ForEach" or "Elsa.ParallelForEach" or "Elsa.While":
                    Loop(step, context);
                    break;
                case "Elsa.FlowDecision" or "Elsa.If":
                    Needs(step, "condition", context);
                    Decided(step, context);
                    break;
                case "Elsa.StartAt":
                    Instant(step, context);
                    break;
                case "Elsa.FlowSwitch" or "Elsa.Switch":
                    Cases(step, context);
                    break;
                case "Elsa.FlowFork":
                    Branches(step, context);
                    break;
                case "Elsa.Break" when !Around(step.Node).Any(outer => Loops.Contains(outer.Type) || outer.Type is "Elsa.Fork" or "Elsa.Workflow" && outer.Parent is not null):
                    context.Warn(
                        ProblemCodes.WrongValue, step.Json, step.Id,
                        $"step '{step.Id}' breaks out of a loop, but is in none", $"步骤“{step.Id}”要跳出循环，但不在任何循环之内");
                    break;
                case GovActivities.WorkingDayTimer:
                    From(step, context);
                    break;
            }
        }
    }

    private static IEnumerable<ActivityNode> Around(ActivityNode node)
    {
        for (var outer = node.Parent; outer is not null; outer = outer.Parent)
        {
            yield return outer;
        }
    }

    /// <summary>A name or title of no letters names nothing.</summary>
    private static void Empty(FlowStep step, FlowCheckContext context)
    {
        // The path of an endpoint is told with everything else that is wrong with it.
        foreach (var input in HttpChecks.Looks(step.Type) ? [] : step.Descriptor?.Inputs.Where(input => input.IsRequired && step.Literal(input.Name) is { } text && string.IsNullOrWhiteSpace(text)) ?? [])
        {
            context.Error(
                ProblemCodes.Missing, step.At(input.Name), step.Id,
                $"'{input.Name}' of step '{step.Id}' ({step.Type}) is empty", $"步骤“{step.Id}”（{step.Type}）的“{input.Name}”（{input.DisplayName}）是空的");
        }
    }

    private static void Needs(FlowStep step, string input, FlowCheckContext context)
    {
        if (step.Json.Member(input) is null && step.Descriptor is not null)
        {
            context.Warn(
                ProblemCodes.Missing, step.Json, step.Id,
                $"step '{step.Id}' ({step.Type}) has no '{input}', so it is always false: write it", $"步骤“{step.Id}”（{step.Type}）没有写明“{input}”，因此总是“否”；请写明");
        }
    }

    /// <summary>An If that runs nothing; and in a case a condition that is written as a constant, behind which one way is never taken.</summary>
    private static void Decided(FlowStep step, FlowCheckContext context)
    {
        if (step.Type == "Elsa.If" && step.Json.Member("then") is not { IsObject: true } && step.Json.Member("else") is not { IsObject: true })
        {
            context.Warn(ProblemCodes.Missing, step.Json, step.Id, $"the If '{step.Id}' runs nothing: neither 'then' nor 'else' is written", $"“{step.Id}”既没有写 then，也没有写 else，不会执行任何步骤");
        }

        if (context.IsCase && step.Literal("condition") is { } constant && bool.TryParse(constant, out var truth))
        {
            context.Warn(
                ProblemCodes.NeverRuns, step.At("condition"), step.Id,
                $"the condition of '{step.Id}' is always {(truth ? "true" : "false")}: what is drawn from {(truth ? "False" : "True")} never runs", $"“{step.Id}”的条件总是“{(truth ? "是" : "否")}”，从“{(truth ? "False" : "True")}”画出的步骤永远不会执行");
        }
    }

    /// <summary>An instant that was past when the flow was drawn is not waited for.</summary>
    private static void Instant(FlowStep step, FlowCheckContext context)
    {
        if (step.Json.Member("dateTime") is null)
        {
            context.Warn(ProblemCodes.Missing, step.Json, step.Id, $"step '{step.Id}' has no 'dateTime' to wait for", $"步骤“{step.Id}”没有写明等到什么时刻（dateTime）");
        }
        else if (step.Literal("dateTime") is { } text
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            && DateTimeOffset.TryParse(context.Json.StringAt("createdAt"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var drawn)
            && instant < drawn)
        {
            context.Warn(
                ProblemCodes.WrongValue, step.At("dateTime"), step.Id,
                $"step '{step.Id}' waits until {text}, which was past when the flow was drawn: it waits for nothing", $"步骤“{step.Id}”等到 {text}，画流程时这一时刻已经过去，不会等待");
        }
    }

    /// <summary>Whole working days, of a limit at least one.</summary>
    private static void Days(FlowStep step, string input, int least, FlowCheckContext context)
    {
        if (!step.Type.StartsWith(GovActivities.Prefix, StringComparison.Ordinal)
            || step.Literal(input) is not { } text
            || !decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var days))
        {
            return;
        }

        if (days < least || days > MostWorkingDays || days != decimal.Truncate(days))
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(input), step.Id,
                string.Create(CultureInfo.InvariantCulture, $"the {input} of step '{step.Id}' must be a whole number of working days, at least {least} and at most {MostWorkingDays}; {text} is none"),
                string.Create(CultureInfo.InvariantCulture, $"步骤“{step.Id}”的“{input}”应为 {least} 至 {MostWorkingDays} 个工作日的整数，不能是 {text}"));
        }
    }

    /// <summary>A number alone is read as days, which hardly anybody means.</summary>
    private static void Span(FlowStep step, string input, int leastTicks, FlowCheckContext context)
    {
        if (step.Literal(input) is not { } text || !TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span))
        {
            return;
        }

        if (span.Ticks < leastTicks)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(input), step.Id,
                $"step '{step.Id}' would wait for '{text}', which is no time to wait", $"步骤“{step.Id}”的“{input}”是“{text}”，不是可以等待的时间");
        }
        else if (!text.Contains(':', StringComparison.Ordinal) && span != TimeSpan.Zero)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At(input), step.Id,
                $"'{text}' of step '{step.Id}' has no unit and is read as {span.TotalDays:0} days; write days.hours:minutes:seconds, e.g. {span.TotalDays:0}.00:00:00 or 00:{span.TotalDays:00}:00",
                $"步骤“{step.Id}”的“{text}”没有单位，会当作 {span.TotalDays:0} 天；请写成“天.时:分:秒”，如 {span.TotalDays:0}.00:00:00 或 00:{span.TotalDays:00}:00");
        }
    }

    private static void Schedule(FlowStep step, FlowCheckContext context)
    {
        if (step.Literal("cronExpression") is not { Length: > 0 } text)
        {
            return;
        }

        var schedule = CronSchedule.Parse(text);
        if (schedule is null)
        {
            var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
            var (hint, 提示) = fields == 5 ? ("; it has five fields, write the seconds before them: '0 " + text + "'", $"；只有五段，请在最前面加上秒：“0 {text}”") : ("", "");
            context.Error(
                ProblemCodes.WrongValue, step.At("cronExpression"), step.Id,
                $"'{text}' of step '{step.Id}' is no schedule of six fields (second minute hour day month weekday){hint}",
                $"步骤“{step.Id}”的“{text}”不是六段的周期表达式（秒 分 时 日 月 星期）{提示}");
        }
        else if (schedule.Next(AnyDay) is null)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At("cronExpression"), step.Id,
                $"the schedule '{text}' of step '{step.Id}' never comes: there is no such day", $"步骤“{step.Id}”的周期“{text}”永远不会到来，没有这样的日子");
        }
    }

    private static void Loop(FlowStep step, FlowCheckContext context)
    {
        if (step.Json.Member("body") is not { IsObject: true })
        {
            var standsStill = step.Type is "Elsa.For" or "Elsa.While";
            (standsStill ? context.Error : (Action<string, LocatedJson, string?, string, string>)context.Warn)(
                ProblemCodes.Missing, step.Json, step.Id,
                $"the loop '{step.Id}' has no body{(standsStill ? ": it would never end" : "")}", $"循环“{step.Id}”没有循环体（body）{(standsStill ? "，永远不会结束" : "")}");
        }

        if (step.Type == "Elsa.While")
        {
            Needs(step, "condition", context);
        }
        else if (step.Type == "Elsa.For" && step.Literal("step") is { } by && decimal.TryParse(by, CultureInfo.InvariantCulture, out var number) && number == 0)
        {
            context.Error(
                ProblemCodes.Circles, step.At("step"), step.Id,
                $"the loop '{step.Id}' counts in steps of 0 and would never end", $"循环“{step.Id}”的步长是 0，永远不会结束");
        }
        else if (step.Type is "Elsa.ForEach" or "Elsa.ParallelForEach" && step.Input("items") is { Type: "Object" or "Json", Value: { IsString: true, Text.Length: > 0 } } items && items.Object() is null)
        {
            context.Error(
                ProblemCodes.WrongValue, step.At("items"), step.Id,
                $"the items of '{step.Id}' are no readable JSON list", $"“{step.Id}”的各项（items）不是可读的 JSON 列表");
        }
    }

    /// <summary>An edge finds its case by the label, so two alike are one, and one without a label none.</summary>
    private static void Cases(FlowStep step, FlowCheckContext context)
    {
        var labels = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in step.Json.Member("cases")?.Values() ?? [])
        {
            var label = item.Member("label")?.Text ?? "";
            if (label.Length == 0)
            {
                context.Error(ProblemCodes.Missing, item, step.Id, $"a case of '{step.Id}' has no label", $"“{step.Id}”的一个分支没有名称（label）");
            }
            else if (!labels.Add(label))
            {
                context.Warn(ProblemCodes.DuplicateName, item, step.Id, $"'{step.Id}' has the case '{label}' twice", $"“{step.Id}”的分支“{label}”写了两次");
            }

            if (item.Member("condition") is not { IsObject: true })
            {
                context.Error(
                    ProblemCodes.Missing, item, step.Id, $"the case '{label}' of '{step.Id}' has no condition, so it is never taken", $"“{step.Id}”的分支“{label}”没有条件（condition），永远不会进入");
            }

            foreach (var member in item.Members.Where(member => member.Name is not ("label" or "condition" or "activity") && DidYouMean.Nearest(member.Name, ["label", "condition", "activity"]) is not null))
            {
                context.Problems.Add(
                    ProblemCodes.UnknownMember, context.File, member.Line, member.Column, step.Id,
                    $"a case of '{step.Id}' has no member '{member.Name}'{DidYouMean.Of(member.Name, ["label", "condition", "activity"])}",
                    $"“{step.Id}”的分支没有“{member.Name}”这一项{DidYouMean.Chinese(member.Name, ["label", "condition", "activity"])}");
            }
        }
    }

    /// <summary>A branch that is named and leads nowhere was forgotten: nothing would ever happen in it.</summary>
    private static void Branches(FlowStep step, FlowCheckContext context)
    {
        var named = step.Input("branches")?.Object()?.Items.Where(item => item.IsString).ToList() ?? [];
        foreach (var twice in named.GroupBy(item => item.Text).SelectMany(same => same.Skip(1)))
        {
            context.Error(ProblemCodes.DuplicateName, twice, step.Id, $"'{step.Id}' has the branch '{twice.Text}' twice", $"“{step.Id}”的分支“{twice.Text}”写了两次");
        }

        foreach (var branch in named.DistinctBy(item => item.Text).Where(branch => step.Out.TrueForAll(edge => edge.Port != branch.Text)))
        {
            context.Warn(
                ProblemCodes.OutcomeNotDrawn, branch, step.Id,
                $"nothing is drawn from the branch '{branch.Text}' of '{step.Id}': draw an edge from '{step.Id}' ({branch.Text}) or remove the branch",
                $"“{step.Id}”的分支“{branch.Text}”没有画出去向；请从“{step.Id}”（{branch.Text}）画出连线，或者删除这个分支");
        }
    }

    private static void From(FlowStep step, FlowCheckContext context)
    {
        if (step.Literal("from") is { Length: > 0 } from && !DateOnly.TryParseExact(from, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            context.Error(ProblemCodes.WrongValue, step.At("from"), step.Id, $"'{from}' of step '{step.Id}' is no date such as 2026-03-02", $"步骤“{step.Id}”的“{from}”不是日期，应写成 2026-03-02 这样");
        }

        if (step.Literal("time") is { Length: > 0 } time && !TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
        {
            context.Error(ProblemCodes.WrongValue, step.At("time"), step.Id, $"'{time}' of step '{step.Id}' is no hour such as 09:00", $"步骤“{step.Id}”的“{time}”不是时刻，应写成 09:00 这样");
        }
    }
}
