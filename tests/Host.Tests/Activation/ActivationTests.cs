using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;

namespace WorkflowEngine.Host.Tests.Activation;

/// <summary>A simulated host with flows that may not run beside one another.</summary>
public sealed class ExclusiveFlows : IAsyncLifetime
{
    private readonly TemporaryFolder _data = new();
    private readonly FlowFolder _content = new();

    public Stage Stage { get; private set; } = null!;

    public PlatformClient Jia { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _content.Write("workflows/forms/slot.json", """{ "title": "表单", "fields": [{ "name": "facts", "label": "事项", "type": "text", "required": true }] }""");
        _content.Write("workflows/single.json", Waiting("single", "Singleton"));
        _content.Write("workflows/paired.json", Waiting("paired", "CorrelatedSingleton"));
        _content.Write("workflows/lone.json", Waiting("lone", "Correlation"));
        _content.Write("workflows/plain.json", Waiting("plain", "AllowAlways"));
        _content.Write("workflows/only.json", Flow("only", "Singleton", """{ "type": "Elsa.HttpEndpoint", "id": "end", "path": "only/end" }"""));
        _content.Write("workflows/parent.json", Flow(
            "parent",
            "AllowAlways",
            """{ "type": "Elsa.HttpEndpoint", "id": "in", "path": "parent", "supportedMethods": { "typeName": "String[]", "expression": { "type": "Object", "value": ["POST"] } }, "customProperties": { "canStartWorkflow": true } }""",
            """
            { "type": "Elsa.DispatchWorkflow", "id": "child", "workflowDefinitionId": "only",
              "waitForCompletion": { "typeName": "Boolean", "expression": { "type": "Literal", "value": true } } }
            """,
            """{ "type": "Elsa.HttpEndpoint", "id": "result", "path": "parent/result" }""",
            """{ "type": "Elsa.WriteHttpResponse", "id": "tell", "content": "went on" }"""));
        _content.Write("workflows/slot.json", Flow(
            "slot",
            "Singleton",
            """{ "id": "submit", "type": "Gov.Submission", "form": "slot", "numberPrefix": "CW" }""",
            """
            { "id": "review", "type": "Gov.HumanTask", "title": "办理", "party": "authority", "role": "officer", "form": "slot",
              "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{ "name": "Done", "label": "办结" }] } } }
            """,
            """{ "id": "closed", "type": "Gov.CloseCase", "outcome": "已办结" }"""));
        Stage = await Platform.OpenAsync(TestSettings.New with { DataFolder = _data.Path, ContentRoot = _content.Path });
        Jia = await Stage.SignInAsync("jia", CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Stage.DisposeAsync();
        _data.Dispose();
        _content.Dispose();
    }

    public Task<HttpResponseMessage> BeginAsync(string flow, string? correlation = null, string? key = null) =>
        Jia.SendAsync($"/workflows/{flow}{(correlation is null ? "" : $"?correlationId={correlation}")}", new { }, CancellationToken.None, key);

    public Task<HttpResponseMessage> EndAsync(string flow, string? correlation = null) =>
        Jia.ReadAsync($"/workflows/{flow}/end{(correlation is null ? "" : $"?correlationId={correlation}")}", CancellationToken.None);

    /// <summary>Begins when it is asked at its own path and ends when it is asked at <c>…/end</c>.</summary>
    private static string Waiting(string id, string strategy) => Flow(
        id,
        strategy,
        $$"""{ "type": "Elsa.HttpEndpoint", "id": "in", "path": "{{id}}", "supportedMethods": { "typeName": "String[]", "expression": { "type": "Object", "value": ["POST"] } }, "customProperties": { "canStartWorkflow": true } }""",
        $$"""{ "type": "Elsa.HttpEndpoint", "id": "end", "path": "{{id}}/end" }""");

    /// <summary>Steps that follow one another.</summary>
    private static string Flow(string id, string strategy, params string[] steps)
    {
        var names = steps.Select(step => JsonNode.Parse(step)!["id"]!.GetValue<string>()).ToArray();
        var edges = names.Zip(names.Skip(1), (from, to) => $$"""{ "source": { "activity": "{{from}}", "port": "Done" }, "target": { "activity": "{{to}}", "port": "In" } }""");
        return $$"""
            {
              "definitionId": "{{id}}", "name": "{{id}}",
              "options": { "activationStrategyType": "Elsa.Workflows.Activation.{{strategy}}Strategy, Elsa.Workflows.Core" },
              "root": { "type": "Elsa.Flowchart", "id": "flow", "activities": [{{string.Join(",", steps)}}], "connections": [{{string.Join(",", edges)}}] }
            }
            """;
    }
}

public sealed class ActivationTests(ExclusiveFlows world) : IClassFixture<ExclusiveFlows>
{
    private const int AtOnce = 8;

    [Fact]
    public async Task Of_starts_at_one_moment_a_singleton_takes_one_and_another_after_its_end()
    {
        for (var round = 0; round < 3; round++)
        {
            var answers = await AllAsync(_ => world.BeginAsync("single"));

            Assert.Equal([.. Enumerable.Repeat(HttpStatusCode.OK, 1), .. Enumerable.Repeat(HttpStatusCode.Conflict, AtOnce - 1)], answers.Order());
            using var ended = await world.EndAsync("single");
            Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
        }
    }

    [Fact]
    public async Task A_start_that_is_repeated_under_its_key_is_the_first_one_and_not_a_second()
    {
        using var first = await world.BeginAsync("paired", "keyed", "once");
        using var again = await world.BeginAsync("paired", "keyed", "once");
        using var other = await world.BeginAsync("paired", "keyed", "twice");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict), (first.StatusCode, again.StatusCode, other.StatusCode));
        Assert.Equal(first.Headers.GetValues("X-Workflow-Instance-Id"), again.Headers.GetValues("X-Workflow-Instance-Id"));
    }

    [Fact]
    public async Task A_refusal_says_what_runs_and_what_to_do()
    {
        using var first = await world.BeginAsync("paired", "told");
        using var second = await world.BeginAsync("paired", "told");

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("请待其办结后再提交", JsonNode.Parse(await second.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_correlated_singleton_takes_one_for_each_correlation_id_and_any_without_one()
    {
        var answers = await AllAsync(index => world.BeginAsync("paired", index % 2 == 0 ? "one" : "two"));
        var without = await AllAsync(_ => world.BeginAsync("paired"));

        Assert.Equal(2, answers.Count(status => status == HttpStatusCode.OK));
        Assert.All(without, status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task Correlation_looks_at_every_flow()
    {
        using var other = await world.BeginAsync("plain", "shared");
        using var refused = await world.BeginAsync("lone", "shared");
        using var ended = await world.EndAsync("plain", "shared");
        var answers = await AllAsync(_ => world.BeginAsync("lone", "shared"));
        using var always = await world.BeginAsync("plain", "shared");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.OK), (other.StatusCode, refused.StatusCode, ended.StatusCode));
        Assert.Single(answers, status => status == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, always.StatusCode);
    }

    [Fact]
    public async Task A_child_that_may_not_start_does_not_keep_its_parent_waiting()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => world.BeginAsync("parent")));
        await world.Stage.SettleAsync(CancellationToken.None);

        var wentOn = 0;
        foreach (var start in starts)
        {
            using var answer = await world.Jia.ReadAsync($"/workflows/parent/result?workflowInstanceId={start.Headers.GetValues("X-Workflow-Instance-Id").Single()}", CancellationToken.None);
            wentOn += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
            start.Dispose();
        }

        // The one whose child runs waits for it.
        Assert.Equal(3, wentOn);
        using var ended = await world.EndAsync("only");
        Assert.Equal(HttpStatusCode.OK, ended.StatusCode);
    }

    [Fact]
    public async Task Of_forms_filed_at_one_moment_one_opens_a_case_and_the_others_are_told()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => world.Jia.SendAsync(
            "/api/cases", new NewCase("slot", DemoPeople.Shenzhen, new JsonObject { ["facts"] = "预约" }), CancellationToken.None)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains("同一时间只能运行一件", JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        foreach (var answer in answers) answer.Dispose();
    }

    private static async Task<HttpStatusCode[]> AllAsync(Func<int, Task<HttpResponseMessage>> act)
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(act));
        foreach (var answer in answers) answer.Dispose();
        return [.. answers.Select(answer => answer.StatusCode)];
    }
}
