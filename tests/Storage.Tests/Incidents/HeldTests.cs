using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Incidents;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Incidents;

/// <summary>What falls due or arrives for an instance that a failed step has stopped, and what could not be carried out and was set aside.</summary>
public sealed class HeldTests : IAsyncLifetime
{
    private readonly Story _story = new();

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_timer_of_a_stopped_instance_is_due_again_when_the_instance_goes_on()
    {
        var unit = _story.NewCase(Story.Timer(Story.Noon), Story.Timer(Story.Noon.AddDays(9)));
        var stopped = Story.Becomes(unit, InstanceSubStatus.Faulted);
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await _story.CommitAsync<CommitResult.Committed>(stopped);
        await NotTakenAsync();
        Assert.Equal(["held", "pending"], await StatusesAsync("timers"));
        Assert.Equal(Story.Noon.AddDays(9), await _story.Timers.NextDueAsync(CancellationToken.None));

        var stillStopped = Story.Becomes(stopped, InstanceSubStatus.Faulted);
        await _story.CommitAsync<CommitResult.Committed>(stillStopped);
        Assert.Equal(["held", "pending"], await StatusesAsync("timers"));
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(stillStopped));
        Assert.Equal(Story.Noon, await _story.Timers.NextDueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_timer_that_the_decision_cancels_does_not_come_back()
    {
        var unit = _story.NewCase(Story.Timer(Story.Noon));
        var stopped = Story.Becomes(unit, InstanceSubStatus.Faulted);
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await _story.CommitAsync<CommitResult.Committed>(stopped);
        await NotTakenAsync();

        await _story.CommitAsync<CommitResult.Committed>(Story.Next(stopped, id => new Effect.CancelTimer(id, Story.Effect(unit, 1).ToString())));
        Assert.Equal(["cancelled"], await StatusesAsync("timers"));
    }

    [Fact]
    public async Task Of_several_wake_ups_that_a_stopped_instance_did_not_take_the_last_comes_again()
    {
        var unit = _story.NewCase(id => new Effect.ExpectMessage(id, "event", "go"), id => new Effect.ExpectMessage(id, "event", "on"));
        var stopped = Story.Becomes(unit, InstanceSubStatus.Faulted);
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await _story.CommitAsync<CommitResult.Committed>(stopped);
        foreach (var word in new[] { "first", "second" })
        {
            await _story.Signals.SendToExpectingAsync("event", "go", word, Story.Noon, CancellationToken.None);
            await using var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
            await claimed.CommitAsync([], claimed.Signals, CancellationToken.None);
        }

        await _story.Signals.SendToExpectingAsync("event", "on", "other", Story.Noon, CancellationToken.None);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(stopped));
        await using var again = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        Assert.Equal(["second", "other"], again.Signals.Select(signal => signal.Payload!.GetValue<string>()));
        Assert.Equal(["consumed", "pending", "pending"], await StatusesAsync("signals"));
    }

    [Fact]
    public async Task What_was_set_aside_is_tried_again_and_set_aside_anew()
    {
        var unit = _story.NewCase(Story.Timer(Story.Noon));
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await ParkAsync("连接中断");
        var incident = (await Incidents.FindAsync(Tenant.System, IdOf(unit), CancellationToken.None))!;
        Assert.True(incident.IsSetAside);

        await _story.CommitAsync<CommitResult.Committed>(
            Story.Next(unit, id => new Effect.SettleIncident(id, incident.Id, IncidentEnd.Retried, Story.Officer, null)));
        Assert.Null(await Incidents.FindAsync(Tenant.System, incident.Id, CancellationToken.None));
        await ParkAsync("又中断");
        Assert.Equal("又中断", (await Incidents.FindAsync(Tenant.System, incident.Id, CancellationToken.None))!.Message);
    }

    [Fact]
    public async Task What_no_instance_can_take_note_of_is_settled_once_and_kept_in_the_chain_of_the_organisation()
    {
        var unit = _story.NewCase(Story.Timer(Story.Noon));
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await ParkAsync("连接中断");
        var incident = (await Incidents.FindAsync(Tenant.System, IdOf(unit), CancellationToken.None))!;

        Assert.True(await SettleAsync(incident, IncidentEnd.Acknowledged));
        Assert.False(await SettleAsync(incident, IncidentEnd.Retried));
        Assert.Equal(["parked"], await StatusesAsync("timers"));
        Assert.Contains("已核查", await _story.ScalarAsync<string>("select content from audit where chain = $1", $"organisation:{Story.Shenzhen.Id}"), StringComparison.Ordinal);
        Assert.True((await new AuditChain(_story.Database).VerifyAsync(null, CancellationToken.None)).Intact);
    }

    private IncidentStore Incidents => new(_story.Database);

    private Task<bool> SettleAsync(OpenIncident incident, IncidentEnd end) =>
        Incidents.SettleAsync(incident, end, Story.Officer, "已核查", Story.Noon.AddHours(1), CancellationToken.None);

    private static string IdOf(CommitUnit unit) => $"timer:{Story.Effect(unit, 1)}";

    /// <summary>A sweep in which the instance takes nothing.</summary>
    private async Task NotTakenAsync()
    {
        await using var claimed = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1), 10, CancellationToken.None);
        await claimed.CommitAsync([], claimed.Timers, CancellationToken.None);
    }

    private async Task ParkAsync(string message)
    {
        await using var claimed = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1), 10, CancellationToken.None);
        claimed.Park(Assert.Single(claimed.Timers), message);
        await claimed.CommitAsync([], [], CancellationToken.None);
    }

    private async Task<string[]> StatusesAsync(string table) => await _story.ScalarAsync<string[]>($"select array_agg(status order by status) from {table}");
}
