using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Cases;

public sealed class StatisticsTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    [Fact]
    public async Task An_application_returned_twice_and_tested_late_by_the_vendors_fault_is_told_so()
    {
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path });
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var number = await Platform.SubmitAsync(vendor);
        foreach (var round in new[] { 1, 2 })
        {
            await CompleteAsync(officer, number, "review", "Returned", new()
            {
                ["defects"] = new JsonArray(new JsonObject { ["item"] = "授权书", ["clause"] = "161号 二（四）材料清单", ["problem"] = "没有加盖公章", ["expected"] = "加盖公章" }),
                ["newPointReason"] = round == 1 ? null : "仍未加盖",
            });
            await CompleteAsync(vendor, number, "correct", "Resubmitted", new() { ["remedies"] = new JsonArray(new JsonObject { ["item"] = "授权书", ["explanation"] = "已加盖" }) });
        }

        await CompleteAsync(officer, number, "review", "Approved", []);
        await stage.WaitUntilAsync("2022-10-13T09:00", CancellationToken.None);
        var unanswered = Assert.Single((await ReportAsync(officer)).Authorities);
        Assert.Equal(new WarningCount(Authority: 1, Applicant: 0, Nobody: 0, Unanswered: 1, Supervised: 0), unanswered.Warnings);

        var warning = Assert.Single((await Platform.CaseAsync(officer, number)).Tasks, task => task.Line is { Open: true, Kind: TaskKind.Warning });
        using var answered = await Platform.CompleteAsync(officer, warning, "Answered", new() { ["cause"] = "企业未响应", ["account"] = "没有收到报文。" });
        Assert.True(answered.StatusCode == HttpStatusCode.OK, await answered.Content.ReadAsStringAsync());
        await stage.SettleAsync(CancellationToken.None);

        // The province sees the figures of the city, another city has none of them.
        var seen = await ReportAsync(await stage.SignInAsync("gd-officer", CancellationToken.None));
        var shenzhen = Assert.Single(seen.Authorities);
        Assert.Equal(
            new AuthorityCount(DemoPeople.Shenzhen, "深圳市住房和建设局", InTime: 3, Late: 0, Open: 1, OpenLate: 1, new WarningCount(Authority: 0, Applicant: 1, Nobody: 0, Unanswered: 0, Supervised: 0)),
            shenzhen);
        var returned = Assert.Single(seen.Outcomes, outcome => outcome.Outcome == "Returned");
        Assert.Equal(("review", "不符合要求，退回补正", 2, 1, 1), (returned.ActivityId, returned.Label, returned.Times, returned.Cases, returned.Again));
        Assert.Equal((3, 0), Assert.Single(seen.Steps, step => step.ActivityId == "review") is var review ? (review.InTime, review.Late) : default);
        Assert.Empty((await ReportAsync(await stage.SignInAsync("gz-officer", CancellationToken.None))).Authorities);
        Assert.Empty((await ReportAsync(officer, "?from=2022-11-01&to=2022-11-30")).Authorities);

        foreach (var (reader, status) in new[] { ("jia", HttpStatusCode.Forbidden), ("gd-operator", HttpStatusCode.Forbidden), ("gd-officer", HttpStatusCode.OK) })
        {
            using var page = await (await stage.SignInAsync(reader, CancellationToken.None)).ReadAsync("/statistics", CancellationToken.None);
            Assert.Equal((reader, status), (reader, page.StatusCode));
        }

        using var wrong = await officer.ReadAsync("/api/statistics?from=2022-12-01&to=2022-11-01", CancellationToken.None);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        using var clumsy = await officer.ReadAsync("/statistics?from=01.12.2022", CancellationToken.None);
        Assert.Contains("2022-10-31 的样子", await clumsy.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static Task<StatisticsReport> ReportAsync(PlatformClient reader, string query = "") =>
        reader.GetAsync<StatisticsReport>($"/api/statistics{query}", CancellationToken.None);

    private static async Task CompleteAsync(PlatformClient person, string number, string activity, string outcome, JsonObject values)
    {
        using var done = await Platform.CompleteAsync(person, await Platform.OpenTaskAsync(person, number, activity), outcome, values);
        Assert.True(done.StatusCode == HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
    }

    public void Dispose() => _data.Dispose();
}
