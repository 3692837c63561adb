using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Outbox;

/// <summary>A committed notice is mailed at least once, under one name, and a bad address blocks nobody. Times here are system time.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly Story _story = new();

    private OutboxStore Outbox => new(_story.Database);

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_mail_is_leased_to_one_host_and_sent_once()
    {
        await QueueAsync("a@example.cn", "b@example.cn");

        Assert.Equal(DateTimeOffset.MinValue, await Outbox.NextAsync(CancellationToken.None));
        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Outbox.ClaimAsync(Now, Lease, 1, CancellationToken.None)));
        var mails = claims.SelectMany(claim => claim).ToList();
        Assert.Equal(["a@example.cn", "b@example.cn"], mails.Select(mail => mail.Recipient).Order());
        foreach (var mail in mails)
        {
            await Outbox.MarkSentAsync(mail, Now, CancellationToken.None);
        }

        Assert.Null(await Outbox.NextAsync(CancellationToken.None));
        Assert.Empty(await Outbox.ClaimAsync(Now.AddDays(1), Lease, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_mail_whose_host_died_is_taken_over_after_the_lease_under_the_same_message_id()
    {
        await QueueAsync("a@example.cn");
        var first = Assert.Single(await Outbox.ClaimAsync(Now, Lease, 10, CancellationToken.None));

        Assert.Empty(await Outbox.ClaimAsync(Now + Lease - TimeSpan.FromSeconds(1), Lease, 10, CancellationToken.None));
        var second = Assert.Single(await Outbox.ClaimAsync(Now + Lease, Lease, 10, CancellationToken.None));

        Assert.Equal(first.MessageId, second.MessageId);
        Assert.Equal(2, second.Attempt);
    }

    [Fact]
    public async Task A_mail_that_keeps_failing_waits_longer_each_time_and_is_parked_with_an_incident()
    {
        await QueueAsync("bad@example.cn");
        var (now, waits) = (Now, new List<TimeSpan>());
        for (var attempt = 1; attempt <= OutboxStore.MaxAttempts; attempt++)
        {
            var mail = Assert.Single(await Outbox.ClaimAsync(now, Lease, 10, CancellationToken.None));
            await Outbox.MarkFailedAsync(mail, "550 no such user", now, CancellationToken.None);
            if (await Outbox.NextAsync(CancellationToken.None) is { } next)
            {
                waits.Add(next - now);
                now = next;
            }
        }

        Assert.Equal([30, 60, 120, 240, 480, 960, 1920], waits.Select(wait => (int)wait.TotalSeconds));
        Assert.Empty(await Outbox.ClaimAsync(now.AddDays(30), Lease, 10, CancellationToken.None));
        Assert.Equal("550 no such user", await _story.ScalarAsync<string>("select message from incidents where id like 'outbox:%'"));
    }

    [Fact]
    public async Task A_restored_backup_does_not_send_again()
    {
        await QueueAsync("a@example.cn");
        await _story.TamperAsync("update installation set outbox_epoch = outbox_epoch + 1");

        Assert.Null(await Outbox.NextAsync(CancellationToken.None));
        Assert.Empty(await Outbox.ClaimAsync(Now, Lease, 10, CancellationToken.None));
    }

    private async Task QueueAsync(params string[] recipients)
    {
        var unit = _story.NewCase(Story.Notice(Story.Jia));
        await _story.CommitAsync<CommitResult.Committed>(unit with
        {
            Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(unit, 1)] = new("提交回执", "<p>已收到</p>", "已收到", recipients) },
        });
    }
}
