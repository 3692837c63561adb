using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Migration;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Migration;

/// <summary>Policy staff publish a version of the shipped procedure in which a step has another name and a shorter limit, and move the running cases while officers work.</summary>
public sealed class CaseMoverTests : IDisposable
{
    private const string FlowFile = "workflows/guangdong/vendor-integration.json";
    private const int InReview = 3;
    private const int InTest = 3;

    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _content = new();

    [Fact]
    public async Task Running_cases_go_over_beside_officers_who_work_and_nothing_is_lost_doubled_or_late()
    {
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _content.Path);
        await using var stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });
        var officer = await stage.SignInAsync("sz-officer", CancellationToken.None);
        var staff = await stage.SignInAsync("gd-policy", CancellationToken.None);
        var cases = await FileAsync(stage, officer);
        var before = (await staff.GetAsync<RunningVersions>($"/api/migrations/{Platform.Flow}", CancellationToken.None)).Current;
        await stage.PublishAsync(files => new Dictionary<string, string> { [FlowFile] = Edited(files[FlowFile]) }, CancellationToken.None);

        // The program finds the step again and waits for somebody's yes.
        var plan = await staff.PostAsync<JsonObject>("/api/migrations/plan", new WantedPlan(Platform.Flow, before), CancellationToken.None);
        Assert.Contains(plan["activities"]!.AsArray(), move => (string?)move!["to"] == "joint-test" && !(bool)move["confirmed"]!);
        using (var tooSoon = await staff.SendAsync("/api/migrations/apply", new MigrationOrder(plan, "通知修订"), CancellationToken.None))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, tooSoon.StatusCode);
        }

        foreach (var move in plan["activities"]!.AsArray()) move!["confirmed"] = true;
        var rehearsed = await staff.PostAsync<MigrationReport>("/api/migrations/rehearse", new MigrationOrder(plan, null), CancellationToken.None);
        Assert.Equal((InReview + InTest, 0), (rehearsed.Moved, rehearsed.Stayed));
        Assert.Equal(InTest, rehearsed.Standing["接口测试联调（joint-test）"]);
        using (var officers = await officer.SendAsync("/api/migrations/apply", new MigrationOrder(plan, "x"), CancellationToken.None))
        {
            Assert.Equal(HttpStatusCode.Forbidden, officers.StatusCode);
        }

        // While the cases go over, every review is decided.
        var moving = staff.PostAsync<MigrationReport>("/api/migrations/apply", new MigrationOrder(plan, "粤建市〔2022〕161号修订"), CancellationToken.None);
        var deciding = cases.Take(InReview).Select(async number =>
        {
            using var done = await Platform.CompleteAsync(officer, Assert.Single((await Platform.CaseAsync(officer, number)).Tasks, task => task.Line.Open && task.ActivityId == "review"), "Approved");
            Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        });
        await Task.WhenAll([moving, .. deciding]);
        Assert.Equal((InReview + InTest, 0), ((await moving).Moved, (await moving).Stayed));
        var again = await staff.PostAsync<MigrationReport>("/api/migrations/apply", new MigrationOrder(plan, "再次"), CancellationToken.None);
        Assert.Equal((0, 0), (again.Moved, again.Stayed));

        foreach (var number in cases)
        {
            var task = await Platform.OpenTaskAsync(officer, number, "joint-test");
            Assert.Equal(("440300", "officer"), (task.Line.OrganisationId, task.Line.Role));
            Assert.Single((await Platform.CaseAsync(officer, number)).Timeline, entry => entry.Event == "Migrated");
        }

        // What was open keeps its five days; the timers that were armed by the old version fire at the old instants, once.
        var old = cases[InReview..];
        var due = (await Platform.OpenTaskAsync(officer, old[0], "joint-test")).Line.DueDate!.Value;
        Assert.Equal(new DateOnly(2022, 10, 12), due);
        await stage.WaitUntilAsync("2022-10-12T23:59", CancellationToken.None);
        Assert.Empty((await Platform.CaseAsync(officer, old[0])).Warnings);
        await stage.WaitUntilAsync("2022-10-13T00:00", CancellationToken.None);
        foreach (var number in old)
        {
            Assert.Single((await Platform.CaseAsync(officer, number)).Warnings);
        }

        var defect = new JsonObject { ["clause"] = "V1.3 报文格式", ["target"] = "闸机", ["observed"] = "缺少签名", ["expected"] = "每个报文有签名" };
        using var postponed = await Platform.CompleteAsync(
            officer, await Platform.OpenTaskAsync(officer, old[0], "joint-test"), "Postponed", new JsonObject { ["defects"] = new JsonArray(defect) });
        Assert.True(postponed.StatusCode == HttpStatusCode.OK, await postponed.Content.ReadAsStringAsync());
        Assert.Equal("联调延期", (await Platform.CaseAsync(officer, old[0])).Line.Outcome);
    }

    public void Dispose()
    {
        _data.Dispose();
        _content.Dispose();
    }

    /// <summary>The first ones wait in review, the others in the test.</summary>
    private static async Task<List<string>> FileAsync(Stage stage, PlatformClient officer)
    {
        var vendor = await stage.SignInAsync("jia", CancellationToken.None);
        var cases = new List<string>();
        for (var i = 0; i < InReview + InTest; i++)
        {
            cases.Add(await Platform.SubmitAsync(vendor));
            if (i >= InReview)
            {
                using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, cases[i], "review"), "Approved");
            }
        }

        return cases;
    }

    private static string Edited(string flow) => flow
        .Replace("\"id\": \"interface-test\"", "\"id\": \"joint-test\"", StringComparison.Ordinal)
        .Replace("\"activity\": \"interface-test\"", "\"activity\": \"joint-test\"", StringComparison.Ordinal)
        .Replace("\"value\": \"test\" } },\n        \"clockMode\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"restart\" } },\n        \"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": 5 } }",
            "\"value\": \"test\" } },\n        \"clockMode\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"restart\" } },\n        \"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": 4 } }", StringComparison.Ordinal);
}
