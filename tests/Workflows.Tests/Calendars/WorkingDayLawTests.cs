using System.Globalization;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>
/// A million limits and clocks of 2021 to 2026, on the published calendar and on edited ones (make-up days exchanged, half days, years taken back, office hours), against the clerk who
/// counts day by day. The seed is fixed; a failure tells its case in words.
/// </summary>
public sealed class WorkingDayLawTests
{
    private const int Seed = 20261121;
    private const int Limits = 800_000;
    private const int Clocks = 200_000;

    private static readonly Lazy<(LawCalendar Law, WorkingDayCalendar Product)[]> Calendars = new(() =>
    {
        var random = new Random(Seed);
        return
        [
            (LawCalendar.Shipped, ChinaCalendar.Shipped),
            .. Enumerable.Range(0, 60).Select(i => LawCalendar.Shipped.Edited(random, 3 + (i * 5))).Select(law => (law, law.ToProduct())),
        ];
    });

    [Fact]
    public void A_limit_begins_is_reminded_of_and_ends_as_the_clerk_counts()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Limits; i++)
        {
            var (law, product) = Calendars.Value[random.Next(3) == 0 ? 0 : random.Next(Calendars.Value.Length)];
            var act = ActIn(random);
            var days = random.Next(20) == 0 ? random.Next(120) : random.Next(1, 16);
            var before = random.Next(1, 4);
            if (Difference(law, product, act, days, before, random.Next(40)) is { } problem)
            {
                // Fewer days tell the same with less to count.
                var least = Enumerable.Range(0, days).FirstOrDefault(n => Difference(law, product, act, n, before, 0) is not null, days);
                Assert.Fail($"case {i} of seed {Seed}: {Difference(law, product, act, least, before, 0) ?? problem}");
            }
        }
    }

    [Fact]
    public void A_clock_that_is_stopped_taken_up_and_extended_uses_and_leaves_what_the_clerk_ticks_off()
    {
        var random = new Random(Seed);
        for (var i = 0; i < Clocks; i++)
        {
            var start = new DateOnly(2021, 1, 1).AddDays(random.Next(365 * 6));
            var days = random.Next(1, 21);
            var calendar = random.Next(3) == 0 ? 0 : random.Next(Calendars.Value.Length);
            var acts = Enumerable.Range(0, random.Next(1, 7)).Select(_ => new ClockAct((Move)random.Next(6), random.Next(9), random.Next(1, 6), random.Next(Calendars.Value.Length))).ToList();
            if (Difference(start, days, calendar, acts) is { } problem)
            {
                var shortest = Shrinking.Shortest(acts, problem, fewer => Difference(start, days, calendar, fewer));
                Assert.Fail($"case {i} of seed {Seed}: {start:yyyy-MM-dd} a clock of {days} working days starts; {string.Join("; ", shortest.Acts)}: {shortest.Problem}");
            }
        }
    }

    [Fact]
    public void A_limit_that_spans_no_changed_day_has_the_dates_that_it_had()
    {
        var random = new Random(Seed);
        var kept = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var (before, after) = (LawCalendar.Shipped, Calendars.Value[random.Next(Calendars.Value.Length)]);
            var (start, days) = (new DateOnly(2021, 1, 1).AddDays(random.Next(365 * 6)), random.Next(1, 16));
            var due = before.Due(start, days);
            if (after.Product.ChangesFrom(ChinaCalendar.Shipped) is not { } changes || changes.Any(run => run.First <= due && run.Last > start))
            {
                continue;
            }

            kept++;
            var dates = (due, before.Ends(due), before.IsProvisional(start, due));
            Assert.Equal(dates, (after.Product.AddWorkingDays(start, days), after.Product.OverdueAt(due), after.Product.IsProvisional(start, due)));
        }

        Assert.True(kept > 500, $"only {kept} limits were kept: the test shows nothing");
    }

    [Fact]
    public void What_an_import_changed_is_told_in_runs_of_days()
    {
        Assert.Equal([], ChinaCalendar.Shipped.ChangesFrom(ChinaCalendar.Shipped)!);
        WorkingDayCalendar With(string days, string years = "") => ChinaCalendar.Read($$"""{ "version": "1", "published": { {{years}} }, "days": { {{days}} } }""");
        const string Friday = """ "2026-05-08": { "name": "x", "isOffDay": true } """;
        const string Monday = """ "2026-05-11": { "name": "x", "isOffDay": true } """;
        const string Saturday = """ "2026-05-09": { "name": "x", "isOffDay": false } """;
        const string Half = """ "2026-05-10": { "name": "x", "isOffDay": false, "officeHours": { "endOfDay": "12:00" } } """;
        Assert.Equal(
            [new DayRun(new(2026, 5, 8), new(2026, 5, 8)), new DayRun(new(2026, 5, 11), new(2026, 5, 11))], With($"{Friday}, {Monday}").ChangesFrom(With(""))!);
        Assert.Equal([new DayRun(new(2026, 5, 8), new(2026, 5, 11))], With("").ChangesFrom(With($"{Friday}, {Saturday}, {Half}, {Monday}"))!);
        Assert.Equal([new DayRun(new(2027, 1, 1), new(2027, 12, 31))], With("", """ "2027": { "status": "official" } """).ChangesFrom(With(""))!);
        Assert.Null(ChinaCalendar.Read("""{ "version": "1", "published": {}, "days": {}, "officeHours": { "endOfDay": "17:30" } }""").ChangesFrom(With("")));
    }

    [Theory]
    [InlineData("""{ "cutoff": "12:00", "endOfDay": "12:00" }""", "2026-02-16 11:59", "2026-02-16", "2026-02-16 12:00")]
    [InlineData("""{ "cutoff": "12:00", "endOfDay": "12:00" }""", "2026-02-16 12:00", "2026-02-17", "2026-02-16 12:00")]
    [InlineData("""{ "endOfDay": "12:00" }""", "2026-02-16 17:30", "2026-02-17", "2026-02-16 12:00")]
    [InlineData("""{ "endOfDay": "12:00" }""", "2026-02-16 17:29", "2026-02-16", "2026-02-16 12:00")]
    [InlineData("""{ "cutoff": null, "endOfDay": "24:00" }""", "2026-02-16 23:59", "2026-02-16", "2026-02-17 00:00")]
    public void A_half_day_has_hours_of_its_own_and_the_usual_ones_where_it_says_nothing(string own, string act, string counts, string ends)
    {
        var calendar = ChinaCalendar.Read($$"""
            { "version": "1", "published": { "2026": { "status": "official" } }, "officeHours": { "cutoff": "17:30", "endOfDay": "17:30" },
              "days": { "2026-02-16": { "name": "除夕前", "isOffDay": false, "officeHours": {{own}} } } }
            """);
        Assert.Equal(DateOnly.Parse(counts, CultureInfo.InvariantCulture), calendar.CountsOn(At(act)));
        Assert.Equal(At(ends), calendar.OverdueAt(new DateOnly(2026, 2, 16)));
        Assert.Equal(At("2026-02-18 17:30"), calendar.OverdueAt(new DateOnly(2026, 2, 18)));
        Assert.Equal(new DateOnly(2026, 2, 16), calendar.AddWorkingDays(new DateOnly(2026, 2, 13), 1));
    }

    [Theory]
    [InlineData("""{ "name": "春节", "isOffDay": true, "officeHours": { "endOfDay": "12:00" } }""", "calendar-hours")]
    [InlineData("""{ "name": "除夕前", "isOffDay": false, "officeHours": { "endOfDay": "noon" } }""", "calendar-hours")]
    [InlineData("""{ "name": "除夕前", "isOffDay": false, "officehours": { "endOfDay": "12:00" } }""", "unknown-member")]
    public void Hours_of_a_day_that_are_none_are_refused(string day, string code)
    {
        var result = WorkingDayCalendar.Read($$"""{ "version": "1", "published": {}, "days": { "2026-02-16": {{day}} } }""", "cn.json");
        Assert.Null(result.Calendar);
        Assert.Equal(code, Assert.Single(result.Problems).Code);
    }

    /// <summary>What the product says otherwise than the clerk; null when they agree.</summary>
    private static string? Difference(LawCalendar law, WorkingDayCalendar product, DateTimeOffset act, int days, int before, int later)
    {
        var start = law.CountsOn(act);
        var due = law.Due(start, days);
        var today = start.AddDays(later);
        var reminder = law.Reminder(due, before);
        var started = act < reminder ? reminder : act;
        var problem = First(
            ("counts on", start, product.CountsOn(act)),
            ("is due", due, product.AddWorkingDays(start, days)),
            ("has passed", law.Ends(due), product.OverdueAt(due)),
            ($"is reminded of {before} working days before", started, Deadlines.ReminderAt(due, before, act, product)),
            ($"leaves on {today:yyyy-MM-dd}", law.Between(today, due), Deadlines.RemainingOn(today, due, product)),
            ("is provisional", law.IsProvisional(start, due), product.IsProvisional(start, due)));
        return problem is null ? null : $"done {act:O}, {days} working days: {problem}; calendar: {law.Tell(start, due)}";
    }

    private static string? Difference(DateOnly start, int days, int calendar, IReadOnlyList<ClockAct> acts)
    {
        var (law, product) = Calendars.Value[calendar];
        var (clerk, clock, today) = (new ClockLedger(days, start), NamedClock.Start("review", days, start), start);
        foreach (var act in acts)
        {
            today = today.AddDays(act.After);
            switch (act.Move)
            {
                case Move.Suspend:
                    clerk.Suspend(today, law);
                    clock = clock.Suspend(today, product);
                    break;
                case Move.Resume:
                    clerk.Resume(today);
                    clock = clock.Resume(today);
                    break;
                case Move.Restart:
                    clerk.Restart(today);
                    clock = clock.Restart(today);
                    break;
                case Move.Extend:
                    clerk.Extend(act.Days);
                    clock = clock.Extend(act.Days);
                    break;
                case Move.WorkIsDone:
                    clerk.WorkIsDone(today);
                    clock = clock.Stop(today);
                    break;
                case Move.Import:
                    (law, product) = Calendars.Value[act.Calendar];
                    break;
            }

            var due = clerk.Due(law);
            if (First(
                ("it is due", due, clock.Due(product)),
                ("it has used", clerk.UsedOn(today, law), clock.UsedOn(today, product)),
                ("it is provisional", due is { } last && law.IsProvisional(clerk.Since!.Value, last), clock.IsProvisional(product))) is { } problem)
            {
                return $"on {today:yyyy-MM-dd} {problem}; calendar: {law.Tell(start, due ?? today)}";
            }
        }

        return null;
    }

    private static string? First(params ReadOnlySpan<(string What, object? Law, object? Product)> answers)
    {
        foreach (var (question, law, product) in answers)
        {
            if (!Equals(law, product))
            {
                return $"{question} {Text(law)} by law and {Text(product)} by the product";
            }
        }

        return null;
    }

    private static string Text(object? answer) => answer switch
    {
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.ToString("O", CultureInfo.InvariantCulture),
        _ => $"{answer ?? "never"}",
    };

    private static DateTimeOffset ActIn(Random random) =>
        new DateTimeOffset(2020, 12, 31, 16, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(6 * 365 * 1440)).ToOffset(TimeSpan.FromHours(random.Next(-11, 13)));

    private static DateTimeOffset At(string shanghai) => new(DateTime.ParseExact(shanghai, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    private enum Move
    {
        Suspend,
        Resume,
        Restart,
        Extend,
        WorkIsDone,
        Import,
    }

    private sealed record ClockAct(Move Move, int After, int Days, int Calendar)
    {
        public override string ToString() => Move switch
        {
            Move.Extend => $"{After} days later {Days} working days more",
            Move.Import => $"{After} days later calendar {Calendar} is imported",
            _ => $"{After} days later {Move}",
        };
    }
}
