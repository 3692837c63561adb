using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>What an officer finds about a complaint is the authority's until its leader has signed it; then the complainant reads the whole of it.</summary>
[Collection(PlatformCollection.Name)]
public sealed class InternalUntilSignedTests(Platform platform)
{
    private const string Draft = "DRAFT-3F21";
    private const string Doubt = "DOUBT-8C07";
    private const string Finding = "FINDING-51BE";
    private const string Consent = "CONSENT-D2A4";

    [Fact]
    public async Task A_complainant_reads_the_finding_when_it_is_signed_and_nothing_of_it_before()
    {
        var complainant = await platform.AsAsync("bing");
        var officer = await platform.AsAsync("sz-officer");
        var leader = await platform.AsAsync("sz-leader");
        var province = await platform.AsAsync("gd-officer");
        var number = (await complainant.PostAsync<OpenedCase>("/api/cases", new NewCase("guangdong-complaint", DemoPeople.Shenzhen, Complaint()), CancellationToken.None)).Number;
        await DoAsync(officer, number, "acknowledge", "Accepted", []);
        var note = await officer.UploadAsync("走访记录.pdf", Platform.Pdf, CancellationToken.None);
        var draft = await DoAsync(officer, number, "verify", "Unfounded", new JsonObject { ["account"] = Draft, ["evidence"] = new JsonArray(note.DeepClone()) });
        await AssertKnowsNothingAsync(complainant, number, draft);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(complainant, $"/api/attachments/{note["id"]}"));

        foreach (var inside in new[] { officer, leader, province })
        {
            var seen = Assert.Single((await Platform.CaseAsync(inside, number)).Tasks, task => task.Line.Id == draft);
            Assert.Equal(("Unfounded", Draft, false), (seen.Outcome, seen.Values!["account"]!.GetValue<string>(), seen.IsWithheld));
            Assert.Contains(Draft, await TextAsync(inside, $"/cases/{number}"), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(inside, $"/api/attachments/{note["id"]}"));
        }

        var sentBack = await DoAsync(leader, number, "sign", "SentBack", new JsonObject { ["opinion"] = Doubt });
        await AssertKnowsNothingAsync(complainant, number, draft, sentBack);
        var proof = await officer.UploadAsync("收费凭证.pdf", Platform.Pdf, CancellationToken.None);
        var found = await DoAsync(officer, number, "verify", "Unfounded", new JsonObject { ["account"] = Finding, ["evidence"] = new JsonArray(proof.DeepClone()) });
        await AssertKnowsNothingAsync(complainant, number, draft, sentBack, found);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(complainant, $"/api/attachments/{proof["id"]}"));

        var signed = await DoAsync(leader, number, "sign", "Signed", new JsonObject { ["opinion"] = Consent });

        var view = await Platform.CaseAsync(complainant, number);
        var told = Assert.Single(view.Tasks, task => task.Line.Id == found);
        Assert.Equal(("Unfounded", Finding), (told.Outcome, told.Values!["account"]!.GetValue<string>()));
        Assert.Equal(("Signed", Consent), (view.Tasks.Single(task => task.Line.Id == signed).Outcome, view.Tasks.Single(task => task.Line.Id == signed).Values!["opinion"]!.GetValue<string>()));
        Assert.Contains(view.Timeline, entry => entry is { ActivityId: "verify", Event: "Completed" } && entry.Outcomes!.SequenceEqual(["Unfounded"]));
        Assert.Contains(view.Submissions, paper => paper.Values.ToJsonString().Contains(Finding, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(complainant, $"/api/attachments/{proof["id"]}"));
        foreach (var page in new[] { $"/cases/{number}", $"/tasks/{found}", $"/api/tasks/{found}" })
        {
            Assert.Contains(Finding, await TextAsync(complainant, page), StringComparison.Ordinal);
        }

        // What the leader sent back was never decided.
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(complainant, $"/api/attachments/{note["id"]}"));
        await AssertSilentAsync(complainant, [Draft, Doubt], number, draft, sentBack);
    }

    [Fact]
    public async Task What_was_drafted_before_the_complaint_was_withdrawn_is_nobody_elses()
    {
        var complainant = await platform.AsAsync("bing");
        var officer = await platform.AsAsync("sz-officer");
        var number = (await complainant.PostAsync<OpenedCase>("/api/cases", new NewCase("guangdong-complaint", DemoPeople.Shenzhen, Complaint()), CancellationToken.None)).Number;
        await DoAsync(officer, number, "acknowledge", "Accepted", []);
        var draft = await DoAsync(officer, number, "verify", "Unfounded", new JsonObject { ["account"] = Draft });
        var option = (await Platform.CaseAsync(complainant, number)).Tasks.Single(task => task.ActivityId == "withdraw-complaint");

        using var withdrawn = await Platform.CompleteAsync(complainant, option, "Withdrawn", new JsonObject { ["confirm"] = true });

        Assert.Equal("撤回", (await Platform.CaseAsync(complainant, number)).Line.Outcome);
        await AssertKnowsNothingAsync(complainant, number, draft);
        Assert.Contains(Draft, await TextAsync(officer, $"/cases/{number}"), StringComparison.Ordinal);
    }

    /// <summary>The complainant sees that a step was done, and neither how nor what was written.</summary>
    private static async Task AssertKnowsNothingAsync(PlatformClient reader, string number, params string[] tasks)
    {
        var view = await Platform.CaseAsync(reader, number);
        foreach (var task in tasks.Select(id => view.Tasks.Single(task => task.Line.Id == id)))
        {
            Assert.Equal((true, null, null, null), (task.IsWithheld, task.Outcome, task.Values, task.Data));
            Assert.NotNull(task.ClosedAt);
        }

        Assert.DoesNotContain(view.Timeline, entry => entry is { ActivityId: "verify" or "sign", Event: "Completed" });
        Assert.DoesNotContain(view.Submissions, paper => paper.FormId is "complaint-verification" or "complaint-signature");
        Assert.All(view.Tasks.Where(task => task is { ActivityId: "verify" or "sign", Line.Open: true }), task => Assert.Null(task.Data));
        await AssertSilentAsync(reader, [Draft, Doubt, Finding, Consent], number, tasks);
        Assert.Contains("内部环节，内容未公开", await TextAsync(reader, $"/cases/{number}"), StringComparison.Ordinal);
    }

    private static async Task AssertSilentAsync(PlatformClient reader, string[] words, string number, params string[] tasks)
    {
        string[] paths = [$"/api/cases/{number}", $"/cases/{number}", "/api/cases", "/api/notices", "/api/tasks", "/api/tasks?open=false", "/tasks?view=closed", .. tasks.SelectMany(id => new[] { $"/api/tasks/{id}", $"/tasks/{id}" })];
        foreach (var path in paths)
        {
            var text = await TextAsync(reader, path);
            Assert.All(words, word => Assert.False(text.Contains(word, StringComparison.Ordinal), $"{path} says {word}"));
        }
    }

    private static async Task<string> DoAsync(PlatformClient person, string number, string step, string outcome, JsonObject values)
    {
        var task = await Platform.OpenTaskAsync(person, number, step);
        using var done = await Platform.CompleteAsync(person, task, outcome, values);
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
        return task.Line.Id;
    }

    private static async Task<string> TextAsync(PlatformClient reader, string path)
    {
        using var answer = await reader.ReadAsync(path, CancellationToken.None);
        var text = await answer.Content.ReadAsStringAsync();
        return path.StartsWith("/api/", StringComparison.Ordinal) ? text : WebUtility.HtmlDecode(text);
    }

    private static async Task<HttpStatusCode> StatusAsync(PlatformClient reader, string path)
    {
        using var answer = await reader.ReadAsync(path, CancellationToken.None);
        return answer.StatusCode;
    }

    private static JsonObject Complaint() => new()
    {
        ["grounds"] = new JsonArray(new JsonObject { ["ground"] = "乱收费" }),
        ["project"] = "某安置房工程",
        ["account"] = "要求交纳接入费用。",
        ["confidential"] = "no",
        ["contactName"] = "赵工",
        ["contactPhone"] = "13800138001",
        ["truth"] = true,
    };
}
