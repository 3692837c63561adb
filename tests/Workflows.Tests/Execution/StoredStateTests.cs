using System.Text.RegularExpressions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>States of every schema ever released stay readable and go on.</summary>
public sealed partial class StoredStateTests
{
    /// <summary>
    /// A host of the release before writes back what it knows: a member that was added without a new schema version is lost, and an enumeration's new value cannot be read
    /// (docs/reliability/upgrade.md). Where the shape has changed, the schema version must, with an upcaster, a stored state and a shape of that version.
    /// </summary>
    [Fact]
    public void A_member_is_added_to_the_stored_state_only_with_a_new_schema_version()
    {
        var written = from file in (string[])["StateJson.cs", "IncidentJson.cs"]
                      from Match member in Member().Matches(RepositoryFiles.Read($"src/Workflows/Execution/{file}"))
                      select $"{file} {member.Groups["how"].Value} {member.Groups["name"].Value}";
        var named = from type in (string[])[nameof(InstanceSubStatus), "ActivityStatus", "WaitKind"]
                    from value in Enum.GetNames(typeof(WorkflowState).Assembly.GetType($"WorkflowEngine.Workflows.Execution.{type}", throwOnError: true)!)
                    select $"{type} {value}";

        var expected = RepositoryFiles.Read($"tests/Workflows.Tests/Execution/state-shape-{WorkflowState.CurrentSchemaVersion}.txt").TrimEnd().Split('\n');
        Assert.Equal(expected, written.Concat(named).Order(StringComparer.Ordinal));
    }

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

    [GeneratedRegex(@"\b(?<how>[A-Z]\w+)\((\w+, )?""(?<name>\w+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Member();
}
