using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary>Reminder, Overdue and AnsweredLate fire while their activity stays open, in counter and in token mode alike.</summary>
public sealed class SidePortTests
{
    public static TheoryData<string> Modes => new("CounterBased", "TokenBased");

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_task_answered_in_time_fires_nothing_but_its_reminder(string mode)
    {
        var @case = Started(mode);
        @case.At("2024-06-06 10:00");
        @case.Complete("decide", "Yes");
        Assert.Equal(["Reminder"], Fired(@case));
        Assert.Equal("办结", @case.State.Outcome);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
        Assert.Empty(@case.Timers);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_task_answered_late_has_fired_once_and_says_so(string mode)
    {
        var @case = Started(mode);
        @case.At("2024-06-08 00:00");
        Assert.Equal(["Reminder", "Overdue"], Fired(@case));
        Assert.Contains(@case.Tasks, t => t.ActivityId == "decide");

        @case.At("2024-06-11 10:00");
        @case.Complete("decide", "Yes");
        Assert.Equal(["Reminder", "Overdue", "AnsweredLate"], Fired(@case).Take(3));
        Assert.Contains("late", @case.Notices);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_warning_answered_after_the_case_was_closed_ends_the_instance(string mode)
    {
        var @case = Started(mode);
        @case.At("2024-06-08 09:00");
        @case.Complete("decide", "Yes");
        Assert.Equal("办结", @case.State.Outcome);
        Assert.Equal(InstanceStatus.Running, @case.State.Status);
        Assert.Contains(@case.Tasks, t => t.Kind == TaskKind.Warning);

        @case.Complete("warn", "Answered");
        Assert.Contains("answered", @case.Notices);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_second_round_fires_again_in_a_scope_of_its_own(string mode)
    {
        var @case = Started(mode);
        @case.At("2024-06-08 09:00");
        @case.Complete("decide", "No");
        Assert.Contains(@case.Tasks, t => t.ActivityId == "decide");
        @case.At("2024-06-20 09:00");
        Assert.Equal(2, @case.Effects.OfType<Effect.RaiseWarning>().Count());
        Assert.Equal(2, @case.Tasks.Count(t => t.Kind == TaskKind.Warning));
        Assert.Equal(2, @case.Effects.OfType<Effect.RaiseWarning>().Select(w => w.AboutTaskId).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_join_behind_the_task_does_not_wait_for_its_side_region(string mode)
    {
        var @case = Started(mode);
        @case.At("2024-06-08 09:00");
        @case.Complete("decide", "Yes");
        Assert.Single(@case.Journal, j => j is { ActivityId: "after", Event: "Completed" });
    }

    [Fact]
    public void An_answer_that_beats_the_overdue_timer_of_a_busy_host_is_late_all_the_same()
    {
        var @case = Started("CounterBased");
        @case.At("2024-06-07 23:59");
        @case.Jump("2024-06-08 00:05");
        @case.Complete("decide", "Yes");
        Assert.Equal(["Reminder", "Overdue", "AnsweredLate"], Fired(@case));
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
    }

    [Fact]
    public void An_interrupting_limit_ends_the_task_through_an_ordinary_port()
    {
        var @case = Started("CounterBased", onOverdue: "interrupt");
        @case.At("2024-06-08 00:00");
        Assert.DoesNotContain(@case.Tasks, t => t.ActivityId == "decide");
        Assert.Contains(@case.Journal, j => j is { ActivityId: "decide", Event: "Completed" } && j.Outcomes!.SequenceEqual(["Overdue"]));
        Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
    }

    private static IEnumerable<string> Fired(CaseInMemory @case) => @case.Journal.Where(j => j is { Event: "Fired", ActivityId: "decide" }).Select(j => j.Outcomes![0]);

    private static CaseInMemory Started(string mode, string onOverdue = "notify")
    {
        var @case = new CaseInMemory(Flow(mode, onOverdue));
        @case.Start("2024-06-04 09:00");
        return @case;
    }

    internal static WorkflowDefinition Flow(string mode, string onOverdue) => CaseInMemory.Definition($$"""
        {
          "id": "side-1", "definitionId": "side", "name": "side", "version": 1,
          "customProperties": { "Flowchart:ExecutionMode": "{{mode}}" },
          "root": {
            "id": "flow", "type": "Elsa.Flowchart",
            "activities": [
              { "id": "submit", "type": "Gov.Submission", "form": { "typeName": "String", "expression": { "type": "Literal", "value": "f" } } },
              { "id": "decide", "type": "Gov.HumanTask",
                "title": { "typeName": "String", "expression": { "type": "Literal", "value": "决定" } },
                "party": { "typeName": "String", "expression": { "type": "Literal", "value": "authority" } },
                "role": { "typeName": "String", "expression": { "type": "Literal", "value": "officer" } },
                "form": { "typeName": "String", "expression": { "type": "Literal", "value": "f" } },
                "clock": { "typeName": "String", "expression": { "type": "Literal", "value": "decision" } },
                "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": 3 } },
                "onOverdue": { "typeName": "String", "expression": { "type": "Literal", "value": "{{onOverdue}}" } },
                "outcomes": { "typeName": "Object", "expression": { "type": "Object", "value": [ { "name": "Yes", "label": "是" }, { "name": "No", "label": "否" } ] } } },
              { "id": "remind", "type": "Gov.SendNotice", "notice": { "typeName": "String", "expression": { "type": "Literal", "value": "remind" } }, "party": { "typeName": "String", "expression": { "type": "Literal", "value": "authority" } } },
              { "id": "warn", "type": "Gov.RaiseWarning", "level": { "typeName": "String", "expression": { "type": "Literal", "value": "authority" } },
                "title": { "typeName": "String", "expression": { "type": "Literal", "value": "逾期" } }, "form": { "typeName": "String", "expression": { "type": "Literal", "value": "w" } } },
              { "id": "answered", "type": "Gov.SendNotice", "notice": { "typeName": "String", "expression": { "type": "Literal", "value": "answered" } }, "party": { "typeName": "String", "expression": { "type": "Literal", "value": "province" } } },
              { "id": "late", "type": "Gov.SendNotice", "notice": { "typeName": "String", "expression": { "type": "Literal", "value": "late" } }, "party": { "typeName": "String", "expression": { "type": "Literal", "value": "province" } } },
              { "id": "after", "type": "Elsa.WriteLine", "text": { "typeName": "String", "expression": { "type": "Literal", "value": "after" } } },
              { "id": "close", "type": "Gov.CloseCase", "outcome": { "typeName": "String", "expression": { "type": "Literal", "value": "办结" } } }
            ],
            "connections": [
              { "source": { "activity": "submit", "port": "Done" }, "target": { "activity": "decide" } },
              { "source": { "activity": "decide", "port": "Yes" }, "target": { "activity": "after" } },
              { "source": { "activity": "decide", "port": "No" }, "target": { "activity": "decide" } },
              { "source": { "activity": "after", "port": "Done" }, "target": { "activity": "close" } },
              { "source": { "activity": "decide", "port": "Reminder" }, "target": { "activity": "remind" } },
              { "source": { "activity": "decide", "port": "Overdue" }, "target": { "activity": "warn" } },
              { "source": { "activity": "warn", "port": "Answered" }, "target": { "activity": "answered" } },
              { "source": { "activity": "decide", "port": "AnsweredLate" }, "target": { "activity": "late" } }
            ]
          }
        }
        """);
}
