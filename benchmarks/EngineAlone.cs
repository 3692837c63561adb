using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench;

/// <summary>
/// The engine without storage. The first shape is Start → FlowDecision → RunTask → resume → SetVariable → Finish, two bursts an instance: real Elsa 3.7.1 does about
/// 1,000 instances per CPU second with 340 KB each on it. The other is one burst through a row of steps in one flowchart. <c>cal.json</c>, interleaved, reads the first
/// one's file and writes it again.
/// </summary>
internal static class EngineAlone
{
    private const int Repetitions = 7;
    private const int RowLength = 200;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.7);
    private static readonly DateTimeOffset Now = new(2022, 9, 30, 12, 0, 0, TimeSpan.FromHours(8));

    public static int Run()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Flows", "elsa-shape.json");
        var text = File.ReadAllText(path);
        var (flow, row) = (Read(text, path), Read(Row(), "row.json"));
        (string Name, Action Work)[] measured =
        [
            ("cal.json", () => JsonNode.Parse(text)!.ToJsonString()),
            ("two bursts, state passed on", () => RunOne(flow, serialise: false)),
            ("two bursts, state as JSON between", () => RunOne(flow, serialise: true)),
            ($"one burst of {RowLength} steps", () => End(row, Start(row))),
        ];
        var rates = measured.Select(m => new Samples(m.Name, "per CPU second")).ToArray();
        var kilobytes = new double[measured.Length];
        for (var repetition = -1; repetition < Repetitions; repetition++)
        {
            for (var i = 0; i < measured.Length; i++)
            {
                (var perSecond, kilobytes[i]) = Measure(measured[i].Work);
                if (repetition >= 0)
                {
                    rates[i].Add(perSecond);
                }
            }
        }

        for (var i = 0; i < measured.Length; i++)
        {
            rates[i].Print(FormattableString.Invariant($"{kilobytes[i]:N1} KB each, {rates[i].Median / rates[0].Median:N3} × cal.json"));
        }

        return 0;
    }

    private static WorkflowDefinition Read(string json, string path) =>
        WorkflowDefinition.Read(json, path) is { Definition: { } flow } ? flow : throw new InvalidOperationException($"{path} is not readable.");

    private static string Row()
    {
        var steps = Enumerable.Range(0, RowLength).Select(i => $$"""{ "id": "s{{i}}", "type": "Elsa.WriteLine", "text": "s{{i}}" }""");
        var edges = Enumerable.Range(1, RowLength - 1).Select(i => $$"""{ "source": { "activity": "s{{i - 1}}", "port": "Done" }, "target": { "activity": "s{{i}}" } }""");
        return $$"""{ "definitionId": "row", "root": { "id": "flow", "type": "Elsa.Flowchart", "activities": [{{string.Join(',', steps)}}], "connections": [{{string.Join(',', edges)}}] } }""";
    }

    private static (double PerCpuSecond, double Kilobytes) Measure(Action work)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Samples.Cpu;
        var done = 0;
        while (Samples.CpuSince(cpu) < Enough)
        {
            for (var i = 0; i < 200; i++, done++)
            {
                work();
            }
        }

        return (done / Samples.CpuSince(cpu).TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - allocated) / 1024.0 / done);
    }

    private static void RunOne(WorkflowDefinition flow, bool serialise)
    {
        var waiting = Start(flow);
        var state = serialise ? WorkflowState.FromJson(waiting.State.ToJson()) : waiting.State;
        End(flow, Burst(flow, state, new Stimulus.MessageArrived(state.Bookmarks[0].Id, JsonValue.Create("done"))));
    }

    private static Burst Start(WorkflowDefinition flow) =>
        Burst(flow, WorkflowState.New(Guid.CreateVersion7(Now), flow, @case: null), new Stimulus.Start(TriggerActivityId: null, [], CorrelationId: null));

    private static void End(WorkflowDefinition flow, Burst ended)
    {
        if (ended.State.SubStatus != InstanceSubStatus.Finished)
        {
            throw new InvalidOperationException($"{flow.DefinitionId} ended as {ended.State.SubStatus}.");
        }
    }

    private static Burst Burst(WorkflowDefinition flow, WorkflowState state, Stimulus stimulus) =>
        WorkflowRunner.Run(flow, state, stimulus, Facts.None, Now) is RunResult.Ran ran
            ? ran.Burst
            : throw new InvalidOperationException("The engine did not run.");
}
