using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>Flowcharts nobody drew: steps that write, wait or decide, joined at random.</summary>
public sealed class RandomFlowchartTests
{
    private static readonly DateTimeOffset Now = new(2024, 6, 4, 9, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public void Without_loops_each_step_that_a_followed_path_reaches_runs_exactly_once() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Charts(loops: false), chart =>
        {
            var played = Play(chart, "CounterBased", waits: 30);
            var expected = Reached(chart);
            foreach (var (step, index) in chart.Steps.Select((s, i) => (s, i)))
            {
                var runs = played.Journal.Count(j => j.ActivityId == $"a{index}" && j.Event == "Completed");
                if (runs != (expected.Contains(index) ? 1 : 0))
                {
                    return false.Label($"a{index} ({step}) ran {runs} times in {chart}");
                }
            }

            return (played.State.Status == InstanceStatus.Finished).Label($"{chart} does not end");
        }));

    [Theory]
    [InlineData("CounterBased")]
    [InlineData("TokenBased")]
    public void With_loops_every_burst_ends_and_the_flow_finishes_or_waits_or_fails_visibly(string mode) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(12), Prop.ForAll(Charts(loops: true), chart =>
        {
            var played = Play(chart, mode, waits: 4);
            return (played.State.Revision == 0 || played.State.SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Suspended
                || (played.State.SubStatus == InstanceSubStatus.Faulted && played.State.Incidents.Count > 0)).Label($"{chart} is {played.State.SubStatus}");
        }));

    /// <summary>Runs to the end or for some waits; every burst is run again from the stored state and must give the same.</summary>
    private static (WorkflowState State, List<JournalEntry> Journal) Play(Chart chart, string mode, int waits)
    {
        var definition = WorkflowDefinition.Read(chart.ToJson(mode), "random.json").Definition!;
        var state = WorkflowState.New(Guid.Empty, definition, null);
        var journal = new List<JournalEntry>();
        Stimulus stimulus = new Stimulus.Start(null, [], null);
        for (var wait = 0; wait < waits; wait++)
        {
            var stored = state.ToJson();
            var result = WorkflowRunner.Run(definition, state, stimulus, Facts.None, Now);
            if (stimulus is Stimulus.Start && result is RunResult.Refused { Code: "endless" })
            {
                // What would begin in a circle does not begin.
                break;
            }

            var burst = Assert.IsType<RunResult.Ran>(result).Burst;
            var again = Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(definition, WorkflowState.FromJson(stored), stimulus, Facts.None, Now)).Burst;
            Assert.Equal(stored, state.ToJson());
            Assert.Equal(burst.State.ToJson(), again.State.ToJson());
            Assert.Equal(burst.Journal.Select(j => (j.ActivityId, j.Event)), again.Journal.Select(j => (j.ActivityId, j.Event)));
            state = burst.State;
            journal.AddRange(burst.Journal);
            if (state.Status == InstanceStatus.Finished || state.Bookmarks.Count == 0)
            {
                break;
            }

            stimulus = new Stimulus.MessageArrived(state.Bookmarks[wait % state.Bookmarks.Count].Id, JsonValue.Create(wait));
        }

        return (state, journal);
    }

    private static HashSet<int> Reached(Chart chart)
    {
        var reached = new HashSet<int> { 0 };
        foreach (var index in Enumerable.Range(0, chart.Steps.Count))
        {
            if (reached.Contains(index))
            {
                reached.UnionWith(chart.Edges.Where(e => e.From == index && chart.PortFollowed(e)).Select(e => e.To));
            }
        }

        return reached;
    }

    private static Arbitrary<Chart> Charts(bool loops)
    {
        var charts =
            from count in Gen.Choose(2, 9)
            from steps in Gen.Elements('w', 't', 'T', 'F').ListOf(count)
            from edges in (from a in Gen.Choose(0, count - 1)
                           from b in Gen.Choose(0, count - 1)
                           from port in Gen.Elements(true, false)
                           where loops || a != b
                           select loops ? new Edge(a, b, port) : new Edge(Math.Min(a, b), Math.Max(a, b), port)).ListOf()
            select new Chart([.. steps], [.. edges.Distinct().Take(loops ? 8 : 25)]);
        return charts.ToArbitrary();
    }

    private sealed record Edge(int From, int To, bool Port);

    /// <summary>Steps: w writes, t waits for a task, T and F decide true and false.</summary>
    private sealed record Chart(IReadOnlyList<char> Steps, IReadOnlyList<Edge> Edges)
    {
        public bool PortFollowed(Edge edge) => Steps[edge.From] switch
        {
            'T' => edge.Port,
            'F' => !edge.Port,
            _ => true,
        };

        public string ToJson(string mode)
        {
            var json = new StringBuilder($$"""{"definitionId":"r","version":1,"customProperties":{"Flowchart:ExecutionMode":"{{mode}}"},"root":{"id":"flow","type":"Elsa.Flowchart","activities":[""");
            json.AppendJoin(',', Steps.Select((step, i) => step switch
            {
                't' => $$"""{"id":"a{{i}}","type":"Elsa.RunTask","taskName":"t"}""",
                'T' or 'F' => $$"""{"id":"a{{i}}","type":"Elsa.FlowDecision","condition":{{(step == 'T' ? "true" : "false")}}}""",
                _ => $$"""{"id":"a{{i}}","type":"Elsa.WriteLine","text":"x"}""",
            }));
            json.Append("""],"start":null,"connections":[""");
            json.AppendJoin(',', Edges.Select(e =>
                $$$"""{"source":{"activity":"a{{{e.From}}}","port":"{{{(Steps[e.From] is 'T' or 'F' ? e.Port : "Done")}}}"},"target":{"activity":"a{{{e.To}}}"}}"""));
            return json.Append("]}}").ToString();
        }

        public override string ToString() => $"{string.Concat(Steps)} {string.Join(' ', Edges.Select(e => $"{e.From}{(e.Port ? '+' : '-')}>{e.To}"))}";
    }
}
