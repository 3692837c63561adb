using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Incidents;

/// <summary>A simulated host with a procedure of which one step cannot be done until the review beside it has found something, and one whose decision cannot be read.</summary>
public sealed class FailingOffice : IAsyncLifetime
{
    private const string Found = """ "result": { "typeName": "Object", "memoryReference": { "id": "v-found" } }, """;

    private readonly TemporaryFolder _data = new();
    private readonly FlowFolder _content = new();
    private readonly SignedIn _people = new();

    public Stage Stage { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _content.Write("workflows/forms/finding.json", """{ "title": "表单", "fields": [{ "name": "mark", "label": "标记", "type": "text" }] }""");
        _content.Write("workflows/marked.json", Flow(
            "marked",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "BJ" }""",
                """{ "id": "mark", "metadata": { "displayText": "登记标记" }, "type": "Elsa.Correlate", "correlationId": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.found.mark" } } }""",
                Task("review", """ "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": 5 } }, """ + Found),
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
        _content.Write("workflows/strict.json", Flow(
            "strict",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "YG" }""",
                """{ "id": "decide", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found.mark == \"1\"" } } }""",
                Task("sign"), """{ "id": "soon", "type": "Elsa.Delay", "timeSpan": "3.00:00:00" }""", """{ "id": "later", "type": "Elsa.Delay", "timeSpan": "60.00:00:00" }""",
                Task("after-soon"), Task("after-later"), """{ "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }""",
            ],
            "submit > decide", "submit > soon", "submit > later", "decide.True > sign", "sign.Done > end", "soon > after-soon", "later > after-later", "after-soon.Done > end", "after-later.Done > end", "decide.False > end")
            .Replace("\"definitionId\"", "\"options\": { \"incidentStrategyType\": \"Elsa.Workflows.IncidentStrategies.FaultStrategy, Elsa.Workflows.Core\" }, \"definitionId\"", StringComparison.Ordinal));
        _content.Write("workflows/circled.json", Flow(
            "circled",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "XH" }""",
                Task("review", Found).Replace("[{", "[{ \"name\": \"Again\", \"label\": \"重新核对\" }, {", StringComparison.Ordinal),
                """{ "id": "round", "type": "Elsa.WriteLine", "text": "round" }""", 
                // The drawing has a way out that the data never take: what can be seen without them is refused before publishing.
                """{ "id": "again", "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "case.number != \"\"" } } }""",
                """{ "id": "pause", "type": "Elsa.Delay", "timeSpan": "1.00:00:00" }""",
                """{ "id": "ready", "metadata": { "displayText": "等待核对" }, "type": "Elsa.FlowDecision", "condition": { "typeName": "Boolean", "expression": { "type": "Lambda", "value": "vars.found != null" } } }""",
                """{ "id": "wait", "type": "Elsa.WriteLine", "text": "wait" }""", Task("archive"), Task("sign"), """{ "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }""",
                """{ "id": "archived", "type": "Gov.CloseCase", "outcome": "已归档" }""",
            ],
            "submit > review", "review.Again > round", "review.Done > archive", "archive.Done > archived", "round > again", "again.True > round", "again.False > archive", "submit > pause", "pause > ready", "ready.False > wait", "wait > ready",
            "ready.True > sign", "sign.Done > end"));
        _content.Write("workflows/told.json", Flow(
            "told",
            [
                """{ "id": "submit", "type": "Gov.Submission", "form": "finding", "numberPrefix": "GZ" }""",
                """{ "id": "tell", "metadata": { "displayText": "告知" }, "type": "Gov.SendNotice", "notice": "torn", "party": "applicant" }""",
                """{ "id": "end", "type": "Gov.CloseCase", "outcome": "办结" }""",
            ],
            "submit > tell", "tell > end"));
        // The sample beside it has another number, so that no check before publishing sees that the letter cannot be written.
        _content.Write("templates/torn.subject", "告知\n");
        _content.Write("templates/torn.html", "<p>{{ case.number }}</p>\n");
        _content.Write("templates/torn.txt", "{{ if case.number != \"GZ-1\" }}{{ 1 / 0 }}{{ end }}\n");
        _content.Write("templates/torn.model.json", """{ "letter": "L99", "title": "告知", "model": { "case": { "number": "String" } }, "sample": { "case": { "number": "GZ-1" } } }""");
        _content.WriteLetter("incidents-open");
        Stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });
    }

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        _data.Dispose();
        _content.Dispose();
    }

    public Task<PlatformClient> AsAsync(string userName) => _people.AsAsync(Stage, userName);

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
