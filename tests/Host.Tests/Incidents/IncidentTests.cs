using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Incidents;

/// <summary>A simulated host with a procedure of which one step cannot be done until the review beside it has found something, and one whose decision cannot be read.</summary>
public sealed class FailingOffice : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly FlowFolder _content = new();
    private readonly Dictionary<string, PlatformClient> _people = [];

    public Stage Stage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _content.Write("workflows/forms/finding.json", """{ "title": "表单", "fields": [{ "name": "mark", "label": "标记", "type": "text" }] }""");
        _content.Write("workflows/marked.json", Flow(
            "marked",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "BJ" }""",
                """{ "id": "mark", "metadata": { "displayText": "登记标记" }, "type": "Elsa.Correlate", "correlationId": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.found.mark" } } }""",
                Task("review", """ "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": 5 } }, "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } }, """),
                """{ "id": "late", "type": "Gov.RaiseWarning", "level": "authority", "title": "审核超时", "form": "finding" }""",
                """{ "id": "answered", "type": "Elsa.WriteLine", "text": "answered" }""",
                Task("sign"), Task("archive"),
                """{ "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }""",
                """{ "id": "archived", "type": "Gov.CloseCase", "outcome": "已归档" }""",
            ],
            "submit > mark", "submit > review", "review.Done > archive", "archive.Done > archived", "review.Overdue > late", "late.Answered > answered", "mark > sign", "sign.Done > end"));
        _content.Write("workflows/decided.json", Flow(
            "decided",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "PD" }""",
                """{ "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found.mark == \"1\"" } } }""",
                Task("yes"), Task("no"),
                """{ "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }""",
            ],
            "submit > decide", "decide.True > yes", "decide.False > no", "yes.Done > end", "no.Done > end"));
        Stage = await Platform.OpenAsync(HostSettings.FromEnvironment() with { DataFolder = _data.Path, ContentRoot = _content.Path });
    }

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        _data.Dispose();
        _content.Dispose();
    }

    public async Task<PlatformClient> AsAsync(string userName)
    {
        if (_people.TryGetValue(userName, out var known)) return known;

        var client = await Stage.SignInAsync(userName, CancellationToken.None);
        _people.Add(userName, client);
        return client;
    }

    /// <summary>甲科技 files in Shenzhen; a step of the case fails at once.</summary>
    public async Task<string> FileAsync(string flow)
    {
        var opened = await (await AsAsync("jia")).PostAsync<OpenedCase>("/api/cases", new NewCase(flow, DemoPeople.Shenzhen, []), CancellationToken.None);
        return opened.Number;
    }

    public async Task<CaseView> CaseAsync(string number) => await Platform.CaseAsync(await AsAsync("sz-officer"), number);

    /// <summary>The case's open incident as this person sees it.</summary>
    public async Task<IncidentView?> SeenByAsync(string userName, string number) =>
        (await (await AsAsync(userName)).GetAsync<Page<IncidentView>>("/api/incidents", CancellationToken.None)).Items.SingleOrDefault(incident => incident.CaseNumber == number);

    public async Task<HttpResponseMessage> DecideAsync(
        string userName, IncidentView incident, IncidentDecision decision, string? reason = null, string? outcome = null, string? key = null) =>
        await (await AsAsync(userName)).SendAsync($"/api/incidents/{incident.Id}/resolve", new IncidentAnswer(decision, outcome, reason), CancellationToken.None, key);

    public async Task CompleteAsync(string number, string activity, JsonObject? values = null)
    {
        var officer = await AsAsync("sz-officer");
        using var done = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, activity), "Done", values);
        Assert.True(done.IsSuccessStatusCode, await done.Content.ReadAsStringAsync());
    }

    private static string Task(string id, string more = "") => $$"""
        { "id": "{{id}}", "type": "Gov.HumanTask", "title": "{{id}}", "party": "authority", "role": "officer", "form": "finding", {{more}}
          "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Done", "label": "办结" }] } } }
        """;

    private static string Flow(string id, string[] steps, params string[] edges) => $$"""
        {
          "definitionId": "{{id}}", "name": "{{id}}", "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
          "variables": [{ "id": "v-found", "name": "found", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }],
          "root": { "type": "Elsa.Flowchart", "id": "flow", "activities": [{{string.Join(",", steps)}}], "connections": [{{string.Join(",", edges.Select(Edge))}}] }
        }
        """;

    private static string Edge(string drawn)
    {
        var ends = drawn.Split(" > ");
        var source = ends[0].Split('.');
        return $$"""{ "source": { "activity": "{{source[0]}}", "port": "{{(source.Length > 1 ? source[1] : "Done")}}" }, "target": { "activity": "{{ends[1]}}", "port": "In" } }""";
    }
}

public sealed class IncidentTests(FailingOffice office) : IClassFixture<FailingOffice>
{
    private const string Reason = "标记已在线下登记，见收文 12 号";

    [Fact]
    public async Task A_retry_by_the_operator_goes_on_once_the_cause_is_mended()
    {
        var number = await office.FileAsync("marked");
        var first = await office.SeenByAsync("gd-operator", number);
        Assert.Equal(("登记标记", true, null), (first!.Step, first.StandsStill, first.CaseTitle));
        Assert.Equal([IncidentDecision.Retry], first.Decisions);

        Assert.True((await DoneAsync(await office.DecideAsync("gd-operator", first, IncidentDecision.Retry))).FailedAgain);
        var second = await office.SeenByAsync("gd-operator", number);
        Assert.NotEqual(first.Id, second!.Id);

        await office.CompleteAsync(number, "review", new JsonObject { ["mark"] = "已核" });
        Assert.False((await DoneAsync(await office.DecideAsync("gd-operator", second, IncidentDecision.Retry))).FailedAgain);
        Assert.Null(await office.SeenByAsync("gd-operator", number));
        await office.CompleteAsync(number, "sign");
        var @case = await office.CaseAsync(number);
        Assert.Equal("办结", @case.Line.Outcome);
        Assert.All(@case.Incidents, incident => Assert.NotNull(incident.ResolvedAt));
    }

    [Fact]
    public async Task To_go_on_without_the_step_is_for_who_answers_for_the_case_and_needs_a_reason()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;
        Assert.Equal(["True", "False"], incident.Outcomes);

        await RefusedAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Skip, Reason, "True"), "负责人");
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, "  ", "True"), "请填写理由");
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, Reason), "True、False");
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, new string('长', 501), "True"), "500");

        await DoneAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, Reason, "True", "skip-once"));
        await DoneAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, Reason, "True", "skip-once"));
        using (var reused = await office.DecideAsync("sz-leader", incident, IncidentDecision.Cancel, Reason, null, "skip-once")) Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
        using (var late = await office.DecideAsync("gd-officer", incident, IncidentDecision.Cancel, Reason)) Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);

        var @case = await office.CaseAsync(number);
        Assert.Equal("yes", Assert.Single(@case.Tasks, task => task.Line.Open).ActivityId);
        var skipped = Assert.Single(@case.Timeline, entry => entry.Event == "Skipped");
        Assert.Equal(("周正（深圳负责人）", Reason), (skipped.ByName, (string?)skipped.Details!["reason"]));
    }

    [Fact]
    public async Task A_step_that_is_given_up_leaves_the_other_branches_as_they_are()
    {
        var number = await office.FileAsync("marked");
        var incident = (await office.SeenByAsync("gd-officer", number))!;

        await DoneAsync(await office.DecideAsync("gd-officer", incident, IncidentDecision.Cancel, Reason));

        Assert.Null(await office.SeenByAsync("gd-operator", number));
        Assert.Equal("review", Assert.Single((await office.CaseAsync(number)).Tasks, task => task.Line.Open).ActivityId);
    }

    [Fact]
    public async Task What_would_leave_the_case_standing_for_ever_is_refused()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;

        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Cancel, Reason), "没有可以继续的步骤");
        Assert.NotNull(await office.SeenByAsync("sz-leader", number));
    }

    [Fact]
    public async Task Of_decisions_at_one_moment_one_counts()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;

        await office.AsAsync("gd-officer");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(index =>
            office.DecideAsync(index % 2 == 0 ? "sz-leader" : "gd-officer", incident, IncidentDecision.Skip, Reason, index % 2 == 0 ? "True" : "False")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden]));
        Assert.Single((await office.CaseAsync(number)).Tasks, task => task.Line.Open);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task The_limits_of_other_branches_run_on()
    {
        var number = await office.FileAsync("marked");
        await office.Stage.WaitUntilAsync(office.Stage.Now.AddDays(30), CancellationToken.None);

        var @case = await office.CaseAsync(number);
        Assert.Contains(@case.Timeline, entry => entry is { ActivityId: "review", Event: "Fired" } && entry.Outcomes!.Contains("Overdue"));
        Assert.Single(@case.Warnings);
        Assert.NotNull(await office.SeenByAsync("gd-operator", number));
    }

    [Theory]
    [InlineData("jia")]
    [InlineData("sz-officer")]
    public async Task Others_have_no_list(string userName)
    {
        var number = await office.FileAsync("marked");
        var incident = (await office.SeenByAsync("sz-leader", number))!;
        using var list = await (await office.AsAsync(userName)).ReadAsync("/api/incidents", CancellationToken.None);
        using var decided = await office.DecideAsync(userName, incident, IncidentDecision.Retry);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.StatusCode, decided.StatusCode));
    }

    [Fact]
    public async Task The_pages_say_what_stands_where_since_when_and_offer_what_the_viewer_may_decide()
    {
        var number = await office.FileAsync("marked");
        var incident = (await office.SeenByAsync("sz-leader", number))!;

        var forLeader = await PageAsync("sz-leader", "/incidents");
        Assert.Contains(number, forLeader, StringComparison.Ordinal);
        Assert.Contains("登记标记", forLeader, StringComparison.Ordinal);
        Assert.Contains(incident.Advice, forLeader, StringComparison.Ordinal);
        Assert.Contains("value=\"Skip\"", forLeader, StringComparison.Ordinal);
        var forOperator = await PageAsync("gd-operator", "/incidents");
        Assert.Contains("value=\"Retry\"", forOperator, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"Skip\"", forOperator, StringComparison.Ordinal);
        Assert.DoesNotContain("甲科技", forOperator, StringComparison.Ordinal);

        var ofCase = await PageAsync("sz-leader", $"/cases/{number}");
        Assert.Contains($"action=\"/incidents/{incident.Id}\"", ofCase, StringComparison.Ordinal);
        var forVendor = await PageAsync("jia", $"/cases/{number}");
        Assert.Contains("处理出错", forVendor, StringComparison.Ordinal);
        Assert.DoesNotContain("/incidents/", forVendor, StringComparison.Ordinal);
    }

    private async Task<string> PageAsync(string userName, string path)
    {
        using var page = await (await office.AsAsync(userName)).ReadAsync(path, CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync();
    }

    private static async Task<IncidentDone> DoneAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            return await PlatformClient.BodyAsync<IncidentDone>(response, CancellationToken.None);
        }
    }

    private static async Task RefusedAsync(HttpResponseMessage response, string why)
    {
        using (response)
        {
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains(why, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }
}
