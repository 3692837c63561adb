using System.Globalization;

namespace WorkflowEngine.Workflows.Activities.Elsa;

/// <summary>
/// A cron expression of six fields (second minute hour day-of-month month day-of-week): *, ?, lists, ranges, steps, names of months and weekdays.
/// When both days are restricted either must match both, as in Cronos. All in UTC.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    private static readonly string[] Weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly bool[] _seconds;
    private readonly bool[] _minutes;
    private readonly bool[] _hours;
    private readonly bool[] _days;
    private readonly bool[] _months;
    private readonly bool[] _weekdays;

    private CronSchedule(bool[][] fields)
    {
        (_seconds, _minutes, _hours, _days, _months, _weekdays) = (fields[0], fields[1], fields[2], fields[3], fields[4], fields[5]);
    }

    /// <summary>Null when the text is not such an expression.</summary>
    public static CronSchedule? Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 6 || text.Length > 200)
        {
            return null;
        }

        bool[]?[] fields =
        [
            Field(parts[0], 0, 59, null),
            Field(parts[1], 0, 59, null),
            Field(parts[2], 0, 23, null),
            Field(parts[3], 1, 31, null),
            Field(parts[4], 1, 12, Months),
            Field(parts[5], 0, 7, Weekdays),
        ];
        if (fields.Contains(null))
        {
            return null;
        }

        fields[5]![0] |= fields[5]![7];
        return new CronSchedule(fields!);
    }

    /// <summary>The first instant after <paramref name="after"/>; null when none lies within eight years (29 February may be that far).</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = after.UtcDateTime.AddSeconds(1);
        from = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerSecond));
        var time = TimeOnly.FromDateTime(from);
        for (var date = DateOnly.FromDateTime(from); date.Year <= after.Year + 8; date = date.AddDays(1))
        {
            if (_months[date.Month] && _days[date.Day] && _weekdays[(int)date.DayOfWeek] && FirstTime(time) is { } found)
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

    private static bool[]? Field(string text, int min, int max, string[]? names)
    {
        var allowed = new bool[max + 1];
        foreach (var part in text.Split(','))
        {
            var step = part.Split('/');
            if (step.Length > 2 || Range(step[0], min, max, names) is not var (first, last) || first > last)
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

            for (var value = first; value <= last; value += by)
            {
                allowed[value] = true;
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
