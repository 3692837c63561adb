using System.Globalization;
using WorkflowEngine.Host.Portal.Dates;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Portal.Warnings;

/// <summary>What a warning is about, in one sentence: what was due when, and by how many working days it is or was late.</summary>
public static class Lateness
{
    public static string Of(TaskDetail task, DateOnly today, WorkingDayCalendar calendar)
    {
        if (task.Line.DueDate is not { } due) return task.Line.Title;

        var ended = task.ClosedAt is { } closed ? ChineseDates.DateOf(closed) : today;
        var days = calendar.WorkingDaysBetween(due, ended);
        var late = ended <= due ? "未超期" : days == 0 ? "超期未满 1 个工作日" : string.Create(CultureInfo.InvariantCulture, $"超期 {days} 个工作日");
        return $"“{task.Line.Title}”应于 {ChineseDates.WithWeekday(due)}前办结，{(task.ClosedAt is null ? $"至今未办结，已{late}" : $"{ChineseDates.WithWeekday(ended)}办理，{late}")}";
    }
}
