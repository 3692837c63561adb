using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Portal.Picture;

/// <summary>How a step of a case stands.</summary>
public enum StepState
{
    NotReached,
    Current,

    /// <summary>Nobody has to do anything: the platform waits for a time, a message or an event.</summary>
    Waiting,

    /// <summary>Open and past its due date.</summary>
    Late,
    Done,

    /// <summary>Done after its due date.</summary>
    DoneLate,

    /// <summary>Was open and is not needed any more.</summary>
    Dropped,
    Trouble,
}

/// <summary>How a step stands, in words short enough for its box.</summary>
/// <param name="Words">At most two lines.</param>
public sealed record StepSight(StepState State, IReadOnlyList<string> Words)
{
    public bool IsOpen => State is StepState.Current or StepState.Late;

    public static StepSight Of(PlannedStep step, CaseView @case, DateTimeOffset now, WorkingDayCalendar calendar)
    {
        var tasks = @case.Tasks.Where(task => task.ActivityId == step.Id).ToList();
        if (tasks.LastOrDefault(task => task.Line.Open) is { } open) return OfOpen(open, step, now, calendar);
        if (tasks.LastOrDefault() is { IsWithheld: true, End: TaskEnd.Completed, ClosedAt: { } at }) return OfDone(step, at, tasks, calendar);

        return @case.Timeline.LastOrDefault(entry => entry.ActivityId == step.Id && entry.Event is not "Fired") switch
        {
            null or { Event: "Skipped" } => new(StepState.NotReached, [@case.Line.ClosedAt is null ? "尚未到达" : "未经过"]),
            { Event: "Faulted" } => new(StepState.Trouble, ["处理出错，已转运维"]),
            { Event: "Canceled" } canceled => new(StepState.Dropped, [$"{Day(canceled.At)} 不再需要"]),
            { Event: "Completed" } completed => OfDone(step, completed.At, tasks, calendar),
            { } when @case.Line.ClosedAt is not null => new(StepState.Dropped, ["不再等待"]),
            { } waiting => new(StepState.Waiting, [$"自 {Day(waiting.At)} 起等待"]),
        };
    }

    private static StepSight OfOpen(TaskDetail task, PlannedStep step, DateTimeOffset now, WorkingDayCalendar calendar)
    {
        var line = task.Line;
        if (step.Kind == StepKind.Option) return new(StepState.Current, ["可以办理，不是必经环节"]);

        var due = DueState.On(now, line.DueDate, line.Provisional, calendar);
        var doing = step.Kind == StepKind.Warning ? "待核实反馈" : "办理中";
        return new(
            due.Lamp == Lamp.Red ? StepState.Late : StepState.Current,
            due.Due is { } day
                ? [$"{doing}，{due.Text}", $"{ChineseDates.WithWeekday(day)}到期{(due.Provisional ? "（暂定）" : "")}"]
                : [$"{doing}，自 {Day(line.OpenedAt)}"]);
    }

    private static StepSight OfDone(PlannedStep step, DateTimeOffset at, List<TaskDetail> tasks, WorkingDayCalendar calendar)
    {
        var task = tasks.LastOrDefault(task => task.End is not TaskEnd.Cancelled);
        var rounds = tasks.Count > 1 ? $"（第 {tasks.Count} 次）" : "";
        var outcome = task?.Outcomes.FirstOrDefault(known => known.Name == task.Outcome)?.Label.Split('，', '；', '（')[0];
        var when = step.Kind switch
        {
            StepKind.Warning => $"{Day(at)} 已反馈{rounds}",
            StepKind.Filing => $"{Day(at)} 提交",
            StepKind.End => $"{Day(at)} 办结",
            _ => $"{Day(at)} {(outcome is { Length: <= 8 } ? outcome : "完成")}{rounds}",
        };
        if (task?.Line.DueDate is not { } due || ChineseDates.DateOf(at) <= due) return new(StepState.Done, [when]);

        var late = calendar.WorkingDaysBetween(due, ChineseDates.DateOf(at));
        return new(StepState.DoneLate, [when, late == 0 ? "超期，未满 1 个工作日" : FormattableString.Invariant($"超期 {late} 个工作日")]);
    }

    private static string Day(DateTimeOffset at) => ChineseDates.Iso(ChineseDates.DateOf(at));
}
