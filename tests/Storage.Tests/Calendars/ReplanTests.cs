using System.Collections.Concurrent;
using WorkflowEngine.Storage.Calendars;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Tests.Support;
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
        Assert.Null(await Replans.ClaimAsync(10, CancellationToken.None));

        await PublishAsync("r4", "another calendar");
        await using (var claimed = await Replans.ClaimAsync(10, CancellationToken.None))
        {
            Assert.Equal("r4", claimed!.ReleaseId);
            await claimed.CommitAsync([], Story.Noon, CancellationToken.None);
        }

        await PublishAsync("r4", "another calendar");
        Assert.Null(await Replans.ClaimAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task Taking_a_calendar_back_is_a_change_as_well_and_replaces_what_is_still_going_on()
    {
        await _story.CommitAsync<CommitResult.Committed>(NewCase());
        await PublishAsync("r3", "a mistake");
        await PublishAsync("r2", "the calendar of October");

        await using (var claimed = await Replans.ClaimAsync(10, CancellationToken.None))
        {
            Assert.Equal("r2", claimed!.ReleaseId);
            Assert.Single(claimed.Instances);
            await claimed.CommitAsync([], Story.Noon, CancellationToken.None);
        }

        Assert.Null(await Replans.ClaimAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task A_restart_in_the_middle_goes_on_after_the_last_page_that_was_committed()
    {
        var cases = await CasesAsync(25);
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase());
        await PublishAsync("r3", "another calendar");
        var done = new List<Guid>();
        await using (var first = await Replans.ClaimAsync(10, CancellationToken.None))
        {
            done.AddRange(first!.Instances.Keys);
            await MoveAsync(first, cases);
        }

        await using (var dying = await Replans.ClaimAsync(10, CancellationToken.None))
        {
            Assert.Equal(10, dying!.Instances.Count);
        }

        while (await Replans.ClaimAsync(10, CancellationToken.None) is { } claimed)
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
                await using var claimed = await Replans.ClaimAsync(7, CancellationToken.None);
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
        await using (var claimed = await Replans.ClaimAsync(10, CancellationToken.None))
        {
            var poisoned = claimed!.Instances.Keys.First();
            var results = await claimed.CommitAsync(
                [.. cases.Values.Select(unit => unit.InstanceId == poisoned ? Story.Next(unit, id => new Effect.RaiseIncident(id, "review", "\0")) : Move(unit))],
                Story.Noon, CancellationToken.None);
            Assert.Single(results.OfType<CommitResult.Failed>());
            Assert.Equal(1L, await _story.ScalarAsync<long>("select count(*) from incidents where instance_id = $1 and id like 'calendar:%'", poisoned));
        }

        Assert.Equal(2L, await _story.ScalarAsync<long>("select count(*) from tasks where due_date = $1", Moved));
        Assert.Null(await Replans.ClaimAsync(10, CancellationToken.None));
    }

    [Fact]
    public async Task What_was_told_of_a_limit_comes_with_the_page()
    {
        var unit = NewCase();
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await PublishAsync("r3", "another calendar");

        await using var claimed = await Replans.ClaimAsync(10, CancellationToken.None);

        var task = Story.Effect(unit, 1).ToString();
        Assert.Equal(
            new OpenLimit(task, "审核申请材料", CaseHeader.Authority, Story.Shenzhen.Id, "officer", new DateOnly(2022, 10, 10), Provisional: false, "review"),
            Assert.Single(claimed!.Limits).Value);
    }

    private CommitUnit NewCase() => _story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(10)));

    private async Task<Dictionary<Guid, CommitUnit>> CasesAsync(int count)
    {
        var units = Enumerable.Range(0, count).Select(_ => NewCase()).ToList();
        await _story.Commits.CommitAsync(units, CancellationToken.None);
        return units.ToDictionary(unit => unit.InstanceId);
    }

    private static async Task MoveAsync(ClaimedReplan claimed, Dictionary<Guid, CommitUnit> cases)
    {
        var results = await claimed.CommitAsync([.. claimed.Instances.Keys.Select(id => Move(cases[id]))], Story.Noon, CancellationToken.None);
        Assert.All(results, result => Assert.IsType<CommitResult.Committed>(result));
    }

    private static CommitUnit Move(CommitUnit unit) => Story.Next(
        unit, id => new Effect.ChangeDeadline(id, Story.Effect(unit, 1).ToString(), new DateOnly(2022, 10, 10), Moved, "calendar"));

    private Task PublishAsync(string release, string calendar) => new ReleaseStore(_story.Database, _story.WakeUps).PublishAsync(
        new Release(release, Story.Province.Id, Story.Noon, "policy"), new Dictionary<string, string> { ["rules/calendars/cn.json"] = calendar }, CancellationToken.None);
}
