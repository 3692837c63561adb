using System.Collections.Concurrent;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Timers;

/// <summary>Each timer fires once, not early, in order, whoever sweeps and whoever dies while sweeping.</summary>
public sealed class TimerTests : IAsyncLifetime
{
    private readonly Story _story = new();

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task Two_sweepers_fire_every_timer_once()
    {
        var units = Enumerable.Range(0, 300).Select(index => _story.NewCase(Story.Timer(Story.Noon.AddMinutes(index % 60)))).ToList();
        await _story.Commits.CommitAsync(units, CancellationToken.None);
        var byInstance = units.ToDictionary(unit => unit.InstanceId);
        var fired = new ConcurrentBag<string>();

        async Task SweepAsync()
        {
            while (true)
            {
                await using var claimed = await _story.Timers.ClaimDueAsync(Story.Noon.AddDays(1), 20, CancellationToken.None);
                if (claimed.Timers.Count == 0)
                {
                    return;
                }

                var due = claimed.Timers.Select(timer => Story.Next(byInstance[timer.InstanceId]) with { ConsumedTimers = [timer.Id] }).ToList();
                var results = await claimed.CommitAsync(due, [], CancellationToken.None);
                Assert.All(results, result => Assert.IsType<CommitResult.Committed>(result));
                foreach (var timer in claimed.Timers)
                {
                    fired.Add(timer.Id);
                }
            }
        }

        await Task.WhenAll(SweepAsync(), SweepAsync(), SweepAsync());

        Assert.Equal(300, fired.Count);
        Assert.Equal(300, fired.Distinct().Count());
        Assert.Equal(300L, await _story.ScalarAsync<long>("select count(*) from timers where status = 'fired'"));
        Assert.Equal(300L, await _story.ScalarAsync<long>("select count(*) from instances where revision = 2"));
        Assert.Null(await _story.Timers.NextDueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task Timers_come_in_due_order_and_never_early()
    {
        DateTimeOffset[] due = [Story.Noon.AddHours(3), Story.Noon.AddHours(1), Story.Noon.AddHours(2), Story.Noon.AddHours(9)];
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase([.. due.Select(Story.Timer)]));

        Assert.Equal(Story.Noon.AddHours(1), await _story.Timers.NextDueAsync(CancellationToken.None));
        await using var early = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1).AddTicks(-10), 10, CancellationToken.None);
        Assert.Empty(early.Timers);
        await early.DisposeAsync();
        await using var claimed = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(3), 10, CancellationToken.None);
        Assert.Equal([Story.Noon.AddHours(1), Story.Noon.AddHours(2), Story.Noon.AddHours(3)], claimed.Timers.Select(timer => timer.DueAt));
    }

    [Fact]
    public async Task A_sweeper_that_dies_before_its_commit_leaves_the_timer_due()
    {
        var unit = _story.NewCase(Story.Timer(Story.Noon));
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await using (var claimed = await _story.Timers.ClaimDueAsync(Story.Noon, 10, CancellationToken.None))
        {
            Assert.Single(claimed.Timers);
        }

        await using var again = await _story.Timers.ClaimDueAsync(Story.Noon, 10, CancellationToken.None);
        var results = await again.CommitAsync([Story.Next(unit) with { ConsumedTimers = [again.Timers[0].Id] }], [], CancellationToken.None);
        Assert.IsType<CommitResult.Committed>(results[0]);
    }

    [Fact]
    public async Task While_a_timer_is_held_nobody_waits_and_nobody_else_gets_it()
    {
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase(Story.Timer(Story.Noon), Story.Timer(Story.Noon.AddMinutes(1))));
        await using var first = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1), 1, CancellationToken.None);
        await using var second = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1), 10, CancellationToken.None);

        Assert.Single(first.Timers);
        // Not even the other timer of the same instance: it would be decided on a state that is about to change.
        Assert.Empty(second.Timers);
    }

    [Fact]
    public async Task A_timer_whose_case_is_poisoned_is_set_aside_with_an_incident_and_blocks_nobody()
    {
        var poisoned = _story.NewCase(Story.Timer(Story.Noon));
        var sound = _story.NewCase(Story.Timer(Story.Noon.AddMinutes(1)));
        await _story.Commits.CommitAsync([poisoned, sound], CancellationToken.None);
        await using (var claimed = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1), 10, CancellationToken.None))
        {
            var results = await claimed.CommitAsync(
                [
                    Story.Next(poisoned, id => new Effect.RaiseIncident(id, "review", "\0")) with { ConsumedTimers = [Story.Effect(poisoned, 1).ToString()] },
                    Story.Next(sound) with { ConsumedTimers = [Story.Effect(sound, 1).ToString()] },
                ],
                [], CancellationToken.None);
            Assert.IsType<CommitResult.Failed>(results[0]);
            Assert.IsType<CommitResult.Committed>(results[1]);
        }

        await using var after = await _story.Timers.ClaimDueAsync(Story.Noon.AddHours(1), 10, CancellationToken.None);
        Assert.Empty(after.Timers);
        Assert.Equal($"timer:{Story.Effect(poisoned, 1)}", await _story.ScalarAsync<string>("select id from incidents where instance_id = $1", poisoned.InstanceId));
    }

    [Fact]
    public async Task A_timer_that_nobody_waits_for_any_more_is_settled_without_a_burst()
    {
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase(Story.Timer(Story.Noon)));
        await using (var claimed = await _story.Timers.ClaimDueAsync(Story.Noon, 10, CancellationToken.None))
        {
            await claimed.CommitAsync([], claimed.Timers, CancellationToken.None);
        }

        Assert.Null(await _story.Timers.NextDueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_signal_for_an_expected_message_is_pending_once_and_delivered_once()
    {
        var unit = _story.NewCase(id => new Effect.ExpectMessage(id, "conformance", "c1"));
        await _story.CommitAsync<CommitResult.Committed>(unit);

        Assert.Equal(1, await _story.Signals.SendToExpectingAsync("conformance", "c1", null, Story.Noon, CancellationToken.None));
        // Told again, and still one signal: it is the same wake-up.
        Assert.Equal(1, await _story.Signals.SendToExpectingAsync("conformance", "c1", null, Story.Noon, CancellationToken.None));
        Assert.Equal(0, await _story.Signals.SendToExpectingAsync("conformance", "other", null, Story.Noon, CancellationToken.None));
        await using (var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None))
        {
            var signal = Assert.Single(claimed.Signals);
            Assert.Equal(Story.Effect(unit, 1).ToString(), signal.BookmarkId);
            Assert.Contains(unit.InstanceId, claimed.Instances.Keys);
            await using var other = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
            Assert.Empty(other.Signals);
            var results = await claimed.CommitAsync([Story.Next(unit) with { ConsumedSignals = [signal.Id] }], [], CancellationToken.None);
            Assert.IsType<CommitResult.Committed>(results[0]);
        }

        Assert.Equal(1, await _story.Signals.SendToExpectingAsync("conformance", "c1", null, Story.Noon, CancellationToken.None));
    }

    [Fact]
    public async Task A_message_that_arrives_while_its_signal_is_being_answered_is_not_lost()
    {
        var unit = _story.NewCase(id => new Effect.ExpectMessage(id, "conformance", "c1"));
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await _story.Signals.SendToExpectingAsync("conformance", "c1", null, Story.Noon, CancellationToken.None);
        Task<int> second;
        await using (var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None))
        {
            second = _story.Signals.SendToExpectingAsync("conformance", "c1", null, Story.Noon, CancellationToken.None);
            await claimed.CommitAsync([Story.Next(unit) with { ConsumedSignals = [claimed.Signals[0].Id] }], [], CancellationToken.None);
        }

        Assert.Equal(1, await second);
        await using var again = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        Assert.Single(again.Signals);
    }

    [Fact]
    public async Task A_published_event_wakes_those_who_wait_for_its_name()
    {
        var waiting = _story.NewCase(id => new Effect.ExpectMessage(id, "event", "材料已到"));
        var other = _story.NewCase(id => new Effect.ExpectMessage(id, "event", "别的事"));
        await _story.Commits.CommitAsync([waiting, other], CancellationToken.None);

        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase(
            id => new Effect.PublishEvent(id, "材料已到", null, null), id => new Effect.PublishEvent(id, "别的事", "no-such-correlation", null)));

        await using var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        Assert.Equal(waiting.InstanceId, Assert.Single(claimed.Signals).InstanceId);
    }

    [Fact]
    public async Task A_local_event_wakes_its_own_instance_and_nobody_else_who_waits_for_the_same_name()
    {
        var other = _story.NewCase(id => new Effect.ExpectMessage(id, "event", "提办"));
        await _story.CommitAsync<CommitResult.Committed>(other);
        var own = _story.NewCase(
            id => new Effect.ExpectMessage(id, "event", "提办"), id => new Effect.PublishEvent(id, "提办", null, null, Local: true));

        await _story.CommitAsync<CommitResult.Committed>(own);

        await using var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        Assert.Equal(own.InstanceId, Assert.Single(claimed.Signals).InstanceId);
    }

    [Fact]
    public async Task A_child_that_is_asked_for_is_claimed_although_it_does_not_exist_yet_and_its_parent_hears_of_its_end()
    {
        var child = _story.NewCase();
        var parent = _story.NewCase(id => new Effect.StartChild(id, child.InstanceId, "flow", null, [], "bookmark"));
        await _story.CommitAsync<CommitResult.Committed>(parent);
        await using (var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None))
        {
            var signal = Assert.Single(claimed.Signals);
            Assert.Equal((SignalKind.StartChild, child.InstanceId), (signal.Kind, signal.InstanceId));
            child = child with
            {
                New = child.New! with { ParentInstanceId = parent.InstanceId, ParentBookmarkId = "bookmark" },
                ConsumedSignals = [signal.Id],
            };
            Assert.IsType<CommitResult.Committed>((await claimed.CommitAsync([child], [], CancellationToken.None))[0]);
        }

        await _story.CommitAsync<CommitResult.Committed>(Story.Last(child, "联调成功"));

        await using var end = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        var told = Assert.Single(end.Signals);
        Assert.Equal((SignalKind.ChildFinished, parent.InstanceId, "bookmark"), (told.Kind, told.InstanceId, told.BookmarkId));
        Assert.False((bool)told.Payload!["faulted"]!);
    }

    [Fact]
    public async Task Other_hosts_hear_that_there_is_work()
    {
        await using var other = await TestServer.OpenAsync(await TestServer.ConnectionStringAsync(
            new Npgsql.NpgsqlConnectionStringBuilder(_story.Database.Engine.ConnectionString).Database!));
        var listener = new WakeUps(other, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger<WakeUps>.Instance);
        var listening = new TaskCompletionSource();
        var heard = new TaskCompletionSource<Wake>();
        listener.OnWake(work =>
        {
            if (!listening.TrySetResult())
            {
                heard.TrySetResult(work);
            }
        });
        using var stop = new CancellationTokenSource();
        var listen = listener.ListenAsync(stop.Token);
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(20));

        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase(Story.Timer(Story.Noon)));

        Assert.True((await heard.Task.WaitAsync(TimeSpan.FromSeconds(20))).HasFlag(Wake.Timers));
        await stop.CancelAsync();
        await listen;
    }
}
