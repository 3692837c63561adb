using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Properties;

/// <summary>What must hold of every flow, in both flowchart modes, whatever the order of the answers.</summary>
public sealed class RandomFlowTests
{
    private static readonly DateTimeOffset Now = new(2024, 6, 4, 9, 0, 0, TimeSpan.FromHours(8));

    [Theory]
    [InlineData("CounterBased")]
    [InlineData("TokenBased")]
    public void No_token_is_lost_or_doubled_where_every_fork_has_its_join(string mode)
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var flow = new RandomFlow(seed);
            var (state, journal) = Play(flow.Structured(mode), seed, waits: 1_000);
            Assert.True(state.SubStatus == InstanceSubStatus.Finished, $"seed {seed}: {state.SubStatus}");
            var runs = journal.Where(j => j.Event == "Completed").GroupBy(j => j.ActivityId, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
            Assert.All(flow.Steps, step => Assert.True(runs.GetValueOrDefault(step) == 1, $"seed {seed}: {step} ran {runs.GetValueOrDefault(step)} times"));
        }
    }

    [Theory]
    [InlineData("CounterBased")]
    [InlineData("TokenBased")]
    public void Every_flow_ends_or_waits_and_the_same_comes_of_it_again(string mode)
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var (state, _) = Play(new RandomFlow(seed).Wild(mode), seed, waits: 12);
            Assert.True(
                state.Revision == 0 || state.SubStatus is InstanceSubStatus.Finished or InstanceSubStatus.Suspended || (state.SubStatus == InstanceSubStatus.Faulted && state.Incidents.Count > 0),
                $"seed {seed}: {state.SubStatus}");
            Assert.True(state.Status == InstanceStatus.Running || state.Bookmarks.Count == 0 || state.SubStatus == InstanceSubStatus.Faulted, $"seed {seed}: over, but it waits");
        }
    }

    /// <summary>Answers what waits in an order of the seed. Every burst runs twice: from the state in memory and from the stored one, as after a restart.</summary>
    private static (WorkflowState State, List<JournalEntry> Journal) Play(string json, int seed, int waits)
    {
        var random = new Random(seed);
        var definition = WorkflowDefinition.Read(json, $"random-{seed}.json").Definition!;
        var state = WorkflowState.New(Guid.Empty, definition, null);
        var journal = new List<JournalEntry>();
        Stimulus stimulus = new Stimulus.Start(null, [], null);
        for (var wait = 0; wait < waits; wait++)
        {
            var stored = state.ToJson();
            Assert.Equal(stored, WorkflowState.FromJson(stored).ToJson());
            if (!Begins(definition, state, stimulus))
            {
                break;
            }

            var burst = Run(definition, state, stimulus);
            var again = Run(definition, WorkflowState.FromJson(stored), stimulus);
            Assert.Equal(stored, state.ToJson());
            Assert.Equal(burst.State.ToJson(), again.State.ToJson());
            Assert.Equal(burst.Journal.Select(Told), again.Journal.Select(Told));
            Assert.Equal(burst.Effects, again.Effects, (a, b) => a.Id == b.Id && a.GetType() == b.GetType());
            state = burst.State;
            journal.AddRange(burst.Journal);
            if (state.Status == InstanceStatus.Finished || state.Bookmarks.Count == 0)
            {
                break;
            }

            stimulus = new Stimulus.MessageArrived(state.Bookmarks[random.Next(state.Bookmarks.Count)].Id, JsonValue.Create(wait));
        }

        return (state, journal);
    }

    /// <summary>False: what would begin in a circle does not begin.</summary>
    private static bool Begins(WorkflowDefinition definition, WorkflowState state, Stimulus stimulus) =>
        stimulus is not Stimulus.Start || WorkflowRunner.Run(definition, state, stimulus, Facts.None, Now) is not RunResult.Refused { Code: "endless" };

    private static Burst Run(WorkflowDefinition definition, WorkflowState state, Stimulus stimulus) =>
        Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(definition, state, stimulus, Facts.None, Now)).Burst;

    private static string Told(JournalEntry entry) => $"{entry.ActivityId} {entry.Event} {string.Join('|', entry.Outcomes ?? [])}";
}
