using WorkflowEngine.Host.Simulation;
using WorkflowEngine.Host.Tests.Reliability;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Timers;

/// <summary>A limit passes at the moment at which somebody decides.</summary>
public sealed class SweeperRaceTests : IAsyncLifetime
{
    private readonly TemporaryFolder _server = new();
    private readonly FlowFolder _content = new();
    private Workshop _host = null!;

    public async Task InitializeAsync()
    {
        SmallFlows.Write(_content);
        _host = await Workshop.OpenAsync(_content, await Workshop.ServerAsync(_server));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        _server.Dispose();
        _content.Dispose();
    }

    [Fact]
    public async Task A_sweeper_that_comes_second_to_a_decision_waits_for_nobody_and_fires_nothing()
    {
        var begun = await _host.BeginAsync(SmallFlows.Decide, 2, isCase: true);
        var (decided, forgotten) = (begun[0], begun[1]);
        Task decision;
        await using (await _host.HoldAsync(decided))
        {
            decision = _host.GiveAsync([decided], stored => new Stimulus.TaskCompleted(Assert.Single(stored.State.Bookmarks).Id, "Done", [], Workshop.Officer));
            await _host.SomebodyWaitsAsync();
            _host.Part<MovableTime>().MoveTo(Workshop.Start.AddDays(30));

            // The limit of the other case passes; the decided one is passed over, and holds nobody up.
            Assert.Equal(1, await _host.SweepAsync());
            Assert.Contains("late Completed", await _host.PictureAsync([forgotten]), StringComparison.Ordinal);
        }

        await decision;
        Assert.Equal(0, await _host.SweepAsync());
        var end = await _host.PictureAsync([decided]);
        Assert.Contains("case Finished 已办结", end, StringComparison.Ordinal);
        foreach (var absent in (string[])["late", "fired", "parked", "incident"]) Assert.DoesNotContain(absent, end, StringComparison.Ordinal);
    }
}
