using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Flowcharts;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Activities.Gov;

/// <summary>
/// The running limit of a task or wait: starts or takes up its clock, arms the reminder and the overdue timer, and plans them anew when the calendar or
/// the clock changes (rules T2–T9).
/// </summary>
internal static class Deadline
{
    public const string ReminderResume = "reminder";
    public const string OverdueResume = "overdue";
    public const string ReminderPort = "Reminder";
    public const string OverduePort = "Overdue";
    public const string AnsweredLatePort = "AnsweredLate";
    private const string OverdueFired = "overdue";

    /// <summary>The dates of the limit that the inputs <c>clock</c>, <c>limit</c> and <c>clockMode</c> describe; null without a limit.</summary>
    public static Plan? PlanOf(Turn turn, int? unsetLimit = null)
    {
        var clockName = turn.Input<string>("clock");
        var limit = turn.HasInput("limit") ? turn.Input<int>("limit") : unsetLimit;
        if (limit < 0)
        {
            throw new ActivityFault($"the limit of '{turn.Node.Id}' is {limit} working days");
        }

        if (string.IsNullOrEmpty(clockName))
        {
            return limit is { } days ? Dates(turn.Run, null, days, turn.Run.LimitStart, turn.Run.Calendar.AddWorkingDays(turn.Run.LimitStart, days)) : null;
        }

        var clock = TakeUp(turn, clockName, limit);
        turn.Run.Clocks[clockName] = clock;
        return Dates(turn.Run, clockName, clock.Allotted, clock.RunningSince!.Value, clock.Due(turn.Run.Calendar)!.Value);
    }

    /// <summary>Arms the timers of a plan for an activity that has just opened what they are about.</summary>
    public static void Arm(Turn turn, Plan plan, string bookmarkId, string? taskId, bool bindsParty)
    {
        var reminderDays = Math.Max(0, turn.Input("reminder", bindsParty ? 2 : 1));
        var deadline = new OpenDeadline(
            taskId, bookmarkId, plan.Clock, plan.Limit, turn.Run.Now, plan.Start, plan.Due, plan.OverdueAt, reminderDays, bindsParty, null, null, plan.IsProvisional);
        turn.Instance.Deadline = WithTimers(turn, deadline, rearmOverdue: true, rearmReminder: true);
    }

    /// <summary>A timer of a running limit, once more. One whose instant has passed meanwhile is due at once.</summary>
    public static Effect Rearm(Turn turn, OpenDeadline deadline, string resume, EffectId id) => resume == OverdueResume
        ? new Effect.ArmTimer(id, TimerKind.Overdue, deadline.BookmarkId, deadline.OverdueAt)
        : new Effect.ArmTimer(
            id, TimerKind.Reminder, deadline.BookmarkId, Deadlines.ReminderAt(deadline.Due, deadline.ReminderDays, deadline.StartedAt, turn.Run.Calendar));

    /// <summary>The dates of a task as they stand now: those of its running limit, without a due date while its clock is suspended.</summary>
    public static TaskDates DatesOf(Turn turn) => turn.Instance.Deadline is not { } deadline ? TaskDates.None
        : deadline.Clock is { } clock && turn.Run.Clocks[clock].IsSuspended ? new TaskDates(clock, deadline.StartDate, null, false, null)
        : new TaskDates(deadline.Clock, deadline.StartDate, deadline.Due, deadline.Provisional, deadline.OverdueAt);

    /// <summary>The reminder's instant has come.</summary>
    public static void Remind(Turn turn)
    {
        turn.Instance.Deadline = turn.Instance.Deadline! with { ReminderTimerId = null };
        Flowchart.Fire(turn, ReminderPort);
    }

    /// <summary>The limit has passed: fires once per activation.</summary>
    public static void FireOverdue(Turn turn)
    {
        turn.Instance.Deadline = turn.Instance.Deadline! with { OverdueTimerId = null };
        if (!turn.Instance.Recall<bool>(OverdueFired))
        {
            turn.Instance.Remember(OverdueFired, true);
            Flowchart.Fire(turn, OverduePort);
        }
    }

    /// <summary>The reminder or the overdue limit has come, and nothing is fired for it.</summary>
    public static void LetGo(Turn turn, string resume)
    {
        var deadline = turn.Instance.Deadline!;
        if (resume == ReminderResume)
        {
            turn.Instance.Deadline = deadline with { ReminderTimerId = null };
            return;
        }

        turn.Instance.Deadline = deadline with { OverdueTimerId = null };
        turn.Instance.Remember(OverdueFired, true);
    }

    /// <summary>The limit has passed; while its clock is suspended none runs.</summary>
    public static bool IsOverdue(Turn turn) =>
        turn.Instance.Deadline is { } deadline
        && turn.Run.Now >= deadline.OverdueAt
        && (deadline.Clock is not { } clock || !turn.Run.Clocks[clock].IsSuspended);

    /// <summary>
    /// What is due before an answer is taken: an answer after the limit fires Overdue if its timer has not yet, so that no lateness is lost to a busy host.
    /// </summary>
    public static void Answer(Turn turn, bool firesAnsweredLate)
    {
        if (!IsOverdue(turn))
        {
            return;
        }

        FireOverdueUnlessFired(turn);
        if (firesAnsweredLate)
        {
            Flowchart.Fire(turn, AnsweredLatePort);
        }
    }

    /// <summary>Nobody works on the clock any more; it keeps what it used.</summary>
    public static void StopClock(Turn turn)
    {
        if (turn.Instance.Deadline?.Clock is { } name && turn.Run.Clocks.TryGetValue(name, out var clock))
        {
            turn.Run.Clocks[name] = clock.Stop(turn.Run.Today);
        }
    }

    /// <summary>The calendar changed: every open limit is planned again; false when none moved, none turned from 暂定 to certain and nothing is to be remembered.</summary>
    public static bool ReplanAll(BurstRun run)
    {
        var moved = false;
        foreach (var instance in run.Instances.Where(i => !i.IsClosed).ToArray())
        {
            var turn = new Turn(run, instance);
            if (instance.Node.Kind is WorkingDayTimer)
            {
                moved |= WorkingDayTimer.Replan(turn);
            }
            else if (instance.Deadline is { } deadline)
            {
                moved |= Replan(turn, deadline, "calendar");
            }
        }

        return moved;
    }

    /// <summary>A clock was stopped or taken up: the limits of the tasks on it follow.</summary>
    public static void ReplanClock(BurstRun run, string clock, string reason)
    {
        foreach (var instance in run.Instances.Where(i => !i.IsClosed && i.Deadline?.Clock == clock).ToArray())
        {
            Replan(new Turn(run, instance), instance.Deadline!, reason);
        }
    }

    private static void FireOverdueUnlessFired(Turn turn)
    {
        if (!turn.Instance.Recall<bool>(OverdueFired))
        {
            turn.Run.DropBookmark(turn.Instance.Deadline!.OverdueTimerId);
            FireOverdue(turn);
        }
    }

    private static NamedClock TakeUp(Turn turn, string name, int? limit)
    {
        var today = turn.Run.LimitStart;
        if (!turn.Run.Clocks.TryGetValue(name, out var clock))
        {
            return NamedClock.Start(name, limit ?? throw new ActivityFault($"clock '{name}' begins here and '{turn.Node.Id}' gives no limit"), today);
        }

        if (string.Equals(turn.Input<string>("clockMode"), "restart", StringComparison.OrdinalIgnoreCase))
        {
            return (limit is { } allotted ? clock with { Allotted = allotted } : clock).Restart(today);
        }

        // The work this clock measured was done; a task that brings its own limit begins it anew, one without goes on with it.
        return clock.StoppedOn is not null && limit is { } anew ? (clock with { Allotted = anew }).Restart(today) : clock.Resume(today);
    }

    private static Plan Dates(BurstRun run, string? clock, int limit, DateOnly start, DateOnly due) =>
        new(clock, limit, start, due, run.Calendar.IsProvisional(start, due), run.Calendar.OverdueAt(due));

    private static bool Replan(Turn turn, OpenDeadline old, string reason)
    {
        var run = turn.Run;
        var calendar = run.Calendar;
        DateOnly? due;
        var start = old.StartDate;
        var promises = false;
        if (old.Clock is { } name)
        {
            var clock = run.Clocks[name];
            start = clock.RunningSince ?? start;
            due = clock.Due(calendar);
            if (due is null && reason != "suspended")
            {
                return false;
            }

            if (due is { } planned && old.BindsParty && planned < old.Due && reason == "calendar")
            {
                // What was told must be remembered even where nothing moves now: a later act on the clock would shorten it.
                due = old.Due;
                promises = clock.Promised != old.Due;
                run.Clocks[name] = clock with { Promised = old.Due };
            }
        }
        else
        {
            due = calendar.AddWorkingDays(start, old.Limit);
            due = old.BindsParty && due < old.Due ? old.Due : due;
        }

        var provisional = due is { } last && calendar.IsProvisional(start, last);
        var overdueAt = due is { } day ? calendar.OverdueAt(day) : old.OverdueAt;
        overdueAt = old.BindsParty && due == old.Due && overdueAt < old.OverdueAt ? old.OverdueAt : overdueAt;
        if (due == old.Due && overdueAt == old.OverdueAt && start == old.StartDate && provisional == old.Provisional && (old.OverdueTimerId is not null || turn.Instance.Recall<bool>(OverdueFired)))
        {
            return (reason == "calendar" && MoveReminder(turn, old)) || promises;
        }

        if (old.TaskId is { } task)
        {
            run.Emit(id => new Effect.ChangeDeadline(
                id,
                task,
                old.Due,
                due,
                reason,
                provisional,
                due is null ? null : overdueAt));
        }

        run.DropBookmark(old.OverdueTimerId);
        run.DropBookmark(old.ReminderTimerId);
        var moved = old with { ReminderTimerId = null, OverdueTimerId = null, StartDate = start, Due = due ?? old.Due, OverdueAt = overdueAt, Provisional = provisional };
        turn.Instance.Deadline = due is null
            ? moved
            : WithTimers(turn, moved, !turn.Instance.Recall<bool>(OverdueFired), rearmReminder: old.ReminderTimerId is not null || reason != "calendar");
        return true;
    }

    /// <summary>The limit stays and the working day before it moved: so does the reminder that is still to come.</summary>
    private static bool MoveReminder(Turn turn, OpenDeadline deadline)
    {
        var at = Deadlines.ReminderAt(deadline.Due, deadline.ReminderDays, turn.Run.Now, turn.Run.Calendar);
        if (deadline.ReminderTimerId is not { } timer || deadline.ReminderAt <= turn.Run.Now || deadline.ReminderAt == at)
        {
            return false;
        }

        turn.Run.DropBookmark(timer);
        turn.Instance.Deadline = WithTimers(turn, deadline with { ReminderTimerId = null }, rearmOverdue: false, rearmReminder: true);
        return true;
    }

    private static OpenDeadline WithTimers(Turn turn, OpenDeadline deadline, bool rearmOverdue, bool rearmReminder)
    {
        if (rearmReminder && IsDrawn(turn, ReminderPort) && deadline.OverdueAt > turn.Run.Now)
        {
            var at = Deadlines.ReminderAt(deadline.Due, deadline.ReminderDays, turn.Run.Now, turn.Run.Calendar);
            deadline = deadline with { ReminderTimerId = turn.WaitUntil(at, TimerKind.Reminder, null, ReminderResume, deadline.BookmarkId), ReminderAt = at };
        }

        return rearmOverdue
            ? deadline with { OverdueTimerId = turn.WaitUntil(deadline.OverdueAt, TimerKind.Overdue, null, OverdueResume, deadline.BookmarkId) }
            : deadline;
    }

    private static bool IsDrawn(Turn turn, string port) => turn.Node.Parent?.Graph?.SideEdges(turn.Node.ChildIndex, port).Any() ?? false;

    /// <summary>The dates of a limit.</summary>
    public sealed record Plan(string? Clock, int Limit, DateOnly Start, DateOnly Due, bool IsProvisional, DateTimeOffset OverdueAt);

    /// <summary>The dates that a task shows.</summary>
    public sealed record TaskDates(string? Clock, DateOnly? Start, DateOnly? Due, bool IsProvisional, DateTimeOffset? OverdueAt)
    {
        public static TaskDates None { get; } = new(null, null, null, false, null);

        public static TaskDates Of(Plan? plan) => plan is null ? None : new(plan.Clock, plan.Start, plan.Due, plan.IsProvisional, plan.OverdueAt);
    }
}
