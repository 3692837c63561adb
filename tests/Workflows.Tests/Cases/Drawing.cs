using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>A flow in a few words: steps as JSON with bare values, edges as <c>from.Port &gt; to</c>.</summary>
internal static class Drawing
{
    public const string Submit = """{ "id": "submit", "type": "Gov.Submission", "form": "f", "result": { "typeName": "Object", "memoryReference": { "id": "v-filed" } } }""";

    public static TheoryData<string> Modes => new("CounterBased", "TokenBased");

    public static WorkflowDefinition Flow(string mode, string[] steps, params string[] edges) => CaseInMemory.Definition($$"""
        {
          "definitionId": "drawn", "version": 1, "customProperties": { "Flowchart:ExecutionMode": "{{mode}}" },
          "variables": [{{Variable("filed")}}, {{Variable("found")}}, {{Variable("event")}}],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [{{string.Join(",", steps)}}], "connections": [{{string.Join(",", edges.Select(Edge))}}] }
        }
        """);

    public static string Task(string id, string outcomes, string more = "", string party = "authority") => $$"""
        { "id": "{{id}}", "type": "Gov.HumanTask", "title": "{{id}}", "party": "{{party}}", "role": "officer", "form": "f", {{more}}
          "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [{{string.Join(",", outcomes.Split(' ').Select(o => $$"""{ "name": "{{o}}", "label": "{{o}}" }"""))}}] } } }
        """;

    /// <summary>An input that holds a list.</summary>
    public static string List(string name, string items) => $$"""
        "{{name}}": { "typeName": "Object", "expression": { "type": "Object", "value": [{{items}}] } },
        """;

    public static string Warning(string id, string level = "authority", int limit = 2) => $$"""
        { "id": "{{id}}", "type": "Gov.RaiseWarning", "level": "{{level}}", "title": "{{id}}", "form": "w", "limit": {{limit}} }
        """;

    public static string Notice(string id, string party = "authority") => $$"""{ "id": "{{id}}", "type": "Gov.SendNotice", "notice": "{{id}}", "party": "{{party}}" }""";

    public static string Close(string id, string outcome) => $$"""{ "id": "{{id}}", "type": "Gov.CloseCase", "outcome": "{{outcome}}" }""";

    private static string Variable(string name) =>
        $$"""{ "id": "v-{{name}}", "name": "{{name}}", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }""";

    private static string Edge(string drawn)
    {
        var ends = drawn.Split(" > ");
        var source = ends[0].Split('.');
        return $$"""{ "source": { "activity": "{{source[0]}}", "port": "{{(source.Length > 1 ? source[1] : "Done")}}" }, "target": { "activity": "{{ends[1]}}" } }""";
    }
}
