using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Bench;

/// <summary>
/// The engine without storage: Start → FlowDecision → RunTask → resume → SetVariable → Finish, two bursts an instance. Real Elsa 3.7.1 does about
/// 1,000 instances per CPU second with 340 KB each on this shape.
/// </summary>
internal static class EngineAlone
{
    private const int Repetitions = 7;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Now = new(2022, 9, 30, 12, 0, 0, TimeSpan.FromHours(8));

    public static int Run()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Flows", "elsa-shape.json");
        var read = WorkflowDefinition.Read(File.ReadAllText(path), path);
        if (read.Definition is not { } flow)
        {
            Console.Error.WriteLine(string.Join('\n', read.Problems));
            return 1;
        }

        foreach (var (name, serialise) in new[] { ("engine, state passed on", false), ("engine, state as JSON at the wait", true) })
        {
            var rate = new Samples(name, "inst/CPU-s");
            double kilobytes = 0;
            Measure(flow, serialise);
            for (var repetition = 0; repetition < Repetitions; repetition++)
            {
                (var perSecond, kilobytes) = Measure(flow, serialise);
                rate.Add(perSecond);
            }

            rate.Print(FormattableString.Invariant($"{kilobytes:N1} KB/instance"));
        }

        return 0;
    }

    private static (double PerCpuSecond, double Kilobytes) Measure(WorkflowDefinition flow, bool serialise)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Samples.Cpu;
        var instances = 0;
        while (Samples.CpuSince(cpu) < Enough)
        {
            for (var i = 0; i < 200; i++, instances++)
            {
                RunOne(flow, serialise);
            }
        }

        return (instances / Samples.CpuSince(cpu).TotalSeconds, (GC.GetAllocatedBytesForCurrentThread() - allocated) / 1024.0 / instances);
    }

    private static void RunOne(WorkflowDefinition flow, bool serialise)
    {
        var waiting = Burst(flow, WorkflowState.New(Guid.CreateVersion7(Now), flow, @case: null), new Stimulus.Start(TriggerActivityId: null, [], CorrelationId: null));
        var state = serialise ? WorkflowState.FromJson(waiting.State.ToJson()) : waiting.State;
        var ended = Burst(flow, state, new Stimulus.MessageArrived(state.Bookmarks[0].Id, JsonValue.Create("done")));
        if (ended.State.SubStatus != InstanceSubStatus.Finished)
        {
            throw new InvalidOperationException($"The instance ended as {ended.State.SubStatus}.");
        }
    }

    private static Burst Burst(WorkflowDefinition flow, WorkflowState state, Stimulus stimulus) =>
        WorkflowRunner.Run(flow, state, stimulus, Facts.None, Now) is RunResult.Ran ran
            ? ran.Burst
            : throw new InvalidOperationException("The engine did not run.");
}
