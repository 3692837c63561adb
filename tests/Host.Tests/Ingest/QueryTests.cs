using System.Text.Json.Nodes;
using WorkflowEngine.Host.Ingest;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>A key asks for what it told: page by page, never anything of another key, and nothing of a person that is not encrypted or covered.</summary>
[Collection(IngestCollection.Name)]
public sealed class QueryTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_key_finds_its_project_participants_teams_and_workers_and_another_key_finds_nothing()
    {
        var (site, team) = await StaffedAsync(await world.NewKeyAsync());
        var stranger = await world.NewKeyAsync();

        var project = Assert.Single(await RowsAsync(site.Key, "Project.Query", new JsonObject { ["contractorCorpCode"] = Site.Contractor }))!;
        Assert.Equal(site.ProjectCode, project["projectCode"]!.GetValue<string>());
        Assert.Equal(site.Key.Client.Encrypt(IngestStage.Permit), project["builderLicenses"]![0]!["builderLicenseNum"]!.GetValue<string>());
        Assert.Single(await RowsAsync(site.Key, "Corp.Query", new JsonObject { ["corpCode"] = Site.Contractor }));
        Assert.Equal(team, Assert.Single(await RowsAsync(site.Key, "Team.Query", OfSite(site, ("teamSysNo", team))))!["teamSysNo"]!.GetValue<long>());
        Assert.Empty(await RowsAsync(site.Key, "Team.Query", OfSite(site, ("teamSysNo", team + 1))));
        Assert.Single(await RowsAsync(site.Key, "WorkerEntryExit.Query", OfSite(site)));

        var worker = Assert.Single(await RowsAsync(site.Key, "ProjectWorker.Query", OfSite(site, ("teamSysNo", team))))!;
        Assert.Equal(site.Key.Client.Encrypt(TestMessages.Worker), worker["idCardNumber"]!.GetValue<string>());
        Assert.Equal(("张***", "1***", "2022-10-08"), (worker["workerName"]!.GetValue<string>(), worker["cellPhone"]!.GetValue<string>(), worker["entryTime"]!.GetValue<string>()));
        Assert.DoesNotContain("13800138000", worker.ToJsonString(), StringComparison.Ordinal);

        foreach (var (method, question) in new[] { ("Project.Query", new JsonObject { ["projectCode"] = site.ProjectCode }), ("ProjectWorker.Query", OfSite(site)), ("Team.Query", OfSite(site)) })
        {
            Assert.Empty(await RowsAsync(stranger, method, question));
        }
    }

    [Fact]
    public async Task Attendance_of_a_day_comes_in_pages_of_fifty_at_most()
    {
        var (site, team) = await StaffedAsync(await world.NewKeyAsync());
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-09 08:00:00", "2022-10-09 18:00:00", "2022-10-10 08:00:00"));
        await site.StoredAsync(TestMessages.AttendanceAdd, site.Punches(team, "2022-10-09 12:00:00"));

        var pages = new List<(int Total, string[] Times)>();
        foreach (var page in Enumerable.Range(0, 3)) pages.Add(await PageAsync(site, "2022-10-09", page, 2));
        Assert.Equal([3, 3, 3], pages.Select(page => page.Total));
        Assert.Equal([["2022-10-09 08:00:00", "2022-10-09 18:00:00"], ["2022-10-09 12:00:00"], []], pages.Select(page => page.Times));
        Assert.Equal((1, 0), ((await PageAsync(site, "2022-10-10", 0, 50)).Total, (await PageAsync(site, "2022-10-08", 0, 50)).Total));

        var wide = await AskAsync(site.Key, "WorkerAttendance.Query", new JsonObject { ["projectCode"] = site.ProjectCode, ["date"] = "2022-10-09" }, size: 51);
        Assert.Equal("-1", wide.Code);
        Assert.Contains("[pageSize]", wide.Message, StringComparison.Ordinal);
        Assert.Contains("50", wide.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_that_encrypts_no_fields_gets_numbers_of_persons_back_covered()
    {
        var key = await world.NewKeyAsync("meizhou-1.2");
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(TestMessages.Worker), IngestWorld.Now, None);

        var worker = Assert.Single(await RowsAsync(key, "ProjectWorker.Query", new JsonObject { ["projectCode"] = TestSite.Untold.ProjectCode }))!;
        Assert.Equal("4***", worker["idCardNumber"]!.GetValue<string>());
        Assert.DoesNotContain(TestMessages.Worker, worker.ToJsonString(), StringComparison.Ordinal);
    }

    private static async Task<(Site Site, long Team)> StaffedAsync(TestKey key)
    {
        var site = await Site.OpenAsync(key);
        var team = await site.WithTeamAsync(Site.Contractor);
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Site.Contractor, team));
        await site.StoredAsync(TestMessages.EntryExitAdd, site.Entry(Site.Contractor, team, "2022-10-08"));
        return (site, team);
    }

    private static JsonObject OfSite(Site site, params (string Name, long Value)[] more)
    {
        var question = new JsonObject { ["projectCode"] = site.ProjectCode };
        foreach (var (name, value) in more) question[name] = value;
        return question;
    }

    private static async Task<(int Total, string[] Times)> PageAsync(Site site, string date, int page, int size)
    {
        var answer = await AskAsync(site.Key, "WorkerAttendance.Query", new JsonObject { ["projectCode"] = site.ProjectCode, ["date"] = date }, page, size);
        return (answer.Data!["totalCount"]!.GetValue<int>(), [.. answer.Data["rows"]!.AsArray().Select(row => row!["date"]!.GetValue<string>())]);
    }

    private static async Task<JsonArray> RowsAsync(TestKey key, string method, JsonObject question)
    {
        var answer = await AskAsync(key, method, question);
        Assert.True(answer.Data is not null, answer.Message);
        return answer.Data["rows"]!.AsArray();
    }

    private static Task<DeviceAnswer> AskAsync(TestKey key, string method, JsonObject question, int page = 0, int size = 50)
    {
        var asked = (JsonObject)question.DeepClone();
        (asked["pageIndex"], asked["pageSize"]) = (page, size);
        return key.Client.SendAsync(method, asked, IngestWorld.Now, None);
    }
}
