using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>A confidential complaint about the complainant's own application: its number would name the complainant to the unit complained of.</summary>
[Collection(PlatformCollection.Name)]
public sealed class ConfidentialComplaintTests(Platform platform)
{
    private const string Hidden = "（申请保密）";

    [Fact]
    public async Task The_unit_complained_of_reads_in_no_task_and_no_letter_which_application_it_is_about()
    {
        var vendor = await platform.AsAsync("jia");
        var officer = await platform.AsAsync("sz-officer");
        var leader = await platform.AsAsync("sz-leader");
        var support = await platform.AsAsync("sz-support");
        var application = await platform.SubmitAsync();
        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, application, "review"), "Approved");
        var number = (await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase("guangdong-complaint", DemoPeople.Shenzhen, Complaint(application)), CancellationToken.None)).Number;

        var acknowledge = await TaskAsync(officer, number, application);
        Assert.Equal((Hidden, Hidden), (acknowledge.Data!["application"]!.GetValue<string>(), acknowledge.Data["complaint"]!["caseNumber"]!.GetValue<string>()));
        Assert.Equal($"申请 {Hidden} 的密钥不可用。", acknowledge.Data["complaint"]!["account"]!.GetValue<string>());
        await DoAsync(officer, acknowledge, "Accepted", []);
        var verify = await TaskAsync(officer, number, application);
        Assert.Equal($$"""{"number":"{{Hidden}}"}""", Regex.Unescape(verify.Data!["application"]!.ToJsonString()));
        await DoAsync(officer, verify, "Upheld", new JsonObject { ["account"] = "密钥没有启用。", ["measures"] = "启用密钥。" });
        await DoAsync(leader, await TaskAsync(leader, number, application), "Signed", []);
        await DoAsync(support, await TaskAsync(support, number, application), "Reissued", new JsonObject { ["measures"] = "已启用。" });
        await platform.Stage.SettleAsync(CancellationToken.None);

        foreach (var (person, letter) in new[] { (officer, "complaint-assigned"), (leader, "rectification-order"), (support, "rectification-order") })
        {
            var received = Assert.Single(
                (await person.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, notice => notice.CaseNumber == number && notice.Template == letter);
            await AssertSilentAsync(person, application, $"/api/notices/{received.Id}", $"/notices/{received.Id}/content");
            Assert.Equal(letter == "rectification-order", (await TextAsync(person, $"/api/notices/{received.Id}")).Contains($"所涉办件：{Hidden}", StringComparison.Ordinal));
        }

        foreach (var closed in (await officer.GetAsync<Page<TaskOnList>>($"/api/tasks?open=false&search={number}", CancellationToken.None)).Items)
        {
            await AssertSilentAsync(officer, application, $"/api/tasks/{closed.Task.Id}", $"/tasks/{closed.Task.Id}");
        }

        // The rectification reached the application all the same, and the province reads everything.
        Assert.Equal(2, (await Platform.CaseAsync(vendor, application)).Credentials.Count);
        Assert.Contains(application, await TextAsync(await platform.AsAsync("gd-officer"), $"/api/cases/{number}"), StringComparison.Ordinal);
        Assert.Contains(application, await TextAsync(vendor, $"/cases/{number}"), StringComparison.Ordinal);
    }

    /// <summary>The task that is open, as its list, its page and the API show it; none of them names the application.</summary>
    private static async Task<TaskDetail> TaskAsync(PlatformClient person, string number, string application)
    {
        var line = Assert.Single((await person.GetAsync<Page<TaskOnList>>($"/api/tasks?search={number}", CancellationToken.None)).Items).Task;
        await AssertSilentAsync(person, application, $"/api/tasks?search={number}", $"/tasks?q={number}", $"/api/tasks/{line.Id}", $"/tasks/{line.Id}");
        return (await person.GetAsync<TaskWithForm>($"/api/tasks/{line.Id}", CancellationToken.None)).Task;
    }

    private static async Task DoAsync(PlatformClient person, TaskDetail task, string outcome, JsonObject values)
    {
        using var done = await Platform.CompleteAsync(person, task, outcome, values);
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
    }

    private static async Task AssertSilentAsync(PlatformClient reader, string application, params string[] paths)
    {
        foreach (var path in paths)
        {
            Assert.False((await TextAsync(reader, path)).Contains(application, StringComparison.Ordinal), $"{path} names {application}");
        }
    }

    private static async Task<string> TextAsync(PlatformClient reader, string path)
    {
        using var answer = await reader.ReadAsync(path, CancellationToken.None);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(Regex.Unescape(text.Replace("\\\"", "'", StringComparison.Ordinal)));
    }

    private static JsonObject Complaint(string application) => new()
    {
        ["grounds"] = new JsonArray(new JsonObject { ["ground"] = "测试密钥不可用" }),
        ["caseNumber"] = application,
        ["account"] = $"申请 {application} 的密钥不可用。",
        ["confidential"] = "yes",
        ["contactName"] = "王晓",
        ["contactPhone"] = "13800138000",
        ["truth"] = true,
    };
}
