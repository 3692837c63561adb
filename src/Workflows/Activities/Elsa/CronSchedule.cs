using System.Collections.Frozen;
using System.Globalization;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// A cron expression of six fields (second minute hour day-of-month month day-of-week), as Cronos reads it: *, ?, lists, ranges (also over the end of the
/// year or week), steps, names of months and weekdays; L (last day), L-3, 15W and LW (the working day next to it) as days of the month, 5L (last Friday)
/// and 5#2 (second Friday) as days of the week; @daily and its like. When both days are restricted a date must match both. All in UTC.
/// </summary>
public sealed class CronSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly FrozenDictionary<string, string> Macros = new Dictionary<string, string>
    {
        ["@every_second"] = "* * * * * *",
        ["@every_minute"] = "0 * * * * *",
        ["@hourly"] = "0 0 * * * *",
        ["@daily"] = "0 0 0 * * *",
        ["@midnight"] = "0 0 0 * * *",
        ["@weekly"] = "0 0 0 * * 0",
        ["@monthly"] = "0 0 0 1 * *",
        ["@yearly"] = "0 0 0 1 1 *",
        ["@annually"] = "0 0 0 1 1 *",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly bool[] _seconds;
    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _months;
    private readonly DayRule _days;
    private readonly DayRule _weekdays;

    private CronSchedule(bool[] seconds, bool[] minutes, bool[] hours, DayRule days, bool[] months, DayRule weekdays)
    {
        (_seconds, _minutes, _hours, _days, _months, _weekdays) = (seconds, minutes, hours, days, months, weekdays);
    }

    private delegate bool DayRule(DateOnly date);

    /// <summary>Null when the text is not such an expression.</summary>
    public static CronSchedule? Parse(string text)
    {
        var parts = Macros.GetValueOrDefault(text.Trim(), text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 6 || text.Length > 200)
        {
            return null;
        }

        return Field(parts[0], 0, 59, null) is { } seconds
            && Field(parts[1], 0, 59, null) is { } minutes
            && Field(parts[2], 0, 23, null) is { } hours
            && Days(parts[3], DayOfMonth) is { } days
            && Field(parts[4], 1, 12, Months) is { } months
            && Days(parts[5], DayOfWeek) is { } weekdays
            ? new CronSchedule(seconds, minutes, hours, days, months, weekdays)
            : null;
    }

    /// <summary>The first instant after <paramref name="after"/>; null when none lies within eight years (29 February may be that far).</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = after.UtcDateTime.AddSeconds(1);
        from = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerSecond));
        var time = TimeOnly.FromDateTime(from);
        for (var date = DateOnly.FromDateTime(from); date.Year <= after.Year + 8; date = date.AddDays(1))
        {
            if (_months[date.Month] && _days(date) && _weekdays(date) && FirstTime(time) is { } found)
            {
                return new DateTimeOffset(date, found, TimeSpan.Zero);
            }

            time = TimeOnly.MinValue;
        }

        return null;
    }

    private TimeOnly? FirstTime(TimeOnly from)
    {
        for (var hour = from.Hour; hour < 24; hour++)
        {
            if (!_hours[hour])
            {
                continue;
            }

            for (var minute = hour == from.Hour ? from.Minute : 0; minute < 60; minute++)
            {
                if (!_minutes[minute])
                {
                    continue;
                }

                var start = hour == from.Hour && minute == from.Minute ? from.Second : 0;
                var second = Array.IndexOf(_seconds, true, start);
                if (second >= 0)
                {
                    return new TimeOnly(hour, minute, second);
                }
            }
        }

        return null;
    }

    /// <summary>A list of days: the date must be one of them.</summary>
    private static DayRule? Days(string text, Func<string, DayRule?> one)
    {
        var rules = text.Split(',').Select(one).ToArray();
        return rules.Contains(null) ? null : date => Array.Exists(rules, rule => rule!(date));
    }

    private static DayRule? DayOfMonth(string text)
    {
        switch (text.ToUpperInvariant())
        {
            case "L":
                return date => date.Day == LastDay(date);
            case "LW":
                return date => date == WorkingDayNear(date, LastDay(date));
            case ['L', '-', .. var back] when Value(back, 0, 30, null) is { } before:
                return date => date.Day == LastDay(date) - before;
            case [.. var number, 'W'] when Value(number, 1, 31, null) is { } day:
                return date => day <= LastDay(date) && date == WorkingDayNear(date, day);
            default:
                return Field(text, 1, 31, null) is { } days ? date => days[date.Day] : null;
        }
    }

    private static DayRule? DayOfWeek(string text)
    {
        if (text.Split('#') is [var weekday, var which] && Weekday(weekday) is { } nth && Value(which, 1, 5, null) is { } number)
        {
            return date => date.DayOfWeek == nth && (date.Day - 1) / 7 == number - 1;
        }

        if (text is [.. var name, 'L' or 'l'] && Weekday(name) is { } last)
        {
            return date => date.DayOfWeek == last && date.Day + 7 > LastDay(date);
        }

        if (Field(text, 0, 7, Weekdays) is not { } days)
        {
            return null;
        }

        days[0] |= days[7];
        return date => days[(int)date.DayOfWeek];
    }

    private static DayOfWeek? Weekday(string text) => Value(text, 0, 7, Weekdays) is { } day ? (DayOfWeek)(day % 7) : null;

    private static int LastDay(DateOnly date) => DateTime.DaysInMonth(date.Year, date.Month);

    /// <summary>The day of the date's month or, when it falls on a weekend, the nearest Friday or Monday of the same month.</summary>
    private static DateOnly WorkingDayNear(DateOnly date, int day)
    {
        var meant = new DateOnly(date.Year, date.Month, day);
        return meant.DayOfWeek switch
        {
            System.DayOfWeek.Saturday => meant.AddDays(day == 1 ? 2 : -1),
            System.DayOfWeek.Sunday => meant.AddDays(day == LastDay(date) ? -2 : 1),
            _ => meant,
        };
    }

    private static bool[]? Field(string text, int min, int max, string[]? names)
    {
        var allowed = new bool[max + 1];
        foreach (var part in text.Split(','))
        {
            var step = part.Split('/');
            if (step.Length > 2 || Range(step[0], min, max, names) is not var (first, last))
            {
                return null;
            }

            var by = 1;
            if (step.Length == 2)
            {
                if (!int.TryParse(step[1], NumberStyles.None, CultureInfo.InvariantCulture, out by) || by == 0)
                {
                    return null;
                }

                last = step[0].Contains('-', StringComparison.Ordinal) || step[0] is "*" ? last : max;
            }

            // A range over the end, such as FRI-MON, goes on at the beginning.
            var size = max - min + (max == 7 ? 0 : 1);
            var end = last < first ? last + size : last;
            for (var value = first; value <= end; value += by)
            {
                allowed[value <= max ? value : value - size] = true;
            }
        }

        return allowed;
    }

    private static (int First, int Last)? Range(string text, int min, int max, string[]? names)
    {
        if (text is "*" or "?")
        {
            return (min, max);
        }

        var ends = text.Split('-');
        return ends.Length <= 2 && Value(ends[0], min, max, names) is { } first && Value(ends[^1], min, max, names) is { } last ? (first, last) : null;
    }

    private static int? Value(string text, int min, int max, string[]? names)
    {
        if (names is not null && Array.FindIndex(names, n => string.Equals(n, text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index)
        {
            return index + min;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max ? value : null;
    }
}
