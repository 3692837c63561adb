using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Portal.Cases;

/// <summary>A named clock of the case, in words.</summary>
/// <param name="Title">What the clock measures: the title of the task that runs on it.</param>
/// <param name="IsSuspended">It stands until the work that it measures is taken up again (T7).</param>
public sealed record ClockFace(string Title, string Words, bool IsSuspended);

/// <summary>The clocks of a case as people read them.</summary>
public static class ClockFaces
{
    public static IReadOnlyList<ClockFace> Of(CaseView @case, WorkflowDefinition? flow, WorkingDayCalendar calendar, DateOnly today) =>
        [.. @case.Clocks.Select(line => Face(line, @case, flow, calendar, today))];

    private static ClockFace Face(ClockLine line, CaseView @case, WorkflowDefinition? flow, WorkingDayCalendar calendar, DateOnly today)
    {
        // A clock whose work is done stands, at the date on which it was done.
        var last = @case.Tasks.LastOrDefault(task => task.Clock == line.Name);
        var clock = new NamedClock(
            line.Name, line.Allotted, line.Used, line.RunningSince, StoppedOn: last?.ClosedAt is { } closed ? ChineseDates.DateOf(closed) : null);
        // A clock may run before the work that it measures begins.
        var first = flow?.Activities.FirstOrDefault(step => step.Type == "Gov.HumanTask" && step.Literal("clock") == line.Name);
        var title = last?.Line.Title ?? first?.Literal("title") ?? line.Name;
        var used = FormattableString.Invariant($"共 {line.Allotted} 个工作日，已用 {clock.UsedOn(today, calendar)} 个");
        var suspended = clock.IsSuspended && @case.Line.ClosedAt is null;
        return new ClockFace(
            title,
            suspended ? FormattableString.Invariant($"已中止，剩余 {clock.Remaining} 个工作日（{used}）；恢复的次日起接着计算")
                : clock.IsRunning && clock.Due(calendar) is { } due ? $"{used}，{ChineseDates.WithWeekday(due)}到期"
                : @case.Line.ClosedAt is null ? $"{used}，目前不计时" : used,
            suspended);
    }
}
