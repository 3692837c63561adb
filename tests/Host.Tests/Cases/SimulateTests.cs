using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>What really happened on a host, read from its database while it runs, is done again.</summary>
[Collection(PlatformCollection.Name)]
public sealed class SimulateTests(Platform platform) : IDisposable
{
    private readonly TemporaryFolder _draft = new();
    private readonly TemporaryFolder _files = new();

    [Fact]
    public async Task On_what_is_published_everything_happens_again_as_it_did_and_a_draft_is_compared_with_it()
    {
        var vendor = await platform.AsAsync("jia");
        var officer = await platform.AsAsync("sz-officer");
        var number = await platform.SubmitAsync();
        await CompleteAsync(officer, number, "review", "Returned", new()
        {
            ["defects"] = new JsonArray(new JsonObject { ["item"] = "授权书", ["clause"] = "161号 二（四）材料清单", ["problem"] = "授权书上的王晓不是本单位职工", ["expected"] = "加盖公章" }),
        });
        await CompleteAsync(vendor, number, "correct", "Resubmitted", new() { ["remedies"] = new JsonArray(new JsonObject { ["item"] = "授权书", ["explanation"] = "已加盖" }) });
        await CompleteAsync(officer, number, "review", "Approved", new() { ["opinion"] = "王晓补正的材料齐全" });
        await platform.Stage.SettleAsync(CancellationToken.None);
        var really = await Platform.CaseAsync(officer, number);

        // Cases of the other tests on this host are replayed along and are not counted.
        var file = Path.Combine(_files.Path, "past.jsonl");
        ContentCopy.Of(HostSettings.ContentRootFrom(null), _draft.Path, withStories: true);
        await ContentCopy.ChangeAsync(Path.Combine(_draft.Path, "workflows/guangdong/vendor-integration.json"), ContentCopy.Limit(3), ContentCopy.Limit(2));
        var (exit, output, errors) = await HostProcess.RunAsync(
            "", "simulate", "--draft", _draft.Path, "--data", platform.DataFolder, "--from", "2022-09-30", "--flow", Platform.Flow, "--write", file, "--json");

        Assert.True(exit == 0, errors);
        var total = JsonNode.Parse(output)!["total"]!;
        Assert.Contains(total["dueMoves"]!.AsArray(), move => (int)move!["workingDays"]! == -1);
        Assert.DoesNotContain(total["notReplayed"]!.AsArray(), reason => reason!["examples"]!.AsArray().Any(one => one!.ToString() == number));

        var written = await File.ReadAllTextAsync(file);
        Assert.Contains(number, written, StringComparison.Ordinal);
        Assert.All((string[])["王晓", "13800138000", "jia@example.com", "businessLicence.pdf"], personal => Assert.DoesNotContain(personal, written, StringComparison.Ordinal));

        var shipped = ContentReader.Read(ContentFolder.ReadFiles(HostSettings.ContentRootFrom(null)).Files!, memory: TestSettings.New.ContentMemory).Set!;
        var period = PastCaseFile.Read(file, await File.ReadAllLinesAsync(file), shipped).Period!;
        var library = new Library(shipped);
        var again = ReplayComparison.Of(period with { Cases = [.. period.Cases.Select(past => past with { IsContext = past.Number != number })] }, library, library);

        Assert.True(again.IsSame, again.ToString());
        Assert.Empty(again.Total.NotReplayed);
        Assert.Equal(
            really.Notices.CountBy(notice => notice.Template).OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => (count.Key, count.Value)),
            again.Total.Notices.Select(notice => (notice.Template, notice.Count.Published)));
        Assert.Equal(
            really.Tasks.Where(task => task.Line.Kind != Workflows.Execution.TaskKind.Option).CountBy(task => task.ActivityId).OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => (count.Key, count.Value)),
            again.Steps.OrderBy(step => step.Step, StringComparer.Ordinal).Select(step => (step.Step, step.Tasks.Published)));
        Assert.Equal("深圳市住房和建设局", Assert.Single(again.Cities).Name);
    }

    [Fact]
    public async Task A_database_is_read_and_not_written_and_one_that_is_not_there_is_not_made()
    {
        using var nothing = new TemporaryFolder();
        var (exit, _, errors) = await HostProcess.RunAsync("", "simulate", "--draft", HostSettings.ContentRootFrom(null), "--data", nothing.Path);

        Assert.Equal(2, exit);
        Assert.Contains("没有数据库", errors, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(nothing.Path));
    }

    public void Dispose()
    {
        _draft.Dispose();
        _files.Dispose();
    }

    private static async Task CompleteAsync(PlatformClient person, string number, string activity, string outcome, JsonObject values)
    {
        using var done = await Platform.CompleteAsync(person, await Platform.OpenTaskAsync(person, number, activity), outcome, values);
        Assert.True(done.StatusCode == HttpStatusCode.OK, await done.Content.ReadAsStringAsync());
    }
}
