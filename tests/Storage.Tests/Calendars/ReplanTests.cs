using System.Collections.Concurrent;
using WorkflowEngine.Storage.Calendars;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Calendars;

/// <summary>A changed calendar is carried out on every running case once, whoever dies and however many hosts there are.</summary>
public sealed class ReplanTests : IAsyncLifetime
{
    private static readonly DateOnly Moved = new(2022, 10, 11);

    private readonly Story _story = new();

    private ReplanStore Replans => new(_story.Database, _story.WakeUps);

    public async Task InitializeAsync()
    {
        await _story.InitializeAsync();
        await PublishAsync("r2", "the calendar of October");
    }

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_release_with_the_same_calendar_orders_nothing_and_one_with_another_orders_it_once()
    {
        await PublishAsync("r3", "the calendar of October");
        Assert.Null(await ClaimAsync(10));

        await PublishAsync("r4", "another calendar");
        await using (var claimed = await ClaimAsync(10))
        {
            Assert.Equal("r4", claimed!.ReleaseId);
            await claimed.CommitAsync([], Story.Noon, CancellationToken.None);
        }

        await PublishAsync("r4", "another calendar");
        Assert.Null(await ClaimAsync(10));
    }

    [Fact]
    public async Task Taking_a_calendar_back_is_a_change_as_well_and_replaces_what_is_still_going_on()
    {
        await _story.CommitAsync<CommitResult.Committed>(NewCase());
        await PublishAsync("r3", "a mistake");
        await PublishAsync("r2", "the calendar of October");

        await using (var claimed = await ClaimAsync(10))
        {
            Assert.Equal("r2", claimed!.ReleaseId);
            Assert.Single(claimed.Instances);
            await claimed.CommitAsync([], Story.Noon, CancellationToken.None);
        }

        Assert.Null(await ClaimAsync(10));
    }

    [Fact]
    public async Task A_restart_in_the_middle_goes_on_after_the_last_page_that_was_committed()
    {
        var cases = await CasesAsync(25);
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase());
        await PublishAsync("r3", "another calendar");
        var done = new List<Guid>();
        await using (var first = await ClaimAsync(10))
        {
            done.AddRange(first!.Instances.Keys);
            await MoveAsync(first, cases);
        }

        await using (var dying = await ClaimAsync(10))
        {
            Assert.Equal(10, dying!.Instances.Count);
        }

        while (await ClaimAsync(10) is { } claimed)
        {
            await using (claimed)
            {
                done.AddRange(claimed.Instances.Keys);
                await MoveAsync(claimed, cases);
            }
        }

        Assert.Equal(cases.Keys.Order(), done.Order());
        Assert.Equal(25L, await _story.ScalarAsync<long>("select count(*) from tasks where due_date = $1", Moved));
    }

    [Fact]
    public async Task Two_hosts_plan_every_case_once()
    {
        var cases = await CasesAsync(60);
        await PublishAsync("r3", "another calendar");
        var done = new ConcurrentBag<Guid>();

        async Task ReplanAsync()
        {
            while (await _story.ScalarAsync<long>("select count(*) from calendar_replans where finished_at is null") > 0)
            {
                await using var claimed = await ClaimAsync(7);
                if (claimed is null) continue;

                foreach (var id in claimed.Instances.Keys) done.Add(id);
                await MoveAsync(claimed, cases);
            }
        }

        await Task.WhenAll(ReplanAsync(), ReplanAsync());

        Assert.Equal(cases.Keys.Order(), done.Order());
        Assert.Equal(60L, await _story.ScalarAsync<long>("select count(*) from instances where revision = 2"));
    }

    [Fact]
    public async Task A_case_that_cannot_be_planned_is_set_aside_with_an_incident_and_the_others_move()
    {
        var cases = await CasesAsync(3);
        await PublishAsync("r3", "another calendar");
        await using (var claimed = await ClaimAsync(10))
        {
            var poisoned = claimed!.Instances.Keys.First();
            var results = await claimed.CommitAsync(
                [.. cases.Values.Select(unit => unit.InstanceId == poisoned ? Story.Next(unit, id => new Effect.RaiseIncident(id, "review", "\0")) : Move(unit))],
                Story.Noon, CancellationToken.None);
            Assert.Single(results.OfType<CommitResult.Failed>());
            Assert.Equal(1L, await _story.ScalarAsync<long>("select count(*) from incidents where instance_id = $1 and id like 'calendar:%'", poisoned));
        }

        Assert.Equal(2L, await _story.ScalarAsync<long>("select count(*) from tasks where due_date = $1", Moved));
        Assert.Null(await ClaimAsync(10));
    }

    [Fact]
    public async Task What_was_told_of_a_limit_comes_with_the_page()
    {
        var unit = NewCase();
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await PublishAsync("r3", "another calendar");

        await using var claimed = await ClaimAsync(10);

        var task = Story.Effect(unit, 1).ToString();
        Assert.Equal(
            new OpenLimit(task, "审核申请材料", CaseHeader.Authority, Story.Shenzhen.Id, "officer", new DateOnly(2022, 10, 10), Provisional: false, "review"),
            Assert.Single(claimed!.Limits).Value);
    }

    [Fact]
    public async Task Of_an_import_that_changes_few_days_only_the_limits_that_span_one_come_up()
    {
        var early = _story.NewCase(Story.Task(Story.Shenzhen, due: new DateOnly(2022, 10, 10)));
        var late = _story.NewCase(Story.Task(Story.Shenzhen, due: new DateOnly(2022, 11, 10)));
        var waiting = _story.NewCase(Story.Timer(Story.Noon.AddDays(40)));
        var soon = _story.NewCase(Story.Timer(Story.Noon.AddDays(20)));
        await _story.Commits.CommitAsync([early, late, waiting, soon], CancellationToken.None);
        await PublishAsync("r3", "another calendar", Story.Noon.AddMinutes(1));

        await using var claimed = await Replans.ClaimAsync(CancellationToken.None);

        Assert.Equal("r2", claimed!.BeforeReleaseId);
        Assert.Equal(new[] { late.InstanceId, waiting.InstanceId }.Order(), await PageOf(new DateOnly(2022, 11, 1), new DateOnly(2022, 11, 3)));
        Assert.Equal(new[] { early.InstanceId, late.InstanceId, waiting.InstanceId, soon.InstanceId }.Order(), await PageOf(new DateOnly(2022, 10, 8), new DateOnly(2022, 10, 8)));
        Assert.Equal([], await PageOf(new DateOnly(2022, 11, 11), new DateOnly(2022, 12, 31)));
        Assert.Equal([], await claimed.PageAsync(10, [], CancellationToken.None));

        async Task<IReadOnlyList<Guid>> PageOf(DateOnly first, DateOnly last) => await claimed.PageAsync(10, [new DayRun(first, last)], CancellationToken.None);
    }

    [Fact]
    public async Task An_order_that_was_replaced_leaves_no_calendar_to_compare_with()
    {
        await PublishAsync("r3", "a mistake", Story.Noon.AddMinutes(1));
        await PublishAsync("r4", "another calendar", Story.Noon.AddMinutes(2));
        await using (var replacing = await Replans.ClaimAsync(CancellationToken.None))
        {
            Assert.Equal(("r4", null), (replacing!.ReleaseId, replacing.BeforeReleaseId));
            await replacing.FinishPageAsync(null, Story.Noon.AddMinutes(3), CancellationToken.None);
        }

        await PublishAsync("r5", "the next one", Story.Noon.AddMinutes(4));
        await using var next = await Replans.ClaimAsync(CancellationToken.None);
        Assert.Equal(("r5", "r4"), (next!.ReleaseId, next.BeforeReleaseId));
    }

    private CommitUnit NewCase() => _story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(10)));

    private async Task<Dictionary<Guid, CommitUnit>> CasesAsync(int count)
    {
        var units = Enumerable.Range(0, count).Select(_ => NewCase()).ToList();
        await _story.Commits.CommitAsync(units, CancellationToken.None);
        return units.ToDictionary(unit => unit.InstanceId);
    }

    /// <summary>The next page, all of it held at once; null when nothing is ordered or another host is at it.</summary>
    private async Task<Page?> ClaimAsync(int max)
    {
        if (await Replans.ClaimAsync(CancellationToken.None) is not { } claimed) return null;

        var page = await claimed.PageAsync(max, changes: null, CancellationToken.None);
        return new Page(claimed, await Replans.HoldAsync(claimed, page, CancellationToken.None), page.Count < max ? null : page[^1]);
    }

    private static async Task MoveAsync(Page claimed, Dictionary<Guid, CommitUnit> cases)
    {
        var results = await claimed.CommitAsync([.. claimed.Instances.Keys.Select(id => Move(cases[id]))], Story.Noon, CancellationToken.None);
        Assert.All(results, result => Assert.IsType<CommitResult.Committed>(result));
    }

    private static CommitUnit Move(CommitUnit unit) => Story.Next(
        unit, id => new Effect.ChangeDeadline(id, Story.Effect(unit, 1).ToString(), new DateOnly(2022, 10, 10), Moved, "calendar"));

    private Task PublishAsync(string release, string calendar, DateTimeOffset? at = null) => new ReleaseStore(_story.Database, _story.WakeUps).PublishAsync(
        new Release(release, Story.Province.Id, at ?? Story.Noon, "policy"), new Dictionary<string, string> { ["rules/calendars/cn.json"] = calendar }, CancellationToken.None);

    private sealed class Page(ClaimedReplan claimed, HeldReplan held, Guid? last) : IAsyncDisposable
    {
        public string ReleaseId => claimed.ReleaseId;

        public IReadOnlyDictionary<Guid, StoredInstance> Instances => held.Instances;

        public IReadOnlyDictionary<string, OpenLimit> Limits => held.Limits;

        public async Task<IReadOnlyList<CommitResult>> CommitAsync(IReadOnlyList<CommitUnit> units, DateTimeOffset now, CancellationToken ct)
        {
            var results = await held.CommitAsync(units, now, ct);
            await claimed.FinishPageAsync(last, now, ct);
            return results;
        }

        public async ValueTask DisposeAsync()
        {
            await held.DisposeAsync();
            await claimed.DisposeAsync();
        }
    }
}
