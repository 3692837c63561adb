using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>Tasks whose content is internal until a later step has decided.</summary>
public sealed class InternalTaskTests
{
    public static TheoryData<string> Modes => Drawing.Modes;

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_decision_discloses_what_prepared_it_and_being_sent_back_does_not(string mode)
    {
        var @case = Signing(mode);
        Assert.Equal(["sign.Signed"], @case.Tasks.Single(task => task.ActivityId == "verify").InternalUntil);
        @case.Complete("verify", "Found");
        @case.Complete("sign", "SentBack");
        @case.Complete("verify", "Found");
        Assert.Empty(@case.Effects.OfType<Effect.Disclose>());

        @case.Complete("sign", "Signed");

        Assert.Equal("sign.Signed", Assert.Single(@case.Effects.OfType<Effect.Disclose>()).Decision);
        Assert.Equal(["verify", "sign", "verify", "sign"], @case.Effects.OfType<Effect.CloseTask>().Select(task => task.InternalStep));
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void An_event_that_takes_the_work_away_is_everybodys_to_know(string mode)
    {
        var @case = Signing(mode);

        @case.Happens("taken-over");

        var closed = Assert.Single(@case.Effects.OfType<Effect.CloseTask>());
        Assert.Equal(("TakenOver", TaskEnd.Superseded, (string?)null), (closed.Outcome, closed.End, closed.InternalStep));
        Assert.Empty(@case.Effects.OfType<Effect.Disclose>());
    }

    private static CaseInMemory Signing(string mode)
    {
        const string Until = """ "internalUntil": "sign.Signed", """;
        var flow = Drawing.Flow(
            mode,
            [
                Drawing.Submit, Drawing.Task("verify", "Found", Until + Drawing.List("events", """{ "event": "taken-over", "outcome": "TakenOver" }""")),
                Drawing.Task("sign", "Signed SentBack", Until), Drawing.Close("close", "不属实"), Drawing.Close("above", "提办"),
            ],
            "submit > verify", "verify.Found > sign", "sign.SentBack > verify", "sign.Signed > close", "verify.TakenOver > above");
        var @case = new CaseInMemory(flow);
        @case.Start("2024-06-04 09:00");
        return @case;
    }
}
