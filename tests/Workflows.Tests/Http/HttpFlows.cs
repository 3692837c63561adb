using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Http;

/// <summary>Small flows that ask and are asked over HTTP, and a host in a few lines.</summary>
internal static class HttpFlows
{
    private const string Variables = """
        [{ "id": "content", "name": "content", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" },
         { "id": "route", "name": "route", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" },
         { "id": "status", "name": "status", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }]
        """;

    /// <param name="activities">JSON of the steps, separated by commas.</param>
    /// <param name="edges">Each as <c>a>b</c> or <c>a.Port>b</c>.</param>
    public static WorkflowDefinition Flow(string activities, params string[] edges)
    {
        var connections = edges.Select(edge =>
        {
            var (from, to) = (edge.Split('>')[0], edge.Split('>')[1]);
            var (source, port) = from.Contains('.', StringComparison.Ordinal) ? (from.Split('.')[0], from.Split('.')[1]) : (from, "Done");
            return $$"""{ "source": { "activity": "{{source}}", "port": "{{port}}" }, "target": { "activity": "{{to}}", "port": "In" } }""";
        });
        var json = $$"""
            { "definitionId": "f", "name": "f", "variables": {{Variables}},
              "root": { "type": "Elsa.Flowchart", "id": "flow", "activities": [{{activities}}], "connections": [{{string.Join(", ", connections)}}] } }
            """;
        var result = WorkflowDefinition.Read(json, "f.json");
        Assert.DoesNotContain(result.Problems, problem => problem.Severity == ProblemSeverity.Error);
        return result.Definition!;
    }

    public static string Endpoint(string id, string path, string methods = "[\"POST\"]", bool begins = false, string more = "") => $$"""
        { "type": "Elsa.HttpEndpoint", "id": "{{id}}", "customProperties": { "canStartWorkflow": {{(begins ? "true" : "false")}} },
          "path": "{{path}}", "supportedMethods": { "typeName": "String[]", "expression": { "type": "Object", "value": {{methods}} } },
          "parsedContent": { "typeName": "Object", "memoryReference": { "id": "content" } }, "routeData": { "typeName": "Object", "memoryReference": { "id": "route" } }{{more}} }
        """;

    public static string Respond(string id, string members) => $$"""{ "type": "Elsa.WriteHttpResponse", "id": "{{id}}", {{members}} }""";

    public static string Send(string id, string members) => $$"""
        { "type": "Elsa.FlowSendHttpRequest", "id": "{{id}}", "url": "https://api.example.com/v1/orders", {{members}}
          "statusCode": { "typeName": "Int32", "memoryReference": { "id": "status" } }, "parsedContent": { "typeName": "Object", "memoryReference": { "id": "content" } } }
        """;

    public static string Line(string id) => $$"""{ "type": "Elsa.WriteLine", "id": "{{id}}", "text": "{{id}}" }""";

    public static IncomingRequest Post(string path, System.Text.Json.Nodes.JsonNode? content) =>
        new("POST", path, new() { ["id"] = "17" }, [], [], content);

    public static Burst Begin(WorkflowDefinition flow, string trigger, IncomingRequest request) =>
        Run(flow, WorkflowState.New(Guid.NewGuid(), flow, null), new Stimulus.Start(trigger, [], "c-1", request));

    public static Burst Begin(WorkflowDefinition flow) => Run(flow, WorkflowState.New(Guid.NewGuid(), flow, null), new Stimulus.Start(null, [], null));

    /// <summary>Through the stored form: nothing may live from burst to burst outside the state.</summary>
    public static Burst Go(WorkflowDefinition flow, Burst before, Stimulus stimulus) => Run(flow, WorkflowState.FromJson(before.State.ToJson()), stimulus);

    public static Burst Run(WorkflowDefinition flow, WorkflowState state, Stimulus stimulus) =>
        Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(flow, state, stimulus, Facts.None, new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.FromHours(8)))).Burst;

    public static IEnumerable<string> Lines(Burst burst) => burst.Effects.OfType<Effect.WriteLine>().Select(line => line.Text);
}
