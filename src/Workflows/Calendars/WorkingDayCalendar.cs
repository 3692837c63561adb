using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Calendars;

/// <summary>What came of reading a calendar file: the calendar, or the problems that prevent it.</summary>
public sealed record CalendarResult(WorkingDayCalendar? Calendar, IReadOnlyList<Problem> Problems);

/// <summary>
/// The State Council's calendar of working days, date by date: a published day off is off, a published make-up day (调休) works, any other day works
/// Monday to Friday. Dates are those of Asia/Shanghai. Dates of a year that is not officially published are provisional (T9).
/// </summary>
public sealed class WorkingDayCalendar
{
    private const int MaxFileLength = 4 * 1024 * 1024;

    /// <summary>No run of days off is anywhere near this long; a file that claims one is refused.</summary>
    private const int LongestRest = 60;

    private readonly FrozenDictionary<DateOnly, CalendarDay> _days;
    private readonly FrozenSet<int> _official;

    private WorkingDayCalendar(string version, OfficeHours hours, FrozenDictionary<DateOnly, CalendarDay> days, FrozenSet<int> official)
    {
        Version = version;
        Hours = hours;
        _days = days;
        _official = official;
    }

    public string Version { get; }

    /// <summary>When a day begins and ends for limits, unless the day has hours of its own.</summary>
    public OfficeHours Hours { get; }

    /// <summary>The days that differ from the plain week, or carry a holiday's name.</summary>
    public IReadOnlyDictionary<DateOnly, CalendarDay> Days => _days;

    /// <summary>The date on which an act counts as done when it starts a limit: its own, or the next after the cutoff (T1).</summary>
    public DateOnly CountsOn(DateTimeOffset act)
    {
        var local = act.ToOffset(Deadlines.Shanghai).DateTime;
        var date = DateOnly.FromDateTime(local);
        return TimeOnly.FromDateTime(local) >= HoursOf(date).Cutoff ? date.AddDays(1) : date;
    }

    /// <summary>The instant at which a limit with this last day has passed, also on a holiday (T5); what is done before is in time (T3).</summary>
    public DateTimeOffset OverdueAt(DateOnly due) =>
        HoursOf(due).EndOfDay is { } end ? Deadlines.StartOf(due) + end.ToTimeSpan() : Deadlines.StartOf(due.AddDays(1));

    /// <summary>The hours of this day: those of its own, as on a half day, or the usual ones.</summary>
    public OfficeHours HoursOf(DateOnly date) => _days.TryGetValue(date, out var day) && day.Hours is { } own ? own : Hours;

    public bool IsWorkingDay(DateOnly date) =>
        _days.TryGetValue(date, out var day) ? !day.IsOffDay : IsWeekday(date);

    /// <summary>The year of this date has no officially published calendar.</summary>
    public bool IsProvisional(DateOnly date) => !_official.Contains(date.Year);

    /// <summary>The n-th working day after <paramref name="start"/>, which itself does not count (T2). With n = 0 it is <paramref name="start"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    public DateOnly AddWorkingDays(DateOnly start, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        var date = start;
        while (n > 0)
        {
            date = date.AddDays(1);
            if (IsWorkingDay(date))
            {
                n--;
            }
        }

        return date;
    }

    /// <summary>The n-th working day before <paramref name="date"/>, which itself does not count.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is negative.</exception>
    public DateOnly SubtractWorkingDays(DateOnly date, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        while (n > 0)
        {
            date = date.AddDays(-1);
            if (IsWorkingDay(date))
            {
                n--;
            }
        }

        return date;
    }

    /// <summary>How many working days lie in (after, upTo]; 0 when <paramref name="upTo"/> is not later.</summary>
    public int WorkingDaysBetween(DateOnly after, DateOnly upTo)
    {
        var count = 0;
        for (var date = after; date < upTo;)
        {
            date = date.AddDays(1);
            if (IsWorkingDay(date))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Any date from the day after <paramref name="after"/> to <paramref name="upTo"/> is provisional.</summary>
    public bool IsProvisional(DateOnly after, DateOnly upTo)
    {
        for (var year = after.AddDays(1).Year; after < upTo && year <= upTo.Year; year++)
        {
            if (!_official.Contains(year))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The days for which this calendar answers otherwise than another, in runs without a gap, oldest first: work or rest, the day's hours, published or not. A limit that spans none of
    /// them has the same dates on both. <c>null</c>: the usual hours differ, and so every day.
    /// </summary>
    public IReadOnlyList<DayRun>? ChangesFrom(WorkingDayCalendar before)
    {
        if (Hours != before.Hours)
        {
            return null;
        }

        var changed = _days.Keys.Union(before._days.Keys).Where(day => IsWorkingDay(day) != before.IsWorkingDay(day) || HoursOf(day) != before.HoursOf(day)).ToHashSet();
        foreach (var year in _official.Except(before._official).Union(before._official.Except(_official)))
        {
            var first = new DateOnly(year, 1, 1);
            changed.UnionWith(Enumerable.Range(0, first.AddYears(1).DayNumber - first.DayNumber).Select(first.AddDays));
        }

        var runs = new List<DayRun>();
        foreach (var day in changed.Order())
        {
            if (runs is [.., var run] && run.Last.AddDays(1) == day)
            {
                runs[^1] = run with { Last = day };
            }
            else
            {
                runs.Add(new DayRun(day, day));
            }
        }

        return runs;
    }

    /// <summary>
    /// Reads <c>{ "version", "published": { "2022": { "status": "official"|"provisional", "paper"? } }, "days": { "2022-10-08": { "name", "isOffDay", "officeHours"? } },
    /// "officeHours"?: { "cutoff": null | "17:30", "endOfDay": "24:00" | "17:30" } }</c>. Hours of a day hold on that day only: a half day is a working day that ends at noon.
    /// </summary>
    /// <param name="path">The file's name, for problems.</param>
    public static CalendarResult Read(string json, string path)
    {
        var problems = new List<Problem>();
        if (json.Length > MaxFileLength)
        {
            problems.Add(new Problem("calendar-too-large", ProblemSeverity.Error, path, 1, 1, null, "the calendar is larger than 4 MB"));
            return new CalendarResult(null, problems);
        }

        var source = JsonSource.Parse(json, path, problems);
        if (source is null)
        {
            return new CalendarResult(null, problems);
        }

        using (source)
        {
            var calendar = Read(source, problems);
            return new CalendarResult(problems.Count == 0 ? calendar : null, problems);
        }
    }

    private static WorkingDayCalendar? Read(JsonSource source, List<Problem> problems)
    {
        var root = source.Root;
        if (root.ValueKind != JsonValueKind.Object)
        {
            problems.Add(source.Problem("calendar-shape", root, null, "a calendar is a JSON object with version, published and days"));
            return null;
        }

        foreach (var member in root.EnumerateObject())
        {
            if (member.Name is not ("$schema" or "version" or "published" or "days" or "officeHours" or "source"))
            {
                problems.Add(source.Problem(
                    "unknown-member", member.Value, null, $"'{member.Name}' is not a member of a calendar (version, published, days, officeHours, source)"));
            }
        }

        var version = source.RequiredString(root, "version", problems);
        var official = new HashSet<int>();
        if (source.RequiredObject(root, "published", problems) is { } published)
        {
            foreach (var year in published.EnumerateObject())
            {
                ReadYear(source, year, official, problems);
            }
        }

        var hours = ReadHours(source, root, OfficeHours.WholeDay, problems);
        var days = new Dictionary<DateOnly, CalendarDay>();
        if (source.RequiredObject(root, "days", problems) is { } listed)
        {
            foreach (var day in listed.EnumerateObject())
            {
                ReadDay(source, day, hours, days, problems);
            }
        }

        if (problems.Count > 0)
        {
            return null;
        }

        var calendar = new WorkingDayCalendar(version!, hours, days.ToFrozenDictionary(), official.ToFrozenSet());
        if (calendar.LongestRestStart() is { } tooLong)
        {
            problems.Add(source.Problem("calendar-no-work", root, null, $"more than {LongestRest} days off in a row from {tooLong:yyyy-MM-dd}: no deadline could end"));
        }

        return calendar;
    }

    /// <param name="usual">What holds where <paramref name="owner"/> says nothing.</param>
    private static OfficeHours ReadHours(JsonSource source, JsonElement owner, OfficeHours usual, List<Problem> problems)
    {
        if (!owner.TryGetProperty("officeHours", out var hours) || hours.ValueKind == JsonValueKind.Null)
        {
            return usual;
        }

        if (hours.ValueKind != JsonValueKind.Object)
        {
            problems.Add(source.Problem("calendar-hours", hours, null, "officeHours is an object with cutoff and endOfDay"));
            return usual;
        }

        var (cutoff, endOfDay) = usual;
        foreach (var member in hours.EnumerateObject())
        {
            switch (member.Name)
            {
                case "cutoff":
                    cutoff = ReadHour(source, member, unset: null, problems);
                    break;
                case "endOfDay":
                    endOfDay = ReadHour(source, member, unset: "24:00", problems);
                    break;
                default:
                    problems.Add(source.Problem("unknown-member", member.Value, null, $"'{member.Name}' is not a member of officeHours (cutoff, endOfDay)"));
                    break;
            }
        }

        return new OfficeHours(cutoff, endOfDay);
    }

    /// <param name="unset">The other way, besides null, to write that there is none.</param>
    private static TimeOnly? ReadHour(JsonSource source, JsonProperty member, string? unset, List<Problem> problems)
    {
        var text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString() : null;
        if (member.Value.ValueKind == JsonValueKind.Null || (text is not null && text == unset))
        {
            return null;
        }

        if (TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var hour) && hour > TimeOnly.MinValue)
        {
            return hour;
        }

        problems.Add(source.Problem("calendar-hours", member.Value, null, $"{member.Name} must be a time of day of the form 17:30{(unset is null ? " or null" : $" or {unset}")}"));
        return null;
    }

    private static void ReadYear(JsonSource source, JsonProperty year, HashSet<int> official, List<Problem> problems)
    {
        if (!int.TryParse(year.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1949 or > 9998)
        {
            problems.Add(source.Problem("calendar-year", year.Value, null, $"'{year.Name}' is not a year"));
            return;
        }

        switch (JsonSource.StringMember(year.Value, "status"))
        {
            case "official":
                official.Add(number);
                break;
            case "provisional":
                break;
            default:
                problems.Add(source.Problem("calendar-status", year.Value, null, $"the status of {year.Name} must be official or provisional"));
                break;
        }
    }

    private static void ReadDay(JsonSource source, JsonProperty day, OfficeHours usual, Dictionary<DateOnly, CalendarDay> days, List<Problem> problems)
    {
        if (!DateOnly.TryParseExact(day.Name, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            || date.Year is < 1949 or > 9998)
        {
            problems.Add(source.Problem("calendar-date", day.Value, null, $"'{day.Name}' is not a date of the form 2022-10-08"));
        }
        else if (JsonSource.StringMember(day.Value, "name") is not { } name
            || !day.Value.TryGetProperty("isOffDay", out var off)
            || off.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            problems.Add(source.Problem("calendar-day", day.Value, null, $"{day.Name} needs a name and isOffDay true or false"));
        }
        else if (day.Value.EnumerateObject().Select(member => member.Name).FirstOrDefault(member => member is not ("name" or "isOffDay" or "officeHours")) is { } unknown)
        {
            problems.Add(source.Problem("unknown-member", day.Value.GetProperty(unknown), null, $"'{unknown}' is not a member of a day (name, isOffDay, officeHours)"));
        }
        else if (off.GetBoolean() && day.Value.TryGetProperty("officeHours", out var idle))
        {
            problems.Add(source.Problem("calendar-hours", idle, null, $"{day.Name} is a day off and has no officeHours"));
        }
        else
        {
            var hours = ReadHours(source, day.Value, usual, problems);
            if (!days.TryAdd(date, new CalendarDay(name, off.GetBoolean(), hours == usual ? null : hours)))
            {
                problems.Add(source.Problem("calendar-day-twice", day.Value, null, $"{day.Name} is listed twice"));
            }
        }
    }

    private DateOnly? LongestRestStart()
    {
        foreach (var (date, day) in _days)
        {
            if (day.IsOffDay && !IsWorkingDay(date) && IsWorkingDay(date.AddDays(-1)))
            {
                var end = date;
                while (!IsWorkingDay(end))
                {
                    end = end.AddDays(1);
                    if (end.DayNumber - date.DayNumber > LongestRest)
                    {
                        return date;
                    }
                }
            }
        }

        return null;
    }

    private static bool IsWeekday(DateOnly date) => date.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
}

/// <summary>Hours that bound a day for limits (T1, T3, D-3). Zone Asia/Shanghai.</summary>
/// <param name="Cutoff">What is done at this hour or later counts as done on the next calendar day; null: the whole day counts.</param>
/// <param name="EndOfDay">A limit ends at this hour of its last day; null: at 24:00.</param>
public sealed record OfficeHours(TimeOnly? Cutoff, TimeOnly? EndOfDay)
{
    public static OfficeHours WholeDay { get; } = new(null, null);
}

/// <summary>Days without a gap, both ends included.</summary>
public readonly record struct DayRun(DateOnly First, DateOnly Last);

/// <summary>One published day.</summary>
/// <param name="Name">The holiday it is, or is worked in exchange for.</param>
/// <param name="IsOffDay">False for a make-up working day (调休), and for a half day.</param>
/// <param name="Hours">The day's own hours, where they are not the usual ones: on a half day both end at noon. It is a whole day in every count (T2).</param>
public sealed record CalendarDay(string Name, bool IsOffDay, OfficeHours? Hours = null);
