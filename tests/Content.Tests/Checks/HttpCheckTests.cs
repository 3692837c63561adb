using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.Checks;

/// <summary>What is said of flows that ask and are asked over HTTP before they are published.</summary>
public sealed class HttpCheckTests
{
    private const string Ways = """, { "type": "Elsa.End", "id": "end" }""";

    private const string Drawn = """
        { "source": { "activity": "ask", "port": "Failed to connect" }, "target": { "activity": "end" } }, { "source": { "activity": "ask", "port": "Timeout" }, "target": { "activity": "end" } }
        """;

    [Fact]
    public void A_flow_that_is_in_order_is_published_without_a_word()
    {
        var result = Read(("a", Endpoint("in", "orders/{id}") + Ways, """{ "source": { "activity": "in", "port": "Done" }, "target": { "activity": "end" } }"""), ("b", Ask("https://api.example.com/v1/") + Ways, Drawn));

        Assert.Empty(result.Problems);
        Assert.NotNull(result.Set);
    }

    [Theory]
    [InlineData("orders/{id}", "orders/{number}")]
    [InlineData("orders/{id}", "/Orders/{id}/")]
    public void Two_flows_cannot_begin_with_the_same_request(string one, string other)
    {
        var result = Read(("a", Endpoint("in", one), ""), ("b", Endpoint("also", other), ""));

        Assert.Null(result.Set);
        var problem = Assert.Single(result.Problems);
        Assert.Equal(("http-path-taken", "workflows/b.json", "also"), (problem.Code, problem.File, problem.ActivityId));
    }

    [Fact]
    public void A_wait_for_a_request_that_begins_a_flow_would_wait_for_ever()
    {
        var result = Read(("a", """{ "type": "Elsa.HttpEndpoint", "id": "wait", "path": "orders/new" }""", ""), ("b", Endpoint("in", "orders/new"), ""));

        Assert.Equal(("http-path-taken", "workflows/a.json", "wait"), (Assert.Single(result.Problems).Code, result.Problems[0].File, result.Problems[0].ActivityId));
    }

    [Fact]
    public void Paths_that_a_request_can_tell_apart_and_waits_of_one_path_are_no_collision()
    {
        const string Wait = """{ "type": "Elsa.HttpEndpoint", "id": "wait", "path": "orders/state" }""";

        var result = Read(("a", Endpoint("in", "orders/{id}"), ""), ("b", Endpoint("in", "orders/new"), ""), ("c", Wait, ""), ("d", Wait, ""));

        Assert.Empty(result.Problems);
    }

    [Theory]
    [InlineData("\"path\": \"orders/{id:int}\"", "http-endpoint")]
    [InlineData("\"path\": \"\"", "http-endpoint")]
    [InlineData("\"path\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Lambda\", \"value\": \"\\\"a\\\"\" } }", "http-endpoint")]
    [InlineData("\"path\": \"a\", \"supportedMethods\": { \"typeName\": \"String[]\", \"expression\": { \"type\": \"Object\", \"value\": [\"FETCH\"] } }", "http-endpoint")]
    [InlineData("\"path\": \"a\", \"requestSizeLimit\": 99000000", "http-endpoint")]
    [InlineData("\"path\": \"a\", \"fileSizeLimit\": 99000000", "http-endpoint")]
    [InlineData("\"path\": \"a\", \"requestTimeout\": \"00:00:00\"", "http-endpoint")]
    [InlineData("\"path\": \"a\", \"requestTimeout\": \"01:00:00\"", "http-endpoint")]
    [InlineData("\"path\": \"a\", \"pathh\": \"b\"", "unknown-member")]
    [InlineData("\"path\": \"a\", \"policy\": \"admin\"", "unknown-option http-endpoint")]
    public void An_endpoint_that_no_request_could_find_is_refused(string members, string codes)
    {
        var result = Read(("a", $$"""{ "type": "Elsa.HttpEndpoint", "id": "in", "customProperties": { "canStartWorkflow": true }, {{members}} }""", ""));

        Assert.Equal(codes.Split(' ').Order(), result.Problems.Select(problem => problem.Code).Distinct().Order());
        Assert.All(result.Problems, problem => Assert.NotNull(problem.Chinese));
    }

    [Theory]
    [InlineData("\"path\": \"a\", \"authorize\": false", "http-anonymous")]
    [InlineData("\"path\": \"a\", \"authorize\": false, \"fileSizeLimit\": 10", "http-files http-anonymous")]
    public void What_is_not_as_in_elsa_is_told_and_published(string members, string codes)
    {
        var result = Read(("a", $$"""{ "type": "Elsa.HttpEndpoint", "id": "in", "customProperties": { "canStartWorkflow": true }, {{members}} }""", ""));

        Assert.NotNull(result.Set);
        Assert.Equal(codes.Split(' ').Order(), result.Problems.Select(problem => problem.Code).Order());
        Assert.All(result.Problems, problem => Assert.Equal(ProblemSeverity.Warning, problem.Severity));
    }

    [Theory]
    [InlineData("https://user:42@api.example.com/", "", "http-address")]
    [InlineData("ftp://api.example.com/", "", "http-address")]
    [InlineData("https://api.example.com/", ", \"authorization\": \"Bearer 42\"", "http-secret")]
    [InlineData("https://api.example.com/", ", \"authorisation\": \"secret:a\"", "unknown-member")]
    public void A_request_that_could_not_be_sent_or_tells_a_secret_is_refused(string url, string more, string code)
    {
        var result = Read(("a", Ask(url, more) + Ways, Drawn));

        Assert.Null(result.Set);
        Assert.Equal(code, Assert.Single(result.Problems).Code);
    }

    [Fact]
    public void A_host_that_no_organisation_may_reach_is_told_with_what_was_meant()
    {
        var result = Read(("a", Ask("https://api.exmaple.com/") + Ways, Drawn));

        Assert.NotNull(result.Set);
        var problem = Assert.Single(result.Problems);
        Assert.Equal("http-unreachable", problem.Code);
        Assert.Contains("did you mean 'api.example.com'", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_without_a_way_for_no_answer_is_told()
    {
        var result = Read(("a", Ask("https://api.example.com/"), ""));

        Assert.NotNull(result.Set);
        Assert.Equal(["http-failure-not-drawn", "http-failure-not-drawn"], result.Problems.Select(problem => problem.Code));
    }

    [Fact]
    public void An_edge_by_a_status_code_that_is_not_expected_is_refused()
    {
        var result = Read(("a", Ask("https://api.example.com/", """, "expectedStatusCodes": { "typeName": "Int32[]", "expression": { "type": "Object", "value": [200] } }""") + Ways,
            Drawn + """, { "source": { "activity": "ask", "port": "404" }, "target": { "activity": "end" } }"""));

        Assert.Contains(result.Problems, problem => problem.Code == "unknown-outcome" && problem.Message.Contains("'404'", StringComparison.Ordinal));
    }

    private static string Endpoint(string id, string path) => $$"""{ "type": "Elsa.HttpEndpoint", "id": "{{id}}", "path": "{{path}}", "customProperties": { "canStartWorkflow": true } }""";

    private static string Ask(string url, string more = "") => $$"""{ "type": "Elsa.FlowSendHttpRequest", "id": "ask", "url": "{{url}}"{{more}} }""";

    private static ContentResult Read(params (string Name, string Activities, string Connections)[] flows)
    {
        var files = new Dictionary<string, string>(ShippedContent.Files);
        foreach (var (name, activities, connections) in flows)
        {
            files[$"workflows/{name}.json"] = $$"""
                { "definitionId": "{{name}}", "name": "{{name}}", "root": { "type": "Elsa.Flowchart", "id": "flow", "activities": [{{activities}}], "connections": [{{connections}}] } }
                """;
        }

        var result = ShippedContent.Read(files, ["api.example.com"]);
        return result with { Report = result.Report with { Problems = [.. result.Problems.Where(problem => flows.Any(flow => problem.File == $"workflows/{flow.Name}.json"))] } };
    }
}
