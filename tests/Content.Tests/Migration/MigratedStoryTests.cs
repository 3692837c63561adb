using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Migration;

namespace WorkflowEngine.Content.Tests.Migration;

/// <summary>Every state that a shipped story comes to goes over to a version whose steps all have other ids, and comes back as it was: nothing that is remembered of a case is forgotten on the way.</summary>
public sealed class MigratedStoryTests
{
    [Fact]
    public void Every_state_of_the_shipped_stories_goes_over_and_comes_back_as_it_was()
    {
        var shipped = new Library(ShippedContent.Set);
        var mover = new Mover();
        foreach (var scenario in ScenarioReader.ReadShipped(shipped.Content).Scenarios!)
        {
            MemoryPlatform.Play(scenario, shipped, mover);
        }

        Assert.True(mover.Moves > 300, $"only {mover.Moves} states went over");
        Assert.Contains("Gov.HumanTask Gov.RaiseWarning", mover.Waited);
    }

    private sealed class Mover : IRehearsalWatch
    {
        private static readonly Actor Staff = new("gd-policy", "何策", "440000", "policy-staff");
        private readonly Dictionary<WorkflowDefinition, (CaseMigration There, CaseMigration Back)> _ways = [];

        public int Moves { get; private set; }

        /// <summary>What kinds of steps were open at once.</summary>
        public HashSet<string> Waited { get; } = [];

        public void Saw(CaseFile file, Burst burst)
        {
            var state = burst.State;
            if (state.Status != InstanceStatus.Running) return;

            if (!_ways.TryGetValue(file.Flow, out var ways)) _ways.Add(file.Flow, ways = WaysOf(file.Flow));
            var before = state.ToJson();
            var there = Assert.IsType<MigrationResult.Carried>(ways.There.Carry(state)).State;
            var back = Assert.IsType<MigrationResult.Carried>(ways.Back.Carry(WorkflowState.FromJson(there.ToJson()))).State;
            Assert.Equal(before, back.ToJson());

            // The burst says what the new version calls the open tasks, and does nothing else.
            var change = new Stimulus.VersionChanged("here", "there", 1, ways.There.Renamed, "试", Staff);
            var now = burst.Journal.Count > 0 ? burst.Journal[^1].At : file.SubmittedAt;
            var moved = Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(ways.There.New, WorkflowState.FromJson(there.ToJson()), change, file.Release.Facts, now)).Burst;
            Assert.All(moved.Effects, effect => Assert.True(effect is Effect.ChangeVersion or Effect.RestateTask, effect.ToString()));
            Assert.Equal(state.Waits, moved.State.Waits);
            Assert.Equal(state.Clocks.Keys.Order(), moved.State.Clocks.Keys.Order());
            Moves++;
            Waited.Add(string.Join(' ', state.Bookmarks.Select(bookmark => bookmark.Name).Where(name => name is "Gov.HumanTask" or "Gov.RaiseWarning").Distinct().Order()));
        }

        private static (CaseMigration There, CaseMigration Back) WaysOf(WorkflowDefinition here)
        {
            var json = here.Write();
            foreach (var step in here.Activities.Where(step => step.Parent is not null))
            {
                json = json.Replace($"\"id\": \"{step.Id}\"", $"\"id\": \"new-{step.Id}\"", StringComparison.Ordinal)
                    .Replace($"\"activity\": \"{step.Id}\"", $"\"activity\": \"new-{step.Id}\"", StringComparison.Ordinal);
            }

            var there = WorkflowDefinition.Read(json, here.Path).Definition!;
            var pairs = here.Activities.Where(step => step.Parent is not null).Zip(there.Activities.Where(step => step.Parent is not null)).ToList();
            Assert.All(pairs, pair => Assert.Equal($"new-{pair.First.Id}", pair.Second.Id));
            return (
                Prepared(pairs.Select(pair => new PlannedMove(pair.First.NodeId, pair.Second.NodeId)), here, there),
                Prepared(pairs.Select(pair => new PlannedMove(pair.Second.NodeId, pair.First.NodeId)), there, here));
        }

        private static CaseMigration Prepared(IEnumerable<PlannedMove> moves, WorkflowDefinition old, WorkflowDefinition @new)
        {
            var prepared = CaseMigration.Prepare(new MigrationPlan(old.DefinitionId, "here", "there") { Activities = [.. moves] }, old, @new);
            Assert.Empty(prepared.Obstacles);
            return prepared.Migration!;
        }
    }
}
