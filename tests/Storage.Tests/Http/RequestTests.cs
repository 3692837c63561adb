using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Http;

/// <summary>A committed request is sent at least once under one name, and its result wakes the instance once. Times here are system time.</summary>
public sealed class RequestTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);
    private static readonly OutgoingRequest Order = new("POST", "https://api.example.com/v1/", [new HttpHeader("X", "1")], "application/json", """{"名":"甲"}""", true);
    private static readonly RequestResult Ok = new(RequestEnd.Answered, 200, [], "text/plain", "好", null, 1);

    private readonly Story _story = new();

    private RequestStore Requests => new(_story.Database, _story.WakeUps);

    private ExpectedRequests Expected => new(_story.Database);

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_request_of_a_host_that_died_is_sent_again_under_the_same_name()
    {
        var unit = await OrderedAsync();

        var claims = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ClaimAsync(Now)));
        var first = Assert.Single(claims.SelectMany(claim => claim));
        Assert.Empty(await ClaimAsync(Now + Lease - TimeSpan.FromSeconds(1)));
        var again = Assert.Single(await ClaimAsync(Now + Lease));

        Assert.Equal((Story.Effect(unit, 1).ToString(), 1), (first.Id, first.Attempt));
        Assert.Equal((first.Id, 2), (again.Id, again.Attempt));
        Assert.Equal(Story.Shenzhen.Id, again.OrganisationId);
        Assert.Equal((Order.Content, Order.Headers[0]), (again.Request.Content, again.Request.Headers[0]));
    }

    [Fact]
    public async Task A_result_wakes_the_instance_once_however_many_hosts_tell_it()
    {
        var unit = await OrderedAsync();
        var request = Assert.Single(await ClaimAsync(Now));

        await Task.WhenAll(Requests.SettleAsync(request, Ok, Story.Noon, CancellationToken.None), Requests.SettleAsync(request, Ok, Story.Noon, CancellationToken.None));

        Assert.Empty(await ClaimAsync(Now + Lease));
        await using var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        var signal = Assert.Single(claimed.Signals);
        Assert.Equal((unit.InstanceId, request.Id), (signal.InstanceId, signal.BookmarkId));
        Assert.Equal("好", RequestResult.Read(signal.Payload).Content);
    }

    [Fact]
    public async Task A_cancelled_request_is_not_sent_and_a_late_answer_wakes_nobody()
    {
        var waiting = await OrderedAsync();
        var sent = await OrderedAsync();
        var requests = await ClaimAsync(Now);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(waiting, id => new Effect.CancelRequest(id, Story.Effect(waiting, 1).ToString())));

        await Requests.RetryAsync(requests.Single(request => request.InstanceId == waiting.InstanceId), "x", Now, CancellationToken.None);
        await Requests.SettleAsync(requests.Single(request => request.InstanceId == waiting.InstanceId), Ok, Story.Noon, CancellationToken.None);
        await Requests.RetryAsync(requests.Single(request => request.InstanceId == sent.InstanceId), "x", Now, CancellationToken.None);

        Assert.Equal(sent.InstanceId, Assert.Single(await ClaimAsync(Now)).InstanceId);
        await using var claimed = await _story.Signals.ClaimAsync(Story.Noon, 10, CancellationToken.None);
        Assert.Empty(claimed.Signals);
    }

    [Fact]
    public async Task A_request_from_before_a_restored_backup_says_so()
    {
        await OrderedAsync();
        await _story.TamperAsync("update installation set outbox_epoch = outbox_epoch + 1");

        Assert.True(Assert.Single(await ClaimAsync(Now)).IsOfEarlierEpoch);
    }

    [Fact]
    public async Task A_downloaded_file_is_kept_sealed_with_its_instance_once_and_only_when_its_result_counts()
    {
        var unit = await OrderedAsync();
        var cancelled = await OrderedAsync();
        var requests = await ClaimAsync(Now);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(cancelled, id => new Effect.CancelRequest(id, Story.Effect(cancelled, 1).ToString())));
        NewAttachment File() => new(Guid.NewGuid(), "a.pdf", "application/pdf", "00", "%PDF-1"u8.ToArray(), Story.Shenzhen.Id, "api.example.com");
        var (first, second, late) = (File(), File(), File());

        await Requests.SettleAsync(requests.Single(request => request.InstanceId == unit.InstanceId), Ok, Story.Noon, CancellationToken.None, first);
        await Requests.SettleAsync(requests.Single(request => request.InstanceId == unit.InstanceId), Ok, Story.Noon, CancellationToken.None, second);
        await Requests.SettleAsync(requests.Single(request => request.InstanceId == cancelled.InstanceId), Ok, Story.Noon, CancellationToken.None, late);

        var attachments = new AttachmentStore(_story.Database);
        Assert.Equal("%PDF-1"u8.ToArray(), await attachments.OpenAsync(unit.InstanceId, first.Id, CancellationToken.None));
        Assert.Equal((Story.Shenzhen.Id, unit.InstanceId, 6L), await attachments.DescribeAsync(unit.InstanceId, first.Id, CancellationToken.None) is { } kept ? (kept.OrganisationId, kept.InstanceId, kept.Size) : default);
        Assert.Null(await attachments.DescribeAsync(unit.InstanceId, second.Id, CancellationToken.None));
        Assert.Null(await attachments.DescribeAsync(cancelled.InstanceId, late.Id, CancellationToken.None));
        Assert.Null(await attachments.OpenAsync(cancelled.InstanceId, first.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_file_that_comes_with_a_burst_is_stored_with_it_or_not_at_all()
    {
        var file = new NewAttachment(Guid.NewGuid(), "a.pdf", "application/pdf", "00", "%PDF-1"u8.ToArray(), Story.Jia.Id, "王晓");
        var lost = file with { Id = Guid.NewGuid() };
        var unit = _story.NewCase() with { Files = [file] };
        await _story.CommitAsync<CommitResult.Committed>(unit);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(unit));
        await _story.CommitAsync<CommitResult.LostRace>(Story.Next(unit) with { Files = [lost] });

        var attachments = new AttachmentStore(_story.Database);
        Assert.Equal("%PDF-1"u8.ToArray(), await attachments.OpenAsync(unit.InstanceId, file.Id, CancellationToken.None));
        Assert.Null(await attachments.DescribeAsync(unit.InstanceId, lost.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Who_waits_for_a_request_is_found_by_those_whom_the_case_concerns()
    {
        var unit = _story.NewCase(id => new Effect.ExpectMessage(id, "http-request", "POST A/{}"), id => new Effect.ExpectMessage(id, "http-request", "POST A/B"));
        await _story.CommitAsync<CommitResult.Committed>(unit);

        Assert.Equal(["POST A/B", "POST A/{}"], (await FindAsync(Story.Jia.Id)).Select(found => found.Key));
        Assert.Equal(2, (await FindAsync(Story.Shenzhen.Id)).Count);
        Assert.Empty(await FindAsync(Story.Yi.Id));
        Assert.Empty(await FindAsync(Story.Foshan.Id));
        Assert.Empty(await FindAsync(Story.Province.Id));
        Assert.Empty(await Expected.FindAsync("http-request", ["POST A/B"], new RequestCaller(Story.Jia.Id, true), ["another"], null, CancellationToken.None));
        Assert.Empty(await Expected.FindAsync("http-request", ["POST A/B"], new RequestCaller(Story.Jia.Id, true), null, Guid.NewGuid(), CancellationToken.None));
        Assert.Single(await Expected.FindAsync("http-request", ["POST A/B"], new RequestCaller(null, true), null, unit.InstanceId, CancellationToken.None));
        await _story.TamperAsync("update cases set confidential = true");
        Assert.Equal(2, (await FindAsync(Story.Jia.Id)).Count);
        Assert.Empty(await FindAsync(Story.Shenzhen.Id));
        await _story.TamperAsync("update cases set confidential = false");
        // Who works for an organisation and does not read its cases.
        Assert.Empty(await Expected.FindAsync("http-request", ["POST A/B"], new RequestCaller(Story.Shenzhen.Id, SeesCases: false), null, null, CancellationToken.None));
    }

    private Task<IReadOnlyList<ExpectedRequest>> FindAsync(string organisation) =>
        Expected.FindAsync("http-request", ["POST A/B", "POST A/{}"], new RequestCaller(organisation, true), null, null, CancellationToken.None);

    private Task<IReadOnlyList<PendingRequest>> ClaimAsync(DateTimeOffset now) => Requests.ClaimAsync(now, Lease, 10, CancellationToken.None);

    private async Task<CommitUnit> OrderedAsync()
    {
        var unit = _story.NewCase(id => new Effect.SendRequest(id, "ask", Order));
        await _story.CommitAsync<CommitResult.Committed>(unit);
        return unit;
    }
}
