using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Simulation;

/// <summary>
/// One contract for the store of cases: what PostgreSQL does and what the simulation takes it to do. A simulation whose store is kinder than the real one proves nothing.
/// </summary>
public abstract class CaseStoreContract
{
    private protected Story Story { get; } = new();

    private protected abstract ICaseStore Cases { get; }

    [Fact]
    public async Task A_decision_on_an_older_revision_is_told_which_one_there_is_and_leaves_nothing()
    {
        var first = Story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon));
        Assert.IsType<CommitResult.Committed>(await OneAsync(first));
        Assert.IsType<CommitResult.Committed>(await OneAsync(Story.Next(first)));

        var late = Story.Next(first, id => new Effect.CloseTask(id, Story.Effect(first, 1).ToString(), "Returned", TaskEnd.Completed, Story.Officer, []));
        Assert.Equal(2, Assert.IsType<CommitResult.LostRace>(await OneAsync(late)).CurrentRevision);
        Assert.Equal(2, await Cases.RevisionAsync(first.InstanceId));
        Assert.Equal("", await Cases.OutcomeOfAsync(Story.Effect(first, 1).ToString()));
    }

    [Fact]
    public async Task What_nobody_began_and_what_was_begun_already_are_lost_races()
    {
        var never = Story.NewCase();
        Assert.Null(Assert.IsType<CommitResult.LostRace>(await OneAsync(Story.Next(never))).CurrentRevision);
        var begun = Story.NewCase();
        await OneAsync(begun);
        Assert.Equal(1, Assert.IsType<CommitResult.LostRace>(await OneAsync(begun)).CurrentRevision);
    }

    [Fact]
    public async Task Of_two_units_of_one_instance_in_one_call_the_first_wins()
    {
        var first = Story.NewCase();
        await OneAsync(first);
        var results = await Cases.CommitAsync(Story.Next(first), Story.Next(first), Story.NewCase());
        Assert.IsType<CommitResult.Committed>(results[0]);
        Assert.IsType<CommitResult.LostRace>(results[1]);
        Assert.IsType<CommitResult.Committed>(results[2]);
    }

    [Fact]
    public async Task An_id_that_is_there_already_fails_its_unit_alone_and_wholly()
    {
        var first = Story.NewCase(Story.Task(Story.Shenzhen));
        await OneAsync(first);
        var twice = Story.Effect(first, 1);
        var poison = Story.Next(first, id => new Effect.ArmTimer(id, TimerKind.Delay, "b", Story.Noon), id => ((Effect.OpenTask)Story.Task(Story.Shenzhen)(id)) with { Id = twice });
        var good = Story.NewCase();

        var results = await Cases.CommitAsync(poison, good);

        Assert.Contains("23505", Assert.IsType<CommitResult.Failed>(results[0]).Message, StringComparison.Ordinal);
        Assert.IsType<CommitResult.Committed>(results[1]);
        Assert.Equal(1, await Cases.RevisionAsync(first.InstanceId));
        await using var due = await Cases.ClaimTimersAsync(Story.Noon, 100);
        Assert.DoesNotContain(due.Rows, timer => timer.InstanceId == first.InstanceId);
    }

    [Fact]
    public async Task A_key_is_kept_with_what_was_done_and_freed_by_what_was_not()
    {
        var key = new IdempotencyKey("440300/u1", Guid.NewGuid().ToString(), [1, 2, 3], "first");
        var first = Story.NewCase();
        await OneAsync(first with { IdempotencyKey = key });
        Assert.Equal("first", Assert.IsType<CommitResult.DuplicateKey>(await OneAsync(Story.NewCase() with { IdempotencyKey = key with { Answer = "second" } })).Answer);
        Assert.IsType<CommitResult.KeyReused>(await OneAsync(Story.NewCase() with { IdempotencyKey = key with { BodyHash = [9] } }));
        Assert.IsType<CommitResult.Committed>(await OneAsync(Story.NewCase() with { IdempotencyKey = key with { Scope = "440600/u1" } }));

        var lost = key with { Key = Guid.NewGuid().ToString() };
        await OneAsync(Story.Next(first));
        Assert.IsType<CommitResult.LostRace>(await OneAsync(Story.Next(first) with { IdempotencyKey = lost }));
        Assert.IsType<CommitResult.Committed>(await OneAsync(Story.NewCase() with { IdempotencyKey = lost }));
    }

    [Fact]
    public async Task Of_two_units_with_one_key_in_one_call_the_first_wins_and_a_blank_key_is_refused()
    {
        var key = new IdempotencyKey("s", Guid.NewGuid().ToString(), [1], "done");
        var results = await Cases.CommitAsync(Story.NewCase() with { IdempotencyKey = key }, Story.NewCase() with { IdempotencyKey = key });
        Assert.IsType<CommitResult.Committed>(results[0]);
        Assert.IsType<CommitResult.LostRace>(results[1]);
        Assert.IsType<CommitResult.Failed>(await OneAsync(Story.NewCase() with { IdempotencyKey = key with { Key = " " } }));
    }

    [Fact]
    public async Task Timers_come_when_they_are_due_in_order_and_each_is_answered_once()
    {
        var first = Story.NewCase(Story.Timer(Story.Noon.AddHours(2)), Story.Timer(Story.Noon.AddHours(1)), Story.Timer(Story.Noon.AddHours(9)));
        await OneAsync(first);
        await using (var early = await Cases.ClaimTimersAsync(Story.Noon.AddHours(1).AddTicks(-10), 100))
        {
            Assert.Empty(early.Rows);
        }

        var (later, sooner) = (Story.Effect(first, 1).ToString(), Story.Effect(first, 2).ToString());
        await using (var claimed = await Cases.ClaimTimersAsync(Story.Noon.AddHours(2), 100))
        {
            Assert.Equal([sooner, later], claimed.Rows.Select(timer => timer.Id));
            Assert.IsType<CommitResult.Committed>((await claimed.CommitAsync([Story.Next(first) with { ConsumedTimers = [sooner] }], claimed.Rows[1]))[0]);
        }

        await using (var again = await Cases.ClaimTimersAsync(Story.Noon.AddHours(2), 100))
        {
            Assert.Empty(again.Rows);
        }

        Assert.IsType<CommitResult.LostRace>(await OneAsync(Story.Next(Story.Next(first)) with { ConsumedTimers = [sooner] }));
    }

    [Fact]
    public async Task What_one_host_has_claimed_another_passes_over_until_it_is_let_go()
    {
        var (first, second) = (Story.NewCase(Story.Timer(Story.Noon), Story.Timer(Story.Noon)), Story.NewCase(Story.Timer(Story.Noon.AddMinutes(1))));
        await Cases.CommitAsync(first, second);
        await using (var mine = await Cases.ClaimTimersAsync(Story.Noon.AddMinutes(1), 1))
        {
            Assert.Equal(first.InstanceId, Assert.Single(mine.Rows).InstanceId);
            await using var others = await Cases.ClaimTimersAsync(Story.Noon.AddMinutes(1), 100);
            Assert.Equal(second.InstanceId, Assert.Single(others.Rows).InstanceId);
        }

        await using var all = await Cases.ClaimTimersAsync(Story.Noon.AddMinutes(1), 100);
        Assert.Equal(3, all.Rows.Count);
    }

    [Fact]
    public async Task A_cancelled_timer_never_comes_and_a_task_keeps_its_first_outcome()
    {
        var first = Story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon));
        await OneAsync(first);
        var (task, timer) = (Story.Effect(first, 1).ToString(), Story.Effect(first, 2).ToString());
        var second = Story.Next(first, id => new Effect.CloseTask(id, task, "Approved", TaskEnd.Completed, Story.Officer, []), id => new Effect.CancelTimer(id, timer));
        await OneAsync(second);
        await OneAsync(Story.Next(second, id => new Effect.CloseTask(id, task, "Returned", TaskEnd.Completed, Story.Officer, [])));

        Assert.Equal("Approved", await Cases.OutcomeOfAsync(task));
        await using var due = await Cases.ClaimTimersAsync(Story.Noon.AddYears(1), 100);
        Assert.Empty(due.Rows);
    }

    [Fact]
    public async Task Whoever_expects_it_is_told_once_while_the_first_is_not_delivered()
    {
        var first = Story.NewCase(id => new Effect.ExpectMessage(id, "event", "go"));
        await OneAsync(first);
        Assert.Equal(1, await Cases.SendToExpectingAsync("event", "go"));
        Assert.Equal(1, await Cases.SendToExpectingAsync("event", "go"));
        Assert.Equal(0, await Cases.SendToExpectingAsync("event", "come"));
        var bookmark = Story.Effect(first, 1).ToString();
        await using (var claimed = await Cases.ClaimSignalsAsync())
        {
            var signal = Assert.Single(claimed.Rows);
            Assert.Equal((SignalKind.Expected, first.InstanceId, bookmark), (signal.Kind, signal.InstanceId, signal.BookmarkId));
            await claimed.CommitAsync([Story.Next(first, id => new Effect.StopExpecting(id, bookmark)) with { ConsumedSignals = [signal.Id] }]);
        }

        Assert.Equal(0, await Cases.SendToExpectingAsync("event", "go"));
        await using var none = await Cases.ClaimSignalsAsync();
        Assert.Empty(none.Rows);
    }

    [Fact]
    public async Task A_published_event_reaches_whoever_expects_it_also_since_the_same_burst()
    {
        var waiting = Story.NewCase(id => new Effect.ExpectMessage(id, "event", "go"));
        var publishing = Story.NewCase(id => new Effect.PublishEvent(id, "go", null, new JsonObject()), id => new Effect.ExpectMessage(id, "event", "go"));
        await Cases.CommitAsync(publishing, waiting);
        await using var claimed = await Cases.ClaimSignalsAsync();
        Assert.Equal(new[] { waiting.InstanceId, publishing.InstanceId }.Order(), claimed.Rows.Select(signal => signal.InstanceId).Order());
    }

    [Fact]
    public async Task A_child_is_started_by_a_signal_and_its_end_is_told_once()
    {
        var child = Guid.NewGuid();
        var parent = Story.NewCase(id => new Effect.StartChild(id, child, "flow", null, [], "waits-here"));
        await OneAsync(parent);
        await using (var claimed = await Cases.ClaimSignalsAsync())
        {
            var start = Assert.Single(claimed.Rows);
            Assert.Equal((SignalKind.StartChild, child), (start.Kind, start.InstanceId));
            var begun = Story.NewCase();
            var ended = Ends(begun, child) with { New = begun.New! with { ParentInstanceId = parent.InstanceId, ParentBookmarkId = "waits-here" }, ConsumedSignals = [start.Id] };
            Assert.IsType<CommitResult.Committed>((await claimed.CommitAsync([ended]))[0]);
        }

        await using var told = await Cases.ClaimSignalsAsync();
        var end = Assert.Single(told.Rows);
        Assert.Equal((SignalKind.ChildFinished, parent.InstanceId, "waits-here"), (end.Kind, end.InstanceId, end.BookmarkId));
        Assert.Equal(child, end.Payload!["child"]!.GetValue<Guid>());
    }

    [Fact]
    public async Task A_mail_is_leased_under_one_name_until_it_is_sent_and_waits_longer_each_time()
    {
        var letters = Story.NewCase(Story.Notice(Story.Jia));
        await OneAsync(letters with { Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(letters, 1)] = new("s", "h", "t", [Delivery.Mail("jia@example.cn")]) } });
        var (now, lease) = (new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromMinutes(10));

        var first = Assert.Single(await Cases.ClaimMailsAsync(now, lease));
        Assert.Empty(await Cases.ClaimMailsAsync(now + lease - TimeSpan.FromSeconds(1), lease));
        var second = Assert.Single(await Cases.ClaimMailsAsync(now + lease, lease));
        Assert.Equal((first.MessageId, 1, 2), (second.MessageId, first.Attempt, second.Attempt));

        now += lease;
        await Cases.MarkFailedAsync(second, now);
        Assert.Empty(await Cases.ClaimMailsAsync(now.AddSeconds(59), lease));
        var third = Assert.Single(await Cases.ClaimMailsAsync(now + OutboxStore.WaitAfter(second), lease));
        await Cases.MarkSentAsync(third, now);
        await Cases.MarkFailedAsync(second, now);
        Assert.Empty(await Cases.ClaimMailsAsync(now.AddYears(1), lease));
    }

    [Fact]
    public async Task A_mail_that_keeps_failing_is_set_aside()
    {
        var letters = Story.NewCase(Story.Notice(Story.Jia));
        await OneAsync(letters with { Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(letters, 1)] = new("s", "h", "t", [Delivery.Mail("jia@example.cn")]) } });
        var now = new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var attempt = 1; attempt <= OutboxStore.MaxAttempts; attempt++)
        {
            now = now.AddHours(2);
            await Cases.MarkFailedAsync(Assert.Single(await Cases.ClaimMailsAsync(now, TimeSpan.FromMinutes(10))), now);
        }

        Assert.Empty(await Cases.ClaimMailsAsync(now.AddYears(1), TimeSpan.FromMinutes(10)));
    }

    private async Task<CommitResult> OneAsync(CommitUnit unit) => (await Cases.CommitAsync(unit))[0];

    /// <summary>The unit as one that begins and ends an instance with this id, without a case.</summary>
    private static CommitUnit Ends(CommitUnit unit, Guid id)
    {
        var json = (JsonObject)JsonNode.Parse(unit.Bursts[0].State.ToJson())!;
        json["instance"] = id;
        json["status"] = nameof(InstanceSubStatus.Finished);
        json.Remove("case");
        return unit with { InstanceId = id, Bursts = [unit.Bursts[0] with { State = WorkflowState.FromJson(json.ToJsonString()), Effects = [] }] };
    }
}

/// <summary>The simulation's store.</summary>
public sealed class MemoryCaseStoreTests : CaseStoreContract
{
    private protected override ICaseStore Cases { get; } = new MemoryCases();
}

/// <summary>The real one.</summary>
public sealed class PostgresCaseStoreTests : CaseStoreContract, IAsyncLifetime
{
    private protected override ICaseStore Cases => new PostgresCases(Story);

    public Task InitializeAsync() => Story.InitializeAsync();

    public Task DisposeAsync() => Story.DisposeAsync();
}
