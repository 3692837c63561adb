namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>
/// The oracle of open limits while calendars change: a clerk who keeps the clocks, the due dates and the three instants of each task (T2–T7, T9), and does again on each import what
/// the rules say, by counting days.
/// </summary>
internal sealed class LimitClerk(LawCalendar law)
{
    private readonly Dictionary<string, ClockLedger> _clocks = [];
    private readonly Dictionary<string, Limit> _open = [];

    /// <summary>A task's limit, or a wait in working days.</summary>
    /// <param name="Due">Null while its clock is suspended.</param>
    /// <param name="Ends">When it has passed; null: nothing is awaited any more.</param>
    public sealed record Limit(string? Clock, bool BindsParty, int ReminderDays, DateOnly Start, int Days, DateOnly? Due, DateTimeOffset? Ends, DateTimeOffset? Reminder, bool IsProvisional)
    {
        public bool IsOverdueTold { get; init; }

        /// <summary>What was told last, also while the clock is suspended.</summary>
        public (DateOnly Due, DateTimeOffset Ends)? Told { get; init; }
    }

    public LawCalendar Law { get; private set; } = law;

    public IReadOnlyDictionary<string, Limit> Open => _open;

    /// <summary>A task opens on a clock: which starts, goes on with what is left, or begins anew because the work it measured was done.</summary>
    public void Opens(string task, string clock, int days, bool bindsParty, int reminderDays, DateTimeOffset now)
    {
        var start = Law.CountsOn(now);
        if (!_clocks.TryGetValue(clock, out var ledger))
        {
            _clocks[clock] = ledger = new ClockLedger(days, start);
        }
        else if (ledger.IsWorkDone)
        {
            ledger.Restart(start, days);
        }
        else
        {
            ledger.Resume(start);
        }

        _open[task] = Planned(new Limit(clock, bindsParty, reminderDays, start, ledger.Allotted, null, null, null, false), ledger, now, reminds: true, byImport: false);
    }

    public void Waits(string step, int days, DateTimeOffset now)
    {
        var start = Law.CountsOn(now);
        var due = Law.Due(start, days);
        _open[step] = new Limit(null, false, 0, start, days, due, Law.Ends(due), null, false);
    }

    public void Closes(string task, DateTimeOffset now)
    {
        if (_open.Remove(task, out var limit) && limit.Clock is { } clock)
        {
            _clocks[clock].WorkIsDone(Today(now));
        }
    }

    public void Reminded(string task) => _open[task] = _open[task] with { Reminder = null };

    /// <summary>The limit has passed and was told of; a wait that is over is gone.</summary>
    public void Passed(string task)
    {
        if (_open[task].Clock is null)
        {
            _open.Remove(task);
        }
        else
        {
            _open[task] = _open[task] with { Ends = null, IsOverdueTold = true };
        }
    }

    public void Suspends(string clock, DateTimeOffset now)
    {
        if (_clocks.TryGetValue(clock, out var ledger) && !ledger.IsSuspended)
        {
            ledger.Suspend(Today(now), Law);
            Follow(clock, now, byImport: false);
        }
    }

    public void Resumes(string clock, DateTimeOffset now, bool anew)
    {
        if (!_clocks.TryGetValue(clock, out var ledger))
        {
            return;
        }

        if (anew)
        {
            ledger.Restart(Law.CountsOn(now));
        }
        else
        {
            ledger.Resume(Law.CountsOn(now));
        }

        Follow(clock, now, byImport: false);
    }

    public void Extends(string clock, int days, DateTimeOffset now)
    {
        if (_clocks.TryGetValue(clock, out var ledger))
        {
            ledger.Extend(days);
            Follow(clock, now, byImport: false);
        }
    }

    /// <summary>T9: an authority's limit moves both ways, a party's only gets longer than it was told.</summary>
    public void Imports(LawCalendar law, DateTimeOffset now)
    {
        Law = law;
        foreach (var (step, limit) in _open.ToArray())
        {
            if (limit.Clock is null)
            {
                Waits(step, limit.Days, limit.Start);
            }
        }

        foreach (var clock in _clocks.Keys)
        {
            Follow(clock, now, byImport: true);
        }
    }

    private void Waits(string step, int days, DateOnly start)
    {
        var due = Law.Due(start, days);
        _open[step] = _open[step] with { Due = due, Ends = Law.Ends(due) };
    }

    private void Follow(string clock, DateTimeOffset now, bool byImport)
    {
        var ledger = _clocks[clock];
        foreach (var (task, limit) in _open.Where(open => open.Value.Clock == clock).ToArray())
        {
            if (ledger.IsSuspended)
            {
                _open[task] = limit with { Due = null, Ends = null, Reminder = null, IsProvisional = false };
                continue;
            }

            if (byImport && limit.BindsParty && limit.Told!.Value.Due > ledger.Due(Law))
            {
                ledger.Promise(limit.Told.Value.Due);
            }

            _open[task] = Planned(limit, ledger, now, reminds: !byImport || limit.Reminder is not null, byImport);
        }
    }

    private Limit Planned(Limit limit, ClockLedger ledger, DateTimeOffset now, bool reminds, bool byImport)
    {
        var due = ledger.Due(Law)!.Value;
        var ends = Law.Ends(due);
        if (limit is { BindsParty: true, Told: { } told } && told.Due == due && told.Ends > ends)
        {
            ends = told.Ends;
        }

        var isProvisional = Law.IsProvisional(ledger.Since!.Value, due);
        var at = Law.Reminder(due, limit.ReminderDays);
        if (limit.Told == (due, ends) && limit.Due is not null && limit.Start == ledger.Since && limit.IsProvisional == isProvisional)
        {
            // The same limit as before; of an import that moves the working day before it, the reminder that is still to come goes along.
            return byImport && limit.Reminder > now ? limit with { Reminder = at > now ? at : now } : limit;
        }

        return limit with
        {
            Start = ledger.Since.Value,
            Due = due,
            Ends = limit.IsOverdueTold ? null : ends,
            Reminder = reminds && ends > now ? (at > now ? at : now) : null,
            IsProvisional = isProvisional,
            Told = (due, ends),
        };
    }

    private static DateOnly Today(DateTimeOffset now) => DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).DateTime);
}
