using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.Simulation;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>The stage with its clock standing at 14:00 on 10 October 2022.</summary>
public sealed class IngestWorld : IngestStage, IAsyncLifetime
{
    /// <summary>A flow that a change of a team begins and that ends at once.</summary>
    public const string Ending = "hears-teams";

    /// <summary>A flow that a participant begins and that waits until its key tells of the project's status.</summary>
    public const string Waiting = "waits-for-status";

    /// <summary>A flow that a change of a worker begins and that fails.</summary>
    public const string Failing = "fails-at-workers";

    public static readonly DateTimeOffset Now = new(2022, 10, 10, 14, 0, 0, BusinessClock.Offset);

    /// <summary>Lets everything that is on its way happen: signals, engine, mail, lines about refused requests. No time passes.</summary>
    public Task SettleAsync() => Services.GetRequiredService<BusinessTimeTravel>().AdvanceAsync(Now, CancellationToken.None);

    protected override void Prepare(string contentFolder)
    {
        Hear(contentFolder, Ending, "Team.Update", Said("accepted"), Said("rejected"), Edge("hear", "Accepted", "accepted"), Edge("hear", "Rejected", "rejected"));
        Hear(
            contentFolder, Waiting, "ProjectSubContractor.Add",
            """
            { "id": "wait", "type": "Gov.DataIngest", "method": "Project.PartUpdate", "credential": { "typeName": "String", "expression": { "type": "Lambda", "value": "vars.heard.credential" } } }
            """,
            Said("heard"), Said("refused"), Said("rejected"),
            Edge("hear", "Accepted", "wait"), Edge("hear", "Rejected", "rejected"), Edge("wait", "Accepted", "heard"), Edge("wait", "Rejected", "refused"));
        Hear(
            contentFolder, Failing, "ProjectWorker.Update", """{ "id": "fail", "type": "Elsa.Fault", "code": "x", "message": "按要求中断" }""", Said("rejected"),
            Edge("hear", "Accepted", "fail"), Edge("hear", "Rejected", "rejected"));
    }

    protected override HostSettings Settings(HostSettings settings) => settings with { Simulated = true, SimulatedStart = Now };

    /// <summary>Writes a flow that begins with a message; its steps and edges follow.</summary>
    private static void Hear(string contentFolder, string id, string method, params string[] rest)
    {
        var steps = rest.Where(part => !part.Contains("\"source\"", StringComparison.Ordinal)).Prepend($$"""
            { "id": "hear", "type": "Gov.DataIngest", "method": "{{method}}", "customProperties": { "canStartWorkflow": true },
              "result": { "typeName": "Object", "memoryReference": { "id": "v-heard" } } }
            """);
        File.WriteAllText(Path.Combine(contentFolder, "workflows", $"{id}.json"), $$"""
            {
              "definitionId": "{{id}}", "name": "{{id}}", "customProperties": { "Flowchart:ExecutionMode": "TokenBased" },
              "variables": [{ "id": "v-heard", "name": "heard", "typeName": "Object", "storageDriverTypeName": "Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core" }],
              "root": { "type": "Elsa.Flowchart", "id": "flow", "activities": [{{string.Join(",", steps)}}], "connections": [{{string.Join(",", rest.Where(part => part.Contains("\"source\"", StringComparison.Ordinal)))}}] }
            }
            """);
    }

    private static string Said(string text) => $$"""{ "id": "{{text}}", "type": "Elsa.WriteLine", "text": "{{text}}" }""";

    private static string Edge(string from, string port, string to) => $$"""{ "source": { "activity": "{{from}}", "port": "{{port}}" }, "target": { "activity": "{{to}}", "port": "In" } }""";
}

/// <summary>One host for all tests of the endpoint; each test takes a key of its own.</summary>
[CollectionDefinition(Name)]
public sealed class IngestCollection : ICollectionFixture<IngestWorld>
{
    public const string Name = "ingest";
}
