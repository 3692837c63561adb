using System.Globalization;
using System.Text;
using System.Text.Json;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>
/// The oracle: working days as a clerk counts them with the State Council's paper before him, one day after the other. It shares nothing with the product but
/// the file's text. 行政许可法 82: 期限以工作日计算，不含法定节假日. 民法典 201: 开始的当日不计入，自下一日开始计算. 民法典 203: 期间的最后一日的截止时间为二十四时；有业务时间的，停止业务活动的时间为截止时间.
/// </summary>
internal sealed class LawCalendar
{
    private static readonly DateOnly AMonday = new(2024, 1, 1);
    private static readonly DateOnly Earliest = new(2020, 1, 1);
    private const int Span = 365 * 12;

    private readonly SortedDictionary<DateOnly, Day> _paper;
    private readonly HashSet<int> _official;
    private readonly Hours _hours;
    private readonly bool[] _works = new bool[Span];
    private readonly bool[] _published = new bool[Span];

    private LawCalendar(SortedDictionary<DateOnly, Day> paper, HashSet<int> official, Hours hours)
    {
        _paper = paper;
        _official = official;
        _hours = hours;
        for (var i = 0; i < Span; i++)
        {
            var day = Earliest.AddDays(i);
            var isWeekday = (((day.DayNumber - AMonday.DayNumber) % 7) + 7) % 7 < 5;
            _works[i] = paper.TryGetValue(day, out var listed) ? !listed.IsOff : isWeekday;
            _published[i] = official.Contains(day.Year);
        }
    }

    /// <summary>Minutes after 0:00; null: the whole day.</summary>
    private sealed record Hours(int? Cutoff, int? End);

    private sealed record Day(bool IsOff, Hours? Own);

    public static LawCalendar Shipped { get; } = Read(RepositoryFiles.Read("rules/calendars/cn.json"));

    /// <summary>The product's calendar of the same content.</summary>
    public WorkingDayCalendar ToProduct() => ChinaCalendar.Read(ToJson());

    public bool Works(DateOnly day) => _works[day.DayNumber - Earliest.DayNumber];

    /// <summary>T1: the calendar date of the click in Shanghai, or the next from the cutoff on.</summary>
    public DateOnly CountsOn(DateTimeOffset act)
    {
        var minutes = (long)Math.Floor((act.UtcDateTime - DateTime.UnixEpoch).TotalMinutes) + (8 * 60);
        var day = new DateOnly(1970, 1, 1).AddDays((int)Math.Floor(minutes / 1440.0));
        var minute = (int)(minutes - ((day.DayNumber - new DateOnly(1970, 1, 1).DayNumber) * 1440L));
        return HoursOf(day).Cutoff is { } cutoff && minute >= cutoff ? day.AddDays(1) : day;
    }

    /// <summary>T2: the start is not counted; every working day is crossed out until n are.</summary>
    public DateOnly Due(DateOnly start, int n)
    {
        var day = start;
        for (var left = n; left > 0;)
        {
            day = day.AddDays(1);
            left -= Works(day) ? 1 : 0;
        }

        return day;
    }

    /// <summary>T3, T5: the instant at which a limit with this last day has passed.</summary>
    public DateTimeOffset Ends(DateOnly due) => Shanghai(due, HoursOf(due).End ?? 1440);

    /// <summary>T4: 09:00 of the n-th working day before the last one.</summary>
    public DateTimeOffset Reminder(DateOnly due, int daysBefore)
    {
        var day = due;
        for (var left = daysBefore; left > 0;)
        {
            day = day.AddDays(-1);
            left -= Works(day) ? 1 : 0;
        }

        return Shanghai(day, 9 * 60);
    }

    /// <summary>T7: the working days in (after, upTo].</summary>
    public int Between(DateOnly after, DateOnly upTo)
    {
        var count = 0;
        for (var day = after; day < upTo;)
        {
            day = day.AddDays(1);
            count += Works(day) ? 1 : 0;
        }

        return count;
    }

    /// <summary>T9: one of the days after the start lies in a year that is not published.</summary>
    public bool IsProvisional(DateOnly after, DateOnly upTo)
    {
        for (var day = after.AddDays(1); day <= upTo; day = day.AddDays(1))
        {
            if (!_published[day.DayNumber - Earliest.DayNumber])
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Another paper: days exchanged, made half, taken away, a year published or taken back, office hours set.</summary>
    public LawCalendar Edited(Random random, int changes)
    {
        var paper = new SortedDictionary<DateOnly, Day>(_paper);
        var official = new HashSet<int>(_official);
        var hours = _hours;
        for (var i = 0; i < changes; i++)
        {
            var day = new DateOnly(2021, 1, 1).AddDays(random.Next(365 * 7));
            var works = paper.TryGetValue(day, out var listed) ? !listed.IsOff : day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday);
            switch (random.Next(10))
            {
                case 0:
                    var year = random.Next(2021, 2029);
                    if (!official.Remove(year))
                    {
                        official.Add(year);
                    }

                    break;
                case 1:
                    hours = new Hours(random.Next(2) == 0 ? null : random.Next(1, 1440), random.Next(2) == 0 ? null : random.Next(1, 1440));
                    break;
                case 2 or 3 when works:
                    paper[day] = new Day(false, new Hours(12 * 60, 12 * 60));
                    break;
                default:
                    paper[day] = new Day(works, null);
                    break;
            }
        }

        return new LawCalendar(paper, official, hours);
    }

    /// <summary>In what it differs from the published calendar about those days, for whoever reads a failing case.</summary>
    public string Tell(DateOnly from, DateOnly to)
    {
        var told = new StringBuilder(_hours == Shipped._hours ? "" : $"{_hours}; ");
        for (var day = from.AddDays(-10); day <= to.AddDays(10); day = day.AddDays(1))
        {
            if (Works(day) != Shipped.Works(day))
            {
                told.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} is {(Works(day) ? "worked" : "off")}; ");
            }

            if (HoursOf(day) != _hours)
            {
                told.Append(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} ends at noon; ");
            }

            if (day.DayOfYear == 1 || day == from)
            {
                told.Append(CultureInfo.InvariantCulture, $"{day.Year} is {(_official.Contains(day.Year) ? "" : "not ")}published; ");
            }
        }

        return told.ToString();
    }

    private Hours HoursOf(DateOnly day) => _paper.TryGetValue(day, out var listed) && listed.Own is { } own ? own : _hours;

    private static DateTimeOffset Shanghai(DateOnly day, int minute) => new DateTimeOffset(day.Year, day.Month, day.Day, 0, 0, 0, TimeSpan.FromHours(8)).AddMinutes(minute);

    private static LawCalendar Read(string text)
    {
        using var json = JsonDocument.Parse(text);
        var paper = new SortedDictionary<DateOnly, Day>();
        foreach (var day in json.RootElement.GetProperty("days").EnumerateObject())
        {
            paper.Add(DateOnly.Parse(day.Name, CultureInfo.InvariantCulture), new Day(day.Value.GetProperty("isOffDay").GetBoolean(), null));
        }

        var official = json.RootElement.GetProperty("published").EnumerateObject()
            .Where(year => year.Value.GetProperty("status").GetString() == "official").Select(year => int.Parse(year.Name, CultureInfo.InvariantCulture));
        return new LawCalendar(paper, [.. official], new Hours(null, null));
    }

    private string ToJson()
    {
        var days = string.Join(",", _paper.Select(day =>
            $$"""
            "{{day.Key:yyyy-MM-dd}}": { "name": "x", "isOffDay": {{(day.Value.IsOff ? "true" : "false")}}{{(day.Value.Own is { } own ? ", " + Written(own) : "")}} }
            """));
        var years = string.Join(",", _official.Select(year => $$"""
            "{{year}}": { "status": "official" }
            """));
        return $$"""{ "version": "edited", "published": { {{years}} }, "days": { {{days}} }, {{Written(_hours)}} }""";
    }

    private static string Written(Hours hours) => $$"""
        "officeHours": { "cutoff": {{Hour(hours.Cutoff, "null")}}, "endOfDay": {{Hour(hours.End, "\"24:00\"")}} }
        """;

    private static string Hour(int? minute, string none) =>
        minute is { } m ? string.Create(CultureInfo.InvariantCulture, $"\"{m / 60:00}:{m % 60:00}\"") : none;
}
