namespace WorkflowEngine.Workflows.Calendars;

/// <summary>
/// A limit of a case in working days that can be stopped and taken up again: review, correction, test (rules T2, T7).
/// All dates are those of Asia/Shanghai; the date on which a clock starts or resumes does not count, the date on which it stops does.
/// </summary>
/// <param name="Allotted">Working days given.</param>
/// <param name="Used">Working days counted before the present run.</param>
/// <param name="RunningSince">Date of start or resumption; <c>null</c> while it is suspended.</param>
/// <param name="SuspendedSince">Date of the suspension; <c>null</c> while it is not suspended.</param>
/// <param name="StoppedOn">Date on which the work that it measured was done; nothing counts after it unless the clock is taken up again.</param>
/// <param name="Promised">The due date that was told to the party, for limits that may only get longer (T9).</param>
public sealed record NamedClock(
    string Name, int Allotted, int Used, DateOnly? RunningSince, DateOnly? SuspendedSince = null, DateOnly? StoppedOn = null, DateOnly? Promised = null)
{
    /// <summary>A resumed clock leaves at least one working day (T7).</summary>
    public const int MinimumRemaining = 1;

    /// <summary>Ten years; more working days are a typing error.</summary>
    public const int LongestLimit = 2500;

    public bool IsRunning => RunningSince is not null && StoppedOn is null;

    public bool IsSuspended => RunningSince is null;

    /// <summary>Working days that the present run may take, counted from <see cref="RunningSince"/>, or the next run from its resumption.</summary>
    public int Remaining => Math.Max(Used == 0 ? 0 : MinimumRemaining, Allotted - Used);

    public static NamedClock Start(string name, int allotted, DateOnly on) => new(name, allotted, 0, on);

    /// <summary>Last day of the limit, until 24:00; <c>null</c> while it is suspended.</summary>
    public DateOnly? Due(WorkingDayCalendar calendar)
    {
        if (RunningSince is not { } since)
        {
            return null;
        }

        var due = calendar.AddWorkingDays(since, Remaining);
        return Promised > due ? Promised : due;
    }

    /// <summary>Working days used up to and including <paramref name="on"/>.</summary>
    public int UsedOn(DateOnly on, WorkingDayCalendar calendar) =>
        Used + (RunningSince is { } since ? calendar.WorkingDaysBetween(since, StoppedOn < on ? StoppedOn.Value : on) : 0);

    /// <summary>Stops counting at the end of <paramref name="on"/>, to be resumed with what is left. A suspended clock is left as it is.</summary>
    public NamedClock Suspend(DateOnly on, WorkingDayCalendar calendar) =>
        IsSuspended ? this : this with { Used = UsedOn(on, calendar), RunningSince = null, SuspendedSince = on, StoppedOn = null };

    /// <summary>The work is done: nothing counts after <paramref name="on"/>. Unlike a suspension it does not shift the due date when work goes on.</summary>
    public NamedClock Stop(DateOnly on) => IsRunning ? this with { StoppedOn = on } : this;

    /// <summary>A suspended clock goes on with what was left; a stopped one as if it had never stopped; a running one is left as it is.</summary>
    public NamedClock Resume(DateOnly on) =>
        IsSuspended ? this with { RunningSince = on, SuspendedSince = null, Promised = null } : this with { StoppedOn = null };

    /// <summary>Begins anew with all its days.</summary>
    public NamedClock Restart(DateOnly on) => this with { Used = 0, RunningSince = on, SuspendedSince = null, StoppedOn = null, Promised = null };

    /// <summary>More working days; what was used stays used.</summary>
    public NamedClock Extend(int days) => this with { Allotted = Allotted + days };

    /// <summary>The limit reaches into a year whose calendar is not published (T9).</summary>
    public bool IsProvisional(WorkingDayCalendar calendar) =>
        RunningSince is { } since && Due(calendar) is { } due && calendar.IsProvisional(since, due);
}
