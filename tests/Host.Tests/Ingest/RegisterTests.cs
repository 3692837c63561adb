using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Ingest;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>What a key told of a project is held against what it tells next: the order of calls, who is on the site, and the days that count.</summary>
[Collection(IngestCollection.Name)]
public sealed class RegisterTests(IngestWorld world)
{
    private const string Contractor = Site.Contractor;
    private const string Labour = Site.Labour;

    [Fact]
    public async Task The_order_of_calls_is_held_from_the_project_on_and_its_numbers_are_the_platforms()
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());

        Assert.Contains("X1-corp-participates", await site.RulesAsync("Team.Add", site.Team(Labour, "砌筑一班")));
        Assert.Contains("X1-corp-known", await site.RulesAsync("ProjectSubContractor.Add", site.Participant(Labour)));
        await site.StoredAsync("Corp.Upload", Site.Corp(Labour));
        await site.StoredAsync("ProjectSubContractor.Add", site.Participant(Labour));
        Assert.Contains("X1-team-of-corp", await site.RulesAsync(TestMessages.WorkerAdd, site.Worker(Labour, 1)));

        var team = long.Parse(await site.StoredAsync("Team.Add", site.Team(Labour, "砌筑一班")), CultureInfo.InvariantCulture);
        Assert.Contains("X1-team-name-unique", await site.RulesAsync("Team.Add", site.Team(Labour, "砌筑一班")));
        Assert.Contains("X1-team-of-corp", await site.RulesAsync(TestMessages.WorkerAdd, site.Worker(Contractor, team)));
        Assert.Contains("X1-worker-in-team", await site.RulesAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-10 07:58:21")));

        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Labour, team));
        await site.StoredAsync(TestMessages.EntryExitAdd, site.Entry(Labour, team, "2022-10-08"));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-10 07:58:21"));
        Assert.Equal(["X2-inside-entry-span"], await site.RulesAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-07 08:00:00")));
    }

    [Fact]
    public async Task A_day_counts_with_two_punches_four_hours_apart_also_when_one_arrives_days_later()
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());
        var team = await site.WithTeamAsync(Contractor);
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Contractor, team));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-08 08:00:00", "2022-10-08 11:59:59", "2022-10-09 12:00:00"));
        Assert.Equal((0, 2), await DaysAsync(site));

        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-09 08:00:00"));
        Assert.Equal((1, 2), await DaysAsync(site));
        // The same punch again, in a request of its own, is no second punch.
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-09 08:00:00"));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-08 12:00:00"));
        Assert.Equal((2, 2), await DaysAsync(site));

        Assert.Equal(["X4-days-not-above-attendance", "X4-wage-card-on-record"], await site.RulesAsync("Payroll.Add", site.Pay(Contractor, team, days: 3, Site.Card)));
    }

    [Fact]
    public async Task One_person_on_two_sites_within_half_an_hour_and_one_picture_of_two_persons_are_told()
    {
        var key = await world.NewKeyAsync();
        var (here, there) = (await Site.OpenAsync(key), await Site.OpenAsync(key));
        foreach (var site in new[] { here, there })
        {
            site.TeamNumber = await site.WithTeamAsync(Contractor);
            await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Contractor, site.TeamNumber));
        }

        await here.StoredAsync(TestMessages.AttendanceAdd, here.Punches(here.TeamNumber, "2022-10-10 08:00:00"));
        Assert.Equal(["X3-one-place-at-a-time"], await there.RulesAsync(TestMessages.AttendanceAdd, there.Punches(there.TeamNumber, "2022-10-10 08:20:00")));

        var stranger = there.Worker(Contractor, there.TeamNumber);
        stranger["workerList"]![0]!["idCardNumber"] = key.Client.Encrypt(Site.Stranger);
        Assert.Contains("X3-image-not-reused", await there.RulesAsync(TestMessages.WorkerAdd, stranger));
    }

    [Fact]
    public async Task A_formal_key_sends_for_the_one_project_it_was_given_out_for_and_tells_of_it_first()
    {
        var key = await world.NewFormalKeyAsync();
        var site = new Site(key);
        foreach (var (method, message) in site.OfUntoldProject()) Assert.Contains("X1-project-known", await site.RulesAsync(method, message));
        Assert.Equal(["S5-project-of-key"], await site.RulesAsync("Project.Add", site.Project("P-0", permit: "440300202209100199")));

        site = await Site.OpenAsync(key);
        Assert.Equal(["X1-one-project"], await site.RulesAsync("Project.Add", site.Project("P-0")));
        var team = await site.WithTeamAsync(Contractor);
        await site.StoredAsync("Team.Update", new JsonObject { ["teamSysNo"] = team, ["teamName"] = "木工二班" });
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Contractor, team));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-10 08:00:00"));
        foreach (var (method, message) in site.OfUntoldProject()) Assert.Contains("X1-project-known", await site.RulesAsync(method, message));
    }

    [Fact]
    public async Task A_finished_project_takes_punches_with_a_warning_until_it_is_told_to_be_under_construction_again()
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());
        var team = await site.WithTeamAsync(Contractor);
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Contractor, team));

        await site.StoredAsync("Project.PartUpdate", site.Status("004"));
        Assert.Equal(["X2-project-under-construction"], await site.RulesAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-10 08:00:00")));
        await site.StoredAsync("Project.PartUpdate", site.Status("003"));
        Assert.Equal("处理成功", await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-10 09:00:00")));
    }

    [Fact]
    public async Task The_month_of_a_key_post_counts_days_that_are_over_and_is_right_after_late_arrivals()
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());
        var team = await site.WithTeamAsync(Contractor);
        await site.StoredAsync("ProjectSubContractor.Add", site.Managed(Contractor, "009", TestMessages.Worker));
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Contractor, team, workRole: 10));
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Contractor, team, Site.Stranger));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.PunchesOf(Site.Stranger, team, "2022-09-28 08:00:00", "2022-09-29 08:00:00", "2022-09-30 08:00:00", "2022-10-10 08:00:00"));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-09-28 08:00:00", "2022-09-28 12:00:00", "2022-09-29 08:00:00"));

        var rate = Assert.Single(await RatesAsync(site, IngestWorld.Now));
        Assert.Equal(("项目经理", new DateOnly(2022, 9, 1), 3, 1, 2, 2), (rate.Post, rate.Month, rate.ConstructionDays, rate.ValidDays, rate.PunchDays, rate.AbsentInARow));
        Assert.Contains("manager-rate", Failures(rate));

        // Days later, the punches that the device had not sent.
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-09-29 12:00:01", "2022-09-30 07:00:00", "2022-09-30 19:00:00"));
        rate = Assert.Single(await RatesAsync(site, IngestWorld.Now));
        Assert.Equal((3, 3, 0, 1.0m), (rate.ConstructionDays, rate.ValidDays, rate.AbsentInARow, rate.Rate));
        Assert.Empty(Failures(rate));

        // A day counts when it is over.
        var rates = await RatesAsync(site, IngestWorld.Now.AddDays(1));
        Assert.Equal((new DateOnly(2022, 10, 1), 1, 0, 1), (rates[0].Month, rates[0].ConstructionDays, rates[0].ValidDays, rates[0].AbsentInARow));
        Assert.Equal(2, rates.Count);

        string[] Failures(MonthRate month)
        {
            var project = new FactObject(new Dictionary<string, object?> { ["status"] = "003", ["daysWithoutData"] = 0 });
            var report = world.Services.GetRequiredService<ContentReleases>().Current.RuleSets["attendance-warning"].Evaluate(
                new Dictionary<string, object?> { ["subject"] = month.Subject(), ["project"] = project }, new RuleRun { BusinessDate = new DateOnly(2022, 10, 10), Now = IngestWorld.Now });
            Assert.Null(report.Fault);
            return [.. report.Failures.Select(failure => failure.RuleName)];
        }
    }

    private async Task<IReadOnlyList<MonthRate>> RatesAsync(Site site, DateTimeOffset at)
    {
        var rates = world.Services.GetRequiredService<AttendanceRates>();
        await rates.RateAsync(at, CancellationToken.None);
        return await rates.OfKeyAsync(new Storage.Tenant("440300", "440000/440300/"), site.Key.CredentialId, 12, CancellationToken.None);
    }

    private async Task<(int Valid, int Any)> DaysAsync(Site site) => await world.Services.GetRequiredService<RegisterStore>().DaysAsync(
        site.Key.CredentialId, site.ProjectCode, TestMessages.Worker, new DateOnly(2022, 10, 1), new DateOnly(2022, 10, 31), CancellationToken.None);
}
