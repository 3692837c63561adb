using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>County, city, province: what is meant for a level that does not exist is left out.</summary>
public sealed class LevelTests
{
    [Theory]
    [InlineData("440606", "440600", "440000")]
    [InlineData("440300", "440000", null)]
    [InlineData("440000", null, null)]
    public void A_warning_and_a_letter_reach_the_levels_above_as_far_as_there_are_any(string authority, string? above, string? top)
    {
        var flow = Drawing.Flow(
            "CounterBased",
            [
                Drawing.Submit, Drawing.Notice("above", "authority.parent"), Drawing.Notice("top", "authority.parent.parent"),
                Drawing.Warning("warn", "authority.parent.parent"), Drawing.Notice("skipped"), Drawing.Notice("answered"),
            ],
            "submit > above", "above > top", "top > warn", "warn.Skipped > skipped", "warn.Answered > answered");
        var @case = new CaseInMemory(flow, header: CaseInMemory.Header(authority));
        @case.Start("2025-05-06 09:00");

        var letters = @case.Effects.OfType<Effect.QueueNotice>().ToLookup(n => n.Notice, n => n.OrganisationId);
        Assert.Equal(above is null ? [] : [above], letters["above"]);
        Assert.Equal(top is null ? [] : [top], letters["top"]);
        Assert.Equal(top is null ? [] : [top], @case.Effects.OfType<Effect.RaiseWarning>().Select(w => w.OrganisationId));
        Assert.Equal(top is null, @case.Notices.Contains("skipped"));
        Assert.Equal(top is null ? InstanceStatus.Finished : InstanceStatus.Running, @case.State.Status);
    }
}
