using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>States of every schema ever released stay readable and go on.</summary>
public sealed class StoredStateTests
{
    [Fact]
    public void A_state_of_schema_1_is_read_and_written_back_unchanged()
    {
        var stored = RepositoryFiles.Read("tests/Workflows.Tests/Execution/state-1.json").TrimEnd();
        var state = WorkflowState.FromJson(stored);
        Assert.Equal(stored, state.ToJson());
        Assert.Equal((1, InstanceSubStatus.Suspended), (state.SchemaVersion, state.SubStatus));
        Assert.Equal(new DateOnly(2024, 6, 4), state.Clocks["decision"].RunningSince);
    }

    [Fact]
    public void A_stored_case_of_schema_1_with_an_open_task_and_an_open_warning_goes_on()
    {
        var definition = SidePortTests.Flow("CounterBased", "notify");
        var state = WorkflowState.FromJson(RepositoryFiles.Read("tests/Workflows.Tests/Execution/state-1.json"));
        foreach (var (activity, outcome) in new[] { ("decide", "Yes"), ("warn", "Answered") })
        {
            var bookmark = Assert.Single(state.Bookmarks, b => b.ActivityId == activity);
            var answer = new Stimulus.TaskCompleted(bookmark.Id, outcome, [], new Actor("u", "王某", "440300", "officer"));
            var facts = Facts.None.With(FactKey.Calendar, Calendars.ChinaCalendar.Shipped);
            state = Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(definition, state, answer, facts, new DateTimeOffset(2024, 6, 11, 9, 0, 0, TimeSpan.FromHours(8)))).Burst.State;
        }

        Assert.Equal((InstanceStatus.Finished, "办结"), (state.Status, state.Outcome));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("nonsense")]
    [InlineData("""{"schemaVersion": 2}""")]
    [InlineData("""{"schemaVersion": 1, "instance": "x"}""")]
    public void What_is_no_state_is_refused_as_such(string json) => Assert.Throws<FormatException>(() => WorkflowState.FromJson(json));

    [Fact]
    public void A_stimulus_for_what_does_not_wait_changes_nothing()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2022-09-30 16:40");
        Assert.IsType<RunResult.NotWaiting>(@case.Send(new Stimulus.TimerFired("gone"), mustRun: false));
        Assert.IsType<RunResult.NotWaiting>(@case.Send(new Stimulus.Start(null, [], null), mustRun: false));
    }
}
