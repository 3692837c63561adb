using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Migration;
using WorkflowEngine.Workflows.Tests.Properties;

namespace WorkflowEngine.Workflows.Tests.Migration;

/// <summary>What must hold of every flow: an instance that goes over while it waits, wherever it waits, goes on as if it had always been there.</summary>
public sealed partial class MigratedFlowTests
{
    private static readonly DateTimeOffset Now = new(2024, 6, 4, 9, 0, 0, TimeSpan.FromHours(8));
    private static readonly Actor Staff = new("p1", "政策人员", "440000", "policy");

    [Theory]
    [InlineData("CounterBased")]
    [InlineData("TokenBased")]
    public void Whatever_the_steps_are_called_now_an_instance_goes_on_as_it_would_have(string mode)
    {
        var moved = 0;
        for (var seed = 0; seed < 120; seed++)
        {
            var flow = new RandomFlow(seed);
            var json = seed % 2 == 0 ? flow.Structured(mode) : flow.Wild(mode);
            var stayed = Play(json, seed, migrates: false);
            var went = Play(json, seed, migrates: true);
            Assert.Equal(stayed.Told, went.Told);
            Assert.Equal(stayed.SubStatus, went.SubStatus);
            moved += went.Moves;
        }

        Assert.True(moved > 200, $"only {moved} instances waited anywhere");
    }

    /// <summary>Answers what waits in an order of the seed; with <paramref name="migrates"/> every wait is met in the other version, whose steps all have other ids.</summary>
    private static (List<string> Told, InstanceSubStatus SubStatus, int Moves) Play(string json, int seed, bool migrates)
    {
        var random = new Random(seed);
        var (here, there) = (Read(json), Read(Id().Replace(json, "\"new-${id}\"")));
        var state = WorkflowState.New(Guid.Empty, here, null);
        var told = new List<string>();
        var moves = 0;
        Stimulus stimulus = new Stimulus.Start(null, [], null);
        for (var wait = 0; wait < 12; wait++)
        {
            if (WorkflowRunner.Run(here, state, stimulus, Facts.None, Now) is not RunResult.Ran ran)
            {
                break;
            }

            state = ran.Burst.State;
            told.AddRange(ran.Burst.Journal.Select(Told));
            if (state.Status == InstanceStatus.Finished || state.Bookmarks.Count == 0)
            {
                break;
            }

            var at = random.Next(state.Bookmarks.Count);
            if (migrates)
            {
                state = Move(here, there, state);
                (here, there, moves) = (there, here, moves + 1);
            }

            stimulus = new Stimulus.MessageArrived(state.Bookmarks[at].Id, JsonValue.Create(wait));
        }

        return (told, state.SubStatus, moves);
    }

    private static WorkflowState Move(WorkflowDefinition here, WorkflowDefinition there, WorkflowState state)
    {
        var names = here.Activities.Where(step => step.Parent is not null).Zip(there.Activities.Where(step => step.Parent is not null), (old, now) => new PlannedMove(old.NodeId, now.NodeId));
        var prepared = CaseMigration.Prepare(new MigrationPlan("random", "old", "new") { Activities = [.. names] }, here, there);
        Assert.Empty(prepared.Obstacles);
        var before = state.ToJson();
        var carried = Assert.IsType<MigrationResult.Carried>(prepared.Migration!.Carry(state)).State;
        Assert.Equal(before, state.ToJson());
        var change = new Stimulus.VersionChanged("old", "new", 1, prepared.Migration.Renamed, "x", Staff);
        var burst = Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(there, WorkflowState.FromJson(carried.ToJson()), change, Facts.None, Now)).Burst;
        Assert.IsType<Effect.ChangeVersion>(Assert.Single(burst.Effects));
        Assert.Equal("Migrated", Assert.Single(burst.Journal).Event);
        Assert.Equal(state.Bookmarks.Select(bookmark => bookmark.Id), burst.State.Bookmarks.Select(bookmark => bookmark.Id));
        Assert.Equal(state.Waits, burst.State.Waits);
        return burst.State;
    }

    private static WorkflowDefinition Read(string json) => WorkflowDefinition.Read(json, "random.json").Definition!;

    private static string Told(JournalEntry entry) => $"{entry.ActivityId.Replace("new-", "", StringComparison.Ordinal)} {entry.Event} {string.Join('|', entry.Outcomes ?? [])}";

    [GeneratedRegex("\"(?<id>[sa][0-9]+|flow)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Id();
}
