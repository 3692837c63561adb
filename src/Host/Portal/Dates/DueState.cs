using System.Globalization;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Host.Portal.Dates;

/// <summary>The lamp beside a deadline. Every lamp has its words beside it, so that nobody depends on seeing colours.</summary>
public enum Lamp
{
    /// <summary>More than one working day left.</summary>
    Green,

    /// <summary>临期: the last working day or the one before it.</summary>
    Yellow,

    /// <summary>超期.</summary>
    Red,

    /// <summary>No deadline.</summary>
    None,
}

/// <summary>How a deadline stands at an instant, in the words of the task list.</summary>
/// <param name="Due">Last day of the limit; null when there is none.</param>
/// <param name="WorkingDays">Working days left; negative: working days since the due date.</param>
/// <param name="Provisional">The calendar of that year is not published yet (暂定).</param>
public sealed record DueState(DateOnly? Due, int WorkingDays, Lamp Lamp, string Text, bool Provisional)
{
    public static readonly DueState None = new(null, int.MaxValue, Lamp.None, "不限时", Provisional: false);

    public static DueState On(DateTimeOffset now, DateOnly? due, bool provisional, WorkingDayCalendar calendar)
    {
        if (due is not { } last) return None;
        var today = ChineseDates.DateOf(now);
        if (now >= calendar.OverdueAt(last))
        {
            var late = calendar.WorkingDaysBetween(last, today);
            return new(last, -late, Lamp.Red, late == 0 ? "已超期，未满 1 个工作日" : Days("已超", late), provisional);
        }

        var left = Deadlines.RemainingOn(today, last, calendar);
        return new(last, left, left <= 1 ? Lamp.Yellow : Lamp.Green, left == 0 ? "今天到期" : Days("还剩", left), provisional);
    }

    private static string Days(string before, int days) => string.Create(CultureInfo.InvariantCulture, $"{before} {days} 个工作日");
}
