using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Workflows.Calendars;

namespace WorkflowEngine.Workflows.Tests.Calendars;

public sealed class NamedClockTests
{
    private static readonly WorkingDayCalendar Calendar = ChinaCalendar.Shipped;

    [Fact]
    public void A_correction_suspends_the_review_and_leaves_what_was_not_used()
    {
        var review = NamedClock.Start("review", 3, Date("2023-03-04"));
        Assert.Equal(Date("2023-03-08"), review.Due(Calendar));

        var suspended = review.Suspend(Date("2023-03-07"), Calendar);
        Assert.Equal(2, suspended.Used);
        Assert.Equal(1, suspended.Remaining);
        Assert.Null(suspended.Due(Calendar));

        Assert.Equal(Date("2023-03-14"), suspended.Resume(Date("2023-03-13")).Due(Calendar));
        Assert.Equal(Date("2023-03-16"), suspended.Restart(Date("2023-03-13")).Due(Calendar));
    }

    [Fact]
    public void A_used_up_clock_leaves_one_working_day_when_it_resumes()
    {
        var suspended = NamedClock.Start("review", 3, Date("2024-04-28")).Suspend(Date("2024-05-07"), Calendar);
        Assert.Equal(Date("2024-05-09"), suspended.Resume(Date("2024-05-08")).Due(Calendar));
    }

    [Fact]
    public void A_stopped_clock_counts_no_further_and_goes_on_as_if_it_had_never_stopped()
    {
        var stopped = NamedClock.Start("test", 5, Date("2022-10-09")).Stop(Date("2022-10-13"));
        Assert.Equal(4, stopped.UsedOn(Date("2022-12-01"), Calendar));
        Assert.Equal(Date("2022-10-14"), stopped.Resume(Date("2022-10-13")).Due(Calendar));
    }

    [Fact]
    public void Over_several_rounds_the_days_used_add_up_and_never_go_back()
    {
        var rounds = Gen.Choose(0, 6).Two().ListOf().Where(r => r.Count is > 0 and < 6).ToArbitrary();
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 1500).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), rounds, (offset, allotted, steps) =>
        {
            var day = new DateOnly(2021, 6, 1).AddDays(offset);
            var clock = NamedClock.Start("review", allotted, day);
            var used = 0;
            foreach (var (runs, rests) in steps)
            {
                var since = day;
                day = day.AddDays(runs);
                clock = clock.Suspend(day, Calendar);
                used += Calendar.WorkingDaysBetween(since, day);
                if (clock.Used != used)
                {
                    return false;
                }

                day = day.AddDays(rests);
                clock = clock.Resume(day);
                if (clock.Due(Calendar) != Calendar.AddWorkingDays(day, Math.Max(used == 0 ? allotted : 1, allotted - used)))
                {
                    return false;
                }
            }

            return true;
        }));
    }

    [Theory]
    [InlineData("2022-10-10", 1, "2022-10-09T09:00:00+08:00")]
    [InlineData("2024-05-15", 2, "2024-05-13T09:00:00+08:00")]
    [InlineData("2022-10-14", 1, "2022-10-13T09:00:00+08:00")]
    public void A_reminder_comes_at_nine_on_the_working_day_before(string due, int daysBefore, string at) =>
        Assert.Equal(
            DateTimeOffset.Parse(at, CultureInfo.InvariantCulture),
            Deadlines.ReminderAt(Date(due), daysBefore, Deadlines.StartOf(new DateOnly(2021, 1, 1)), Calendar));

    [Fact]
    public void A_reminder_whose_moment_has_passed_comes_at_once()
    {
        var resumed = new DateTimeOffset(2023, 3, 13, 9, 10, 0, TimeSpan.FromHours(8));
        Assert.Equal(resumed, Deadlines.ReminderAt(Date("2023-03-14"), 1, resumed, Calendar));
    }

    [Fact]
    public void A_limit_is_overdue_at_midnight_after_its_last_day_and_dates_are_those_of_shanghai()
    {
        Assert.Equal(new DateTimeOffset(2022, 10, 11, 0, 0, 0, TimeSpan.FromHours(8)), ChinaCalendar.Shipped.OverdueAt(Date("2022-10-10")));
        Assert.Equal(Date("2023-06-20"), Deadlines.DateOf(new DateTimeOffset(2023, 6, 20, 15, 58, 30, TimeSpan.Zero)));
        Assert.Equal(Date("2023-06-21"), Deadlines.DateOf(new DateTimeOffset(2023, 6, 20, 16, 0, 0, TimeSpan.Zero)));
    }

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
