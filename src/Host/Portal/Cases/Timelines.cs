using System.Text.Json.Nodes;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>How a line of the timeline is marked.</summary>
public enum TimelineTone
{
    Plain,
    Quiet,
    Good,
    Alarm,
}

/// <summary>One thing that happened, in plain words.</summary>
/// <param name="More">Second line: by whom, until when, why.</param>
public sealed record TimelineLine(DateTimeOffset At, string Text, string? More, TimelineTone Tone);

/// <summary>
/// The journal of a case as sentences. Bookkeeping of the engine (flowcharts, joins, assignments) is left out, and so are
/// notices, which have their own list: what stays is what an officer would write on the file's cover.
/// </summary>
public static class Timelines
{
    public static IReadOnlyList<TimelineLine> Of(CaseView @case, WorkflowDefinition? flow) => [.. Withheld(@case).Concat(Told(@case, flow)).OrderBy(line => line.At)];

    private static IEnumerable<TimelineLine> Told(CaseView @case, WorkflowDefinition? flow)
    {
        var renamed = @case.Timeline.Where(entry => entry.Event == "Migrated").SelectMany(entry => entry.Details?["renamed"] as JsonObject ?? []).ToLookup(pair => pair.Key, pair => pair.Value?.ToString());
        return from entry in @case.Timeline
               let name = (flow?.Find(entry.ActivityId) ?? flow?.Find(renamed[entry.ActivityId].LastOrDefault() ?? ""))?.DisplayName is { Length: > 0 } displayed ? displayed : entry.ActivityId
               let line = Sentence(entry, name, @case, flow)
               where line is not null
               select line;
    }

    /// <summary>Done, and not this reader's to know how: the journal says nothing of it.</summary>
    private static IEnumerable<TimelineLine> Withheld(CaseView @case) =>
        from task in @case.Tasks
        where task is { IsWithheld: true, End: TaskEnd.Completed }
        select new TimelineLine(task.ClosedAt!.Value, $"“{task.Line.Title}”办理完毕", "内部环节，内容未公开", TimelineTone.Plain);

    private static TimelineLine? Sentence(TimelineEntry entry, string name, CaseView @case, WorkflowDefinition? flow) => (entry.ActivityType, entry.Event) switch
    {
        (_, "Reopened") => Line(entry, $"“{name}”的待办或定时记录曾缺失，平台已按原样恢复", null, TimelineTone.Quiet),
        (_, "Faulted") => Line(entry, $"“{name}”处理出错，已转运维人员", null, TimelineTone.Alarm),
        ("Elsa.Workflow", "Retried") => Line(entry, "平台重新处理此前搁置的事项", By(entry), TimelineTone.Quiet),
        (_, "Acknowledged") => Line(entry, "系统中断已核查，不影响办理", Decided(entry), TimelineTone.Quiet),
        (_, "Retried") => Line(entry, $"“{name}”重新处理", By(entry), TimelineTone.Quiet),
        (_, "Skipped") => Line(entry, $"“{name}”由人工跳过，流程继续", Decided(entry), TimelineTone.Plain),
        (_, "GivenUp") => Line(entry, $"“{name}”由人工取消，不再处理", Decided(entry), TimelineTone.Plain),
        ("Elsa.Workflow", "Migrated") => Line(entry, "办理依据转为流程的新版本，办理人和已定期限不变", Decided(entry), TimelineTone.Plain),
        ("Gov.Submission", "Completed") => Line(entry, $"{@case.Line.ApplicantName}提交", By(entry), TimelineTone.Plain),
        // What may be done and need not be is told when it is done.
        ("Gov.HumanTask", "Suspended" or "Canceled") when @case.Tasks.Any(task => task.ActivityId == entry.ActivityId && task.Line.Kind == TaskKind.Option) => null,
        ("Gov.HumanTask", "Suspended") => Opened(entry, name, @case),
        ("Gov.HumanTask", "Completed") => Done(entry, name, @case, flow),
        ("Gov.HumanTask", "Canceled") => Line(entry, $"“{name}”不再需要办理", null, TimelineTone.Quiet),
        ("Gov.HumanTask" or "Gov.AwaitConformance", "Fired") => Fired(entry, name),
        ("Gov.EvaluateRules", "Evaluated") => ConclusionOf(entry) is { } conclusion ? Line(entry, $"{name}：{conclusion}", null, TimelineTone.Quiet) : null,
        ("Gov.EvaluateRules", "Completed") when @case.Timeline.Any(other => other.Revision == entry.Revision && other.ActivityId == entry.ActivityId && ConclusionOf(other) is not null) => null,
        ("Gov.EvaluateRules", "Completed") => Passed(entry)
            ? Line(entry, $"{name}：通过", null, TimelineTone.Quiet)
            : Line(entry, $"{name}：发现问题", null, TimelineTone.Plain),
        ("Gov.IssueCredential", "Completed") => Line(entry, $"{name}", "密钥只在平台上向企业显示一次", TimelineTone.Good),
        ("Gov.RevokeCredential", "Completed") => Line(entry, $"{name}", "密钥即时失效", TimelineTone.Plain),
        ("Gov.AwaitConformance", "Completed") => Line(entry, $"{name}：数据已达到要求", null, TimelineTone.Good),
        ("Gov.RaiseWarning", "Suspended") => Line(entry, $"平台自动预警：{name}", null, TimelineTone.Alarm),
        ("Gov.RaiseWarning", "Fired") => Line(entry, $"预警逾期未反馈：{name}", null, TimelineTone.Alarm),
        ("Gov.RaiseWarning", "Completed") => Line(entry, $"预警已核实反馈：{name}", By(entry), TimelineTone.Plain),
        ("Gov.SuspendClock", "Completed") => Line(entry, $"时限中止计算", name, TimelineTone.Quiet),
        ("Gov.ResumeClock", "Completed") => Line(entry, $"时限继续计算", name, TimelineTone.Quiet),
        ("Gov.CloseCase", "Completed") => Line(entry, $"办结：{@case.Line.Outcome ?? name}", null, TimelineTone.Good),
        _ => null,
    };

    private static TimelineLine Opened(TimelineEntry entry, string name, CaseView @case)
    {
        var task = @case.Tasks.FirstOrDefault(task => task.ActivityId == entry.ActivityId && task.Line.OpenedAt == entry.At);
        var more = task is null ? null : task.Line.DueDate is { } due
            ? $"{task.Line.OrganisationName}，期限 {ChineseDates.WithWeekday(due)}{(task.Line.Provisional ? "（暂定）" : "")}"
            : task.Line.OrganisationName;
        return Line(entry, $"开始“{task?.Line.Title ?? name}”", more, TimelineTone.Plain);
    }

    private static TimelineLine Done(TimelineEntry entry, string name, CaseView @case, WorkflowDefinition? flow)
    {
        var task = @case.Tasks.FirstOrDefault(task => task.ActivityId == entry.ActivityId && task.ClosedAt == entry.At);
        var label = string.Join("、", (entry.Outcomes ?? []).Select(outcome =>
            task?.Outcomes.FirstOrDefault(known => known.Name == outcome)?.Label ?? OutcomeLabels.Chosen(flow, outcome) ?? outcome));
        var late = task?.Line.DueDate is { } due && ChineseDates.DateOf(entry.At) > due ? "（超期办理）" : "";
        var how = task?.End == TaskEnd.Superseded ? "本轮结束" : "办理完毕";
        return Line(entry, $"“{task?.Line.Title ?? name}”{how}：{label}{late}", By(entry), late.Length > 0 ? TimelineTone.Alarm : TimelineTone.Plain);
    }

    private static TimelineLine Fired(TimelineEntry entry, string name) => (entry.Outcomes is [var port, ..] ? port : null) switch
    {
        "Overdue" => Line(entry, $"“{name}”超期", null, TimelineTone.Alarm),
        "AnsweredLate" => Line(entry, $"“{name}”超期后办理", null, TimelineTone.Quiet),
        _ => Line(entry, $"“{name}”临近到期，平台已提醒", null, TimelineTone.Quiet),
    };

    private static bool Passed(TimelineEntry entry) => entry.Outcomes is { } outcomes && outcomes.Contains("Pass");

    /// <summary>What rules that are alternatives came to.</summary>
    private static string? ConclusionOf(TimelineEntry entry) => entry is { Event: "Evaluated" } ? entry.Details?["conclusion"]?.ToString() : null;

    private static string? Decided(TimelineEntry entry) => $"{entry.ByName}：{entry.Details?["reason"]}";

    private static string? By(TimelineEntry entry) => entry.ByName;

    private static TimelineLine Line(TimelineEntry entry, string text, string? more, TimelineTone tone) => new(entry.At, text, more, tone);
}
