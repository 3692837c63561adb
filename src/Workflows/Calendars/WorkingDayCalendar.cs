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

    private WorkingDayCalendar(string version, FrozenDictionary<DateOnly, CalendarDay> days, FrozenSet<int> official)
    {
        Version = version;
        _days = days;
        _official = official;
    }

    public string Version { get; }

    /// <summary>The days that differ from the plain week, or carry a holiday's name.</summary>
    public IReadOnlyDictionary<DateOnly, CalendarDay> Days => _days;

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
        for (var year = after.AddDays(1).Year; year <= upTo.Year; year++)
        {
            if (!_official.Contains(year))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads <c>{ "version", "published": { "2022": { "status": "official"|"provisional", "paper"? } }, "days": { "2022-10-08": { "name", "isOffDay" } } }</c>.</summary>
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
            if (member.Name is not ("$schema" or "version" or "published" or "days" or "source"))
            {
                problems.Add(source.Problem(
                    "unknown-member", member.Value, null, $"'{member.Name}' is not a member of a calendar (version, published, days, source)"));
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

        var days = new Dictionary<DateOnly, CalendarDay>();
        if (source.RequiredObject(root, "days", problems) is { } listed)
        {
            foreach (var day in listed.EnumerateObject())
            {
                ReadDay(source, day, days, problems);
            }
        }

        if (problems.Count > 0)
        {
            return null;
        }

        var calendar = new WorkingDayCalendar(version!, days.ToFrozenDictionary(), official.ToFrozenSet());
        if (calendar.LongestRestStart() is { } tooLong)
        {
            problems.Add(source.Problem("calendar-no-work", root, null, $"more than {LongestRest} days off in a row from {tooLong:yyyy-MM-dd}: no deadline could end"));
        }

        return calendar;
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

    private static void ReadDay(JsonSource source, JsonProperty day, Dictionary<DateOnly, CalendarDay> days, List<Problem> problems)
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
        else if (!days.TryAdd(date, new CalendarDay(name, off.GetBoolean())))
        {
            problems.Add(source.Problem("calendar-day-twice", day.Value, null, $"{day.Name} is listed twice"));
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

/// <summary>One published day.</summary>
/// <param name="Name">The holiday it is, or is worked in exchange for.</param>
/// <param name="IsOffDay">False for a make-up working day (调休).</param>
public sealed record CalendarDay(string Name, bool IsOffDay);
