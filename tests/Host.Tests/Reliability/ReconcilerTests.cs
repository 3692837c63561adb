using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Reliability;

/// <summary>巡检: whatever an instance waits for can still come, or somebody is told.</summary>
public sealed class ReconcilerTests : IAsyncLifetime
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
    public async Task A_thousand_orphans_of_eight_kinds_are_all_found_and_what_is_healed_goes_on()
    {
        const int Each = 125;
        var timerGone = await _host.BeginAsync(SmallFlows.Pause, Each);
        var timerSettled = await _host.BeginAsync(SmallFlows.Pause, Each);
        var taskGone = await _host.BeginAsync(SmallFlows.Decide, Each, isCase: true);
        var taskTooMany = await _host.BeginAsync(SmallFlows.Decide, Each, isCase: true);
        var unfindable = await _host.BeginAsync(SmallFlows.Listen, Each);
        var undelivered = await _host.BeginAsync(SmallFlows.Listen, Each);
        var endUntold = await _host.BeginAsync(SmallFlows.Parent, Each);
        var childless = await _host.BeginAsync(SmallFlows.Parent, Each);
        var healthy = (await _host.BeginAsync(SmallFlows.Pause, 100)).Concat(await _host.BeginAsync(SmallFlows.Parent, 50)).ToList();
        var deciding = await _host.BeginAsync(SmallFlows.Decide, 100, isCase: true);
        await TamperAsync(Each, Orphans.ChildNeverBegun, childless.Select(id => id.ToString()).ToArray());
        Assert.Equal(0, await FindAsync() - Each);
        // The children of the others are born and, of half of them, end; their ends are not told.
        await _host.SweepAsync();
        var children = (await _host.LoadAsync(endUntold)).Values.Select(parent => ChildOf(parent.State)).ToList();
        await _host.GiveAsync(children, child => new Stimulus.TimerFired(Assert.Single(child.State.Waits).Id));
        await TamperAsync(Each, Orphans.EndOfChildUntold, endUntold);
        await TamperAsync(Each, Orphans.TimerGone, timerGone);
        await TamperAsync(Each, Orphans.TimerSettled, timerSettled);
        await TamperAsync(Each, Orphans.TaskGone, taskGone);
        await TamperAsync(Each, Orphans.TaskTooMany, taskTooMany);
        await TamperAsync(Each, Orphans.Unfindable, unfindable);
        await TamperAsync(Each, Orphans.Undelivered, undelivered);

        Assert.Equal(7 * Each, await FindAsync());

        var round = _host.Part<Reconciler>().Last!;
        Assert.Equal((7 * Each, 0), (round.Healed, round.Raised));
        Assert.Equal((7 * Each, Each), (round.TotalHealed, round.TotalRaised));
        Assert.Equal(0, await FindAsync());

        // Every one that was healed goes on as one that was never touched.
        await _host.Part<SignalStore>().SendToExpectingAsync("event", "ring", null, Workshop.Start, CancellationToken.None);
        await _host.GiveAsync([.. taskGone, .. taskTooMany, .. deciding], stored => new Stimulus.TaskCompleted(TaskOf(stored.State), "Done", [], Workshop.Officer));
        // A child that nobody knows of is for people to decide about; here the step is done again.
        await _host.GiveAsync(childless, stored => new Stimulus.IncidentResolved(
            Assert.Single(stored.State.Incidents).Id, IncidentDecision.Retry, null, null, Workshop.Officer));
        await _host.WaitUntilAsync(Workshop.Start.AddDays(2));
        foreach (var kind in new[] { timerGone, timerSettled, taskGone, taskTooMany, unfindable, undelivered, endUntold, childless, healthy, deciding })
        {
            Assert.Equal(kind.Count, await _host.FinishedAsync([.. kind]));
        }

        Assert.Equal(0L, await _host.AskAsync<long>("select count(*) from tasks where closed_at is null"));
        Assert.Equal(0L, await _host.AskAsync<long>("select count(*) from incidents where resolved_at is null"));
        Assert.Equal(0L, await _host.AskAsync<long>("select count(*) from signals where status not in ('consumed')"));
        Assert.Equal(0, await FindAsync());
    }

    private Task<int> FindAsync() => _host.Part<Reconciler>().RoundAsync(CancellationToken.None);

    private async Task TamperAsync(int rows, string sql, IReadOnlyList<Guid> instances) => Assert.Equal(rows, await _host.TamperAsync(sql, instances.ToArray()));

    private async Task TamperAsync(int rows, string sql, string[] instances) => Assert.Equal(rows, await _host.TamperAsync(sql, (object)instances));

    private static Guid ChildOf(WorkflowState parent) => Guid.Parse(Assert.Single(parent.Waits).Id[Wait.ChildPrefix.Length..]);

    private static string TaskOf(WorkflowState state) => Assert.Single(state.Waits, wait => wait.Kind == WaitedFor.Task).Id;
}
