using WorkflowEngine.Workflows.Execution;
using WorkflowEngine.Workflows.Tests.Cases;

namespace WorkflowEngine.Workflows.Tests.Execution;

/// <summary><c>runAsynchronously</c>: a task runs in a burst of its own, after the one that came to it is committed.</summary>
public sealed class RunsApartTests
{
    public static TheoryData<string, string> Places => new()
    {
        { "CounterBased", """ "customProperties": { "runAsynchronously": true } """ },
        { "TokenBased", """ "customProperties": { "RunAsynchronously": true } """ },
        { "TokenBased", """ "runAsynchronously": true """ },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void It_is_reached_in_one_burst_and_runs_in_the_next(string mode, string place)
    {
        var @case = Begun(mode, place);
        Assert.Empty(@case.Effects.OfType<Effect.SendRequest>());
        Assert.Equal(["besides"], @case.Effects.OfType<Effect.WriteLine>().Select(line => line.Text));
        var turn = Assert.Single(@case.Timers);
        Assert.Equal((TimerKind.Apart, @case.Now), (turn.Kind, turn.DueAt));

        @case.At("2024-06-03 09:00");
        var order = Assert.Single(@case.Effects.OfType<Effect.SendRequest>());
        Assert.Equal(@case.State.Revision, order.Id.Revision);
        Assert.Equal(["Started", "Suspended", "Resumed", "Suspended"], @case.Journal.Where(entry => entry.ActivityId == "ask").Select(entry => entry.Event));
    }

    [Fact]
    public void It_is_not_reached_any_more_once_the_case_has_ended()
    {
        var @case = Begun("TokenBased", """ "customProperties": { "runAsynchronously": true } """);
        @case.Cancel("撤回");
        Assert.Empty(@case.Timers);
    }

    [Fact]
    public void Where_it_says_no_the_task_runs_at_once() =>
        Assert.Single(Begun("TokenBased", """ "customProperties": { "runAsynchronously": false } """).Effects.OfType<Effect.SendRequest>());

    private static CaseInMemory Begun(string mode, string place)
    {
        var @case = new CaseInMemory(Drawing.Flow(
            mode,
            [
                Drawing.Submit,
                $$"""{ "id": "ask", "type": "Elsa.SendHttpRequest", "url": "https://partner.example/", "method": "GET", {{place}} }""",
                """{ "id": "besides", "type": "Elsa.WriteLine", "text": "besides" }""",
            ],
            "submit > ask", "submit > besides"));
        @case.Start("2024-06-03 09:00");
        return @case;
    }
}
