using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Scenarios;

namespace WorkflowEngine.Content.Tests.Rehearsal;

/// <summary>Every shipped story, played in memory by the real engine, rules, forms and letters.</summary>
public class ShippedScenarioTests
{
    private static readonly Library Shipped = new(ShippedContent.Set);

    private static readonly IReadOnlyList<Scenario> All = ScenarioReader.ReadShipped(Shipped.Content).Scenarios!;

    public static TheoryData<string> Names => [.. All.Select(scenario => $"{scenario.File}#{scenario.Id}")];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_story_ends_as_told(string name)
    {
        var told = MemoryPlatform.Play(All.Single(scenario => $"{scenario.File}#{scenario.Id}" == name), Shipped);

        Assert.True(told.EndedAsTold, told.ToString());
    }
}
