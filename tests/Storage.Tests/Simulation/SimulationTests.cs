using WorkflowEngine.Bench.Simulation;
using Xunit.Abstractions;

namespace WorkflowEngine.Storage.Tests.Simulation;

/// <summary>
/// The real engine and the real rules of the commit on virtual hosts that crash, stand still and lose their connections, against a reference model. <c>./bench simulate-faults</c> runs any
/// number of seeds; a seed that fails fails again.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 200;

    /// <summary>Within so many seeds each planted defect must be found.</summary>
    private const int Patience = 300;

    public static TheoryData<string> Planted => [.. Enum.GetNames<Defect>().Where(name => name != nameof(Defect.None))];

    [Fact]
    public void Whatever_happens_between_two_steps_nothing_is_lost_doubled_early_or_stuck()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            var outcome = World.Run(seed);
            Assert.True(outcome.Failure is null, $"seed {seed}: {outcome.Failure}\n{string.Join('\n', outcome.Trace)}");
        }
    }

    [Fact]
    public void A_seed_plays_the_same_again()
    {
        var (first, again) = (World.Run(7), World.Run(7));
        Assert.NotEmpty(first.Trace);
        Assert.Equal(first.Trace, again.Trace);
        Assert.NotEqual(first.Trace, World.Run(8).Trace);
    }

    [Theory]
    [MemberData(nameof(Planted))]
    public void A_planted_defect_is_found(string defect)
    {
        var found = Enumerable.Range(1, Patience).Select(seed => World.Run(seed, Enum.Parse<Defect>(defect))).FirstOrDefault(outcome => outcome.Failure is not null);
        Assert.True(found is not null, $"{defect} was not found in {Patience} seeds");
        output.WriteLine($"{defect}: seed {found.Seed}, after {found.Steps} steps: {found.Failure}");
    }
}
