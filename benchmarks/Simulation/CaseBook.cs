using System.Globalization;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench.Simulation;

/// <summary>
/// The reference model: what must be true of one case after what was committed about it, from the words of the procedure alone. It knows neither the engine nor its state. Days are
/// weekdays: while the simulation lasts no other day is off.
/// </summary>
internal sealed class CaseBook(string called)
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private readonly List<Warning> _warnings = [];
    private readonly SortedDictionary<string, int> _notices = new(StringComparer.Ordinal);
    private Place _place = Place.Unborn;
    private int _used;
    private DateOnly _since;
    private DateTimeOffset? _reminder;
    private DateTimeOffset? _passes;
    private DateTimeOffset _end;
    private bool _warned;

    private enum Place
    {
        Unborn,
        Review,
        Correct,
        Inspect,
        Test,
        Closed,
        Withdrawn,
    }

    /// <summary>A warning that is to be answered; <see cref="Passes"/> is null once its limit has passed.</summary>
    private sealed class Warning
    {
        public DateTimeOffset? Passes { get; set; }
    }

    public string Called { get; } = called;

    public string? Outcome { get; private set; }

    public bool IsOver => _place == Place.Withdrawn || (_place == Place.Closed && _warnings.Count == 0);

    public bool AwaitsTraffic => _place == Place.Test;

    public bool AwaitsInspection => _place == Place.Inspect;

    public void Filed(DateTimeOffset now)
    {
        Must(_place == Place.Unborn, "it is opened twice");
        Notice("receipt");
        OpenReview(now);
    }

    public void Answered(string step, string outcome, DateTimeOffset now)
    {
        switch (step, outcome)
        {
            case ("review", "Approved"):
                LeaveReview(now);
                _place = Place.Inspect;
                break;
            case ("review", "Returned"):
                LeaveReview(now);
                _used += Weekdays(_since, Date(now));
                _place = Place.Correct;
                _passes = _end = Midnight(After(Date(now), 10).AddDays(1));
                break;
            case ("correct", "Resubmitted"):
                Must(_place == Place.Correct, "what was not returned is resubmitted");
                Must(now < _end, "what came too late is taken");
                OpenReview(now);
                break;
            case ("warn", "Answered"):
                Must(_warnings.Count > 0, "a warning is answered that was not open");
                break;
            default:
                throw Wrong($"{step} is answered {outcome}");
        }
    }

    /// <summary>Which of several open warnings is answered is told by its limit.</summary>
    public void WarningAnswered(DateTimeOffset? itsLimit) => Must(_warnings.Remove(_warnings.Find(warning => warning.Passes == itsLimit)!), "a warning is answered that was not open");

    /// <param name="isOfWarning">It is a warning's limit that passes, and not that of the step.</param>
    public void Fired(TimerKind kind, DateTimeOffset due, DateTimeOffset now, bool isOfWarning)
    {
        Must(due <= now, $"what is due {Text(due)} is fired {Text(now)}");
        if (isOfWarning)
        {
            var late = _warnings.Find(warning => warning.Passes == due);
            Must(late is not null, $"a warning's limit passes that was not open: {Text(due)}");
            late!.Passes = null;
        }
        else if (kind == TimerKind.Reminder)
        {
            Must(_place == Place.Review && _reminder == due, "a reminder comes that was not due");
            _reminder = null;
            Notice("remind");
        }
        else
        {
            Must(_passes == due, $"a limit passes that was not open: {Text(due)}");
            if (_place == Place.Review)
            {
                Warn(now);
            }
            else
            {
                Close("逾期未补正");
            }
        }
    }

    public void Inspected()
    {
        Must(_place == Place.Inspect, "an inspection ends that was not awaited");
        _place = Place.Test;
    }

    public void TrafficCame()
    {
        Must(_place == Place.Test, "traffic is taken that was not awaited");
        Notice("succeeded");
        Close("联调成功");
    }

    public void Withdrawn()
    {
        Must(!IsOver, "what is over is withdrawn");
        Outcome ??= "撤回";
        _place = Place.Withdrawn;
        _warnings.Clear();
        (_passes, _reminder) = (null, null);
    }

    /// <summary>What of the case must lie in the tables, line by line.</summary>
    public IEnumerable<string> Expected()
    {
        if (_place is Place.Review or Place.Correct)
        {
            yield return $"open task {(_place == Place.Review ? "review" : "correct")}";
        }

        foreach (var warning in _warnings)
        {
            yield return "open task warn";
            if (warning.Passes is { } passes)
            {
                yield return Timer(TimerKind.Overdue, passes);
            }
        }

        if (_reminder is { } reminder)
        {
            yield return Timer(TimerKind.Reminder, reminder);
        }

        if (_passes is { } limit)
        {
            yield return Timer(TimerKind.Overdue, limit);
        }

        if (_place == Place.Test)
        {
            yield return "expects traffic";
        }

        foreach (var (template, count) in _notices)
        {
            yield return Notices(template, count);
        }

        yield return $"outcome {Outcome ?? "none"}";
        yield return IsOver ? "over" : "going on";
    }

    public static string Timer(TimerKind kind, DateTimeOffset due) => $"{kind} at {Text(due)}";

    public static string Notices(string template, int count) => string.Create(CultureInfo.InvariantCulture, $"{count} notices {template}");

    /// <summary>00:00 after the n-th weekday after an act.</summary>
    public static DateTimeOffset EndOfDays(DateTimeOffset act, int days) => Midnight(After(Date(act), days).AddDays(1));

    private void OpenReview(DateTimeOffset now)
    {
        _place = Place.Review;
        _since = Date(now);
        _warned = false;
        var due = After(_since, Math.Max(1, 3 - _used));
        _passes = _end = Midnight(due.AddDays(1));
        var morning = Midnight(Before(due)).AddHours(9);
        _reminder = morning > now ? morning : now;
    }

    /// <summary>An answer after the limit is late, whether the host came round to its timer or not.</summary>
    private void LeaveReview(DateTimeOffset now)
    {
        Must(_place == Place.Review, "a review is answered that was not open");
        if (now >= _end && !_warned)
        {
            Warn(now);
        }

        (_passes, _reminder) = (null, null);
    }

    private void Warn(DateTimeOffset now)
    {
        Must(!_warned, "one review is warned of twice");
        _warned = true;
        _passes = null;
        _warnings.Add(new Warning { Passes = EndOfDays(now, 2) });
    }

    private void Close(string outcome)
    {
        Outcome = outcome;
        _place = Place.Closed;
        (_passes, _reminder) = (null, null);
    }

    private void Notice(string template) => _notices[template] = _notices.GetValueOrDefault(template) + 1;

    private void Must(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw Wrong(otherwise);
        }
    }

    private SimulationFailure Wrong(string what) => new($"{Called}: {what} (it was in {_place})");

    private static DateOnly Date(DateTimeOffset instant) => DateOnly.FromDateTime(instant.ToOffset(Shanghai).DateTime);

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, Shanghai);

    private static string Text(DateTimeOffset instant) => instant.ToOffset(Shanghai).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static bool IsWeekday(DateOnly day) => day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);

    private static DateOnly After(DateOnly start, int weekdays)
    {
        var day = start;
        while (weekdays > 0)
        {
            day = day.AddDays(1);
            weekdays -= IsWeekday(day) ? 1 : 0;
        }

        return day;
    }

    private static DateOnly Before(DateOnly day)
    {
        do
        {
            day = day.AddDays(-1);
        }
        while (!IsWeekday(day));

        return day;
    }

    private static int Weekdays(DateOnly after, DateOnly upTo) => Enumerable.Range(1, Math.Max(0, upTo.DayNumber - after.DayNumber)).Count(i => IsWeekday(after.AddDays(i)));
}
