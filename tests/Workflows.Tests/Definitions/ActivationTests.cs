using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Workflows.Tests.Definitions;

/// <summary>Which running instances keep another one from starting.</summary>
public sealed class ActivationTests
{
    [Theory]
    [InlineData("AllowAlways", "a", false, false, false)]
    [InlineData("Singleton", "a", true, true, false)]
    [InlineData("Correlation", "a", true, false, true)]
    [InlineData("CorrelatedSingleton", "a", true, false, false)]
    [InlineData("Correlation", null, false, false, false)]
    [InlineData("CorrelatedSingleton", null, false, false, false)]
    [InlineData("Singleton", null, true, true, false)]
    public void A_strategy_says_what_stands_in_the_way(string strategy, string? correlation, bool sameFlowSameId, bool sameFlowOtherId, bool otherFlowSameId)
    {
        var definition = WorkflowDefinition.Read(
            "{\"definitionId\":\"flow\",\"options\":{\"activationStrategyType\":\"Elsa.Workflows.Runtime.ActivationValidators." + strategy + "Strategy, Elsa.Workflows.Runtime\"}}", "x.json").Definition!;
        var exclusion = ActivationExclusion.Of(definition, correlation);
        Assert.Equal(sameFlowSameId, exclusion?.Matches("flow", "a") ?? false);
        Assert.Equal(sameFlowOtherId, exclusion?.Matches("flow", "b") ?? false);
        Assert.Equal(otherFlowSameId, exclusion?.Matches("other", "a") ?? false);
    }
}
