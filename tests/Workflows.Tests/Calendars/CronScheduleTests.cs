using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Calendars;

/// <summary>When Elsa.Cron wakes, counted from Friday, 30 September 2022, 12:00 UTC.</summary>
public sealed class CronScheduleTests
{
    private static readonly DateTimeOffset Now = new(2022, 9, 30, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 */15 * * * *", "2022-09-30T12:15:00")]
    [InlineData("30 0 9-17/4 * * *", "2022-09-30T13:00:30")]
    [InlineData("0 0 9 ? * MON-FRI", "2022-10-03T09:00:00")]
    [InlineData("0 0 9 * * FRI-SUN", "2022-10-01T09:00:00")]
    [InlineData("0 0 9 * * SAT-MON", "2022-10-01T09:00:00")]
    [InlineData("0 0 0 1 NOV-FEB ?", "2022-11-01T00:00:00")]
    [InlineData("0 0 0 L * *", "2022-10-31T00:00:00")]
    [InlineData("0 0 0 L-1 * *", "2022-10-30T00:00:00")]
    [InlineData("0 0 0 LW * *", "2022-10-31T00:00:00")]
    [InlineData("0 0 0 1W * *", "2022-10-03T00:00:00")]
    [InlineData("0 0 0 15W * *", "2022-10-14T00:00:00")]
    [InlineData("0 0 0 * * 5L", "2022-10-28T00:00:00")]
    [InlineData("0 0 0 * * MON#2", "2022-10-10T00:00:00")]
    [InlineData("0 0 0 29 2 ?", "2024-02-29T00:00:00")]
    [InlineData("0 0 0 13 * FRI", "2023-01-13T00:00:00")]
    [InlineData("@monthly", "2022-10-01T00:00:00")]
    [InlineData("0 0 * * *", null)]
    [InlineData("0 0 0 30 2 *", null)]
    [InlineData("0 60 * * * *", null)]
    [InlineData("often", null)]
    [InlineData("0 0 0 * * 5#6", null)]
    public void A_schedule_names_its_next_instant_or_is_refused(string expression, string? next)
    {
        var definition = WorkflowDefinition.Read("{\"root\":{\"id\":\"c\",\"type\":\"Elsa.Cron\",\"cronExpression\":\"" + expression + "\"}}", "x.json").Definition!;
        var burst = Assert.IsType<RunResult.Ran>(WorkflowRunner.Run(definition, WorkflowState.New(Guid.Empty, definition, null), new Stimulus.Start(null, new JsonObject(), null), Facts.None, Now)).Burst;
        if (next is null)
        {
            Assert.Single(burst.State.Incidents);
            return;
        }

        var due = DateTimeOffset.Parse(next, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        Assert.Equal(due, Assert.Single(burst.Effects.OfType<Effect.ArmTimer>()).DueAt);
    }
}
