namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>
/// The oracle of a named clock: a card on which a clerk ticks off the working days (T2, T7, T9). What was ticked off before a suspension stays so, whatever calendar comes later;
/// the days since the last start are counted afresh by the calendar in force.
/// </summary>
internal sealed class ClockLedger(int days, DateOnly start)
{
    private int _days = days;
    private int _ticked;
    private DateOnly? _since = start;
    private DateOnly? _workDone;
    private DateOnly? _told;

    public bool IsSuspended => _since is null;

    public int Allotted => _days;

    public DateOnly? Since => _since;

    public bool IsWorkDone => _workDone is not null;

    /// <summary>T7: remaining = max(1, n − used); a party that was told a later day keeps it.</summary>
    public DateOnly? Due(LawCalendar law)
    {
        if (_since is not { } since)
        {
            return null;
        }

        var due = law.Due(since, Math.Max(1, _days - _ticked));
        return _told is { } told && told > due ? told : due;
    }

    public int UsedOn(DateOnly today, LawCalendar law)
    {
        var used = _ticked;
        for (var day = (_since ?? today).AddDays(1); _since is not null && day <= today && (_workDone is null || day <= _workDone); day = day.AddDays(1))
        {
            used += law.Works(day) ? 1 : 0;
        }

        return used;
    }

    public void Suspend(DateOnly today, LawCalendar law)
    {
        if (_since is not null)
        {
            _ticked = UsedOn(today, law);
            _since = _workDone = null;
        }
    }

    public void Resume(DateOnly today)
    {
        _workDone = null;
        if (_since is null)
        {
            _since = today;
            _told = null;
        }
    }

    public void Restart(DateOnly today, int? days = null)
    {
        _days = days ?? _days;
        (_ticked, _since, _workDone, _told) = (0, today, null, null);
    }

    public void Extend(int more) => _days += more;

    public void WorkIsDone(DateOnly today)
    {
        if (_since is not null && _workDone is null)
        {
            _workDone = today;
        }
    }

    /// <summary>T9: an import would shorten what a party was told.</summary>
    public void Promise(DateOnly told) => _told = told;
}
