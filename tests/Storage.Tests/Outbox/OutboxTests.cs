using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Incidents;
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

    private MailDigests Digests => new(_story.Database);

    private OutboxDesk Desk => new(_story.Database);

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_mail_is_leased_to_one_host_and_sent_once()
    {
        await QueueAsync("a@example.cn", "b@example.cn");

        Assert.True(await IsDueAsync(Now));
        var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Outbox.ClaimAsync(Now, Now + Lease, 1, CancellationToken.None)));
        var mails = claims.SelectMany(claim => claim).ToList();
        Assert.Equal(["a@example.cn", "b@example.cn"], mails.Select(mail => mail.Recipient).Order());
        foreach (var mail in mails)
        {
            await Outbox.MarkSentAsync(mail, Now, CancellationToken.None);
        }

        Assert.False(await IsDueAsync(Now.AddDays(1)));
        Assert.Empty(await Outbox.ClaimAsync(Now.AddDays(1), Now.AddDays(2), 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_mail_whose_host_died_is_taken_over_after_the_lease_under_the_same_message_id()
    {
        await QueueAsync("a@example.cn");
        var first = Assert.Single(await Outbox.ClaimAsync(Now, Now + Lease, 10, CancellationToken.None));

        Assert.Empty(await Outbox.ClaimAsync(Now + Lease - TimeSpan.FromSeconds(1), Now + Lease, 10, CancellationToken.None));
        var second = Assert.Single(await Outbox.ClaimAsync(Now + Lease, Now + Lease + Lease, 10, CancellationToken.None));

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
            var mail = Assert.Single(await Outbox.ClaimAsync(now, now + Lease, 10, CancellationToken.None));
            await Outbox.MarkFailedAsync(mail, "550 no such user", now, CancellationToken.None);
            var next = now + OutboxStore.WaitAfter(mail);
            Assert.False(await IsDueAsync(next.AddSeconds(-1)));
            Assert.Equal(attempt < OutboxStore.MaxAttempts, await IsDueAsync(next));
            waits.Add(next - now);
            now = next;
        }

        // Each wait doubles up to an hour, and is up to a quarter longer by chance.
        int[] least = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600];
        Assert.All(least.Zip(waits), pair => Assert.InRange(pair.Second.TotalSeconds, pair.First, pair.First * 1.25));
        Assert.True(waits.Select(wait => Math.Round(wait.TotalSeconds)).Where(seconds => seconds >= 3600).Distinct().Count() > 10, "What failed together must not come again together.");
        Assert.InRange(now - Now, TimeSpan.FromDays(2.9), TimeSpan.FromDays(3.8));
        Assert.Empty(await Outbox.ClaimAsync(now.AddDays(30), now.AddDays(31), 10, CancellationToken.None));
        Assert.Equal("550 no such user", await _story.ScalarAsync<string>("select message from incidents where id like 'outbox:%'"));
    }

    [Fact]
    public async Task A_host_that_was_stopped_for_longer_than_its_lease_finds_its_mails_with_another()
    {
        await QueueAsync("a@example.cn", "b@example.cn");
        var mine = await Outbox.ClaimAsync(Now, Now + Lease, 10, CancellationToken.None);
        Assert.Equal(2, (await Outbox.HoldAsync(mine, Now + Lease + Lease, CancellationToken.None)).Count);
        var theirs = Assert.Single(await Outbox.ClaimAsync(Now + Lease + Lease, Now.AddDays(1), 1, CancellationToken.None));

        var left = Assert.Single(await Outbox.HoldAsync(mine, Now.AddDays(1), CancellationToken.None));

        Assert.NotEqual(theirs.Id, left.Id);
        // Nor does its belated failure send the other's mail a second time.
        await Outbox.MarkFailedAsync(mine.Single(mail => mail.Id == theirs.Id), "late", Now, CancellationToken.None);
        Assert.Empty(await Outbox.ClaimAsync(Now.AddHours(1), Now.AddDays(1), 10, CancellationToken.None));
    }

    [Fact]
    public async Task Mail_of_before_a_restore_is_sent_or_dropped_by_a_person_and_never_by_itself()
    {
        await QueueAsync("a@example.cn", "b@example.cn", "c@example.cn");
        var parked = (await Outbox.ClaimAsync(Now, Now, 10, CancellationToken.None))[0];
        await Outbox.ParkAsync(parked, "550", CancellationToken.None);
        await _story.TamperAsync("update installation set outbox_epoch = outbox_epoch + 1");

        Assert.False(await IsDueAsync(Now.AddDays(1)));
        Assert.Empty(await Outbox.ClaimAsync(Now.AddDays(1), Now.AddDays(2), 10, CancellationToken.None));
        Assert.Equal(new OutboxFigures(0, null, Parked: 1, BeforeRestore: 2), await Desk.FiguresAsync(CancellationToken.None));
        var waiting = await Desk.BeforeRestoreAsync(0, 10, CancellationToken.None);
        Assert.Equal((Story.Jia.Name, "receipt", 2), (waiting.Items[0].Organisation, waiting.Items[0].Template, waiting.Total));

        var (sent, dropped) = (waiting.Items[0].Id, waiting.Items[1].Id);
        Assert.Equal(1, await Desk.DecideAsync([sent], MailDecision.Send, Story.Officer, "邮件服务器没有记录", Story.Noon, CancellationToken.None));
        Assert.Equal(1, await Desk.DecideAsync([dropped, parked.Id], MailDecision.Drop, Story.Officer, "已发出", Story.Noon, CancellationToken.None));
        Assert.Equal(0, await Desk.DecideAsync([sent, dropped], MailDecision.Drop, Story.Officer, "再次提交", Story.Noon, CancellationToken.None));

        Assert.Equal(sent, Assert.Single(await Outbox.ClaimAsync(Now.AddDays(1), Now.AddDays(2), 10, CancellationToken.None)).Id);
        Assert.Equal(0, (await Desk.FiguresAsync(CancellationToken.None)).BeforeRestore);
        Assert.Equal(2L, await _story.ScalarAsync<long>("select count(*) from audit where chain = $1 and content like '%mail of before a restore%'", $"organisation:{Story.Officer.OrganisationId}"));

        // One that was parked before the restore is sent when somebody has it tried again.
        var incident = (await new IncidentStore(_story.Database).FindAsync(Tenant.System, $"outbox:{parked.Id}", CancellationToken.None))!;
        await new IncidentStore(_story.Database).SettleAsync(incident, IncidentEnd.Retried, Story.Officer, null, Story.Noon, CancellationToken.None);
        Assert.Equal(parked.Id, Assert.Single(await Outbox.ClaimAsync(Now.AddDays(1), Now.AddDays(2), 10, CancellationToken.None)).Id);
    }

    [Fact]
    public async Task Many_letters_that_wait_for_one_recipient_go_as_one_mail_under_one_message_id()
    {
        for (var letter = 0; letter < 4; letter++) await QueueAsync("many@example.cn", letter < 3 ? "few@example.cn" : "other@example.cn");
        var told = new List<GatheredLetters>();
        NoticeLetter Write(GatheredLetters letters)
        {
            told.Add(letters);
            return new NoticeLetter($"{letters.Letters.Count} 份通知", "<p>汇总</p>", "汇总", [new Delivery(letters.Outlet, letters.Recipient)]);
        }

        var made = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Digests.GatherAsync(3, Story.Noon, Now, Story.Noon, Write, CancellationToken.None)));

        Assert.Equal(1, made.Sum());
        var gathered = told[^1];
        Assert.Equal(("many@example.cn", Story.Jia.Id, 4), (gathered.Recipient, gathered.OrganisationId, gathered.Letters.Count));
        Assert.All(gathered.Letters, letter => Assert.Equal("提交回执", letter.Subject));
        var mails = await Outbox.ClaimAsync(Now, Now + Lease, 10, CancellationToken.None);
        Assert.Equal(["few@example.cn", "few@example.cn", "few@example.cn", "many@example.cn", "other@example.cn"], mails.Select(mail => mail.Recipient).Order());
        var digest = mails.Single(mail => mail.Recipient == "many@example.cn");
        Assert.Equal("4 份通知", digest.Subject);
        Assert.Equal(4L, await _story.ScalarAsync<long>("select count(*) from outbox where status = 'gathered' and digest_id = $1", digest.Id));

        // The host dies while it sends: the same digest again, and none of its letters by itself.
        var again = (await Outbox.ClaimAsync(Now + Lease, Now + Lease + Lease, 10, CancellationToken.None)).Single(mail => mail.Recipient == "many@example.cn");
        Assert.Equal((digest.MessageId, digest.Text), (again.MessageId, again.Text));
        Assert.Equal(0, await Digests.GatherAsync(1, Story.Noon, Now.AddDays(1), Story.Noon, Write, CancellationToken.None));
        // The digest is a mail and no letter: the inbox has the four letters.
        var inbox = await new CaseQueries(_story.Database).InboxAsync(Story.Jia.Tenant, "u-vendor", null, 0, 50, CancellationToken.None);
        Assert.DoesNotContain(inbox.Items, notice => notice.Template == MailDigests.Notice);
        Assert.Equal(4, inbox.Total);
    }

    [Fact]
    public async Task Who_wants_one_mail_a_day_gets_what_was_queued_before_its_hour_as_one_and_the_only_letter_by_itself()
    {
        var daily = new Delivery(Outlet.Mail, "daily@example.cn", Daily: true);
        for (var letter = 0; letter < 3; letter++) await QueueAsync(daily);
        await QueueAsync(new Delivery(Outlet.Mail, "one@example.cn", Daily: true), Delivery.Mail("daily@example.cn"));
        NoticeLetter Write(GatheredLetters letters) => new($"{letters.Letters.Count} 份通知", "<p>汇总</p>", "汇总", []);
        Task<int> GatherAsync(DateTimeOffset dayEndedAt) => Digests.GatherAsync(10, dayEndedAt, Now, Story.Noon, Write, CancellationToken.None);

        // Before the hour only what goes at once.
        Assert.True(await IsDueAsync(Now));
        Assert.Equal(0, await GatherAsync(Story.Noon));
        Assert.Equal("提交回执", Assert.Single(await Outbox.ClaimAsync(Now, Now + Lease, 10, CancellationToken.None)).Subject);
        Assert.False(await IsDueAsync(Now));

        Assert.True(await IsDueAsync(Now, dayEndedAt: Story.Noon.AddSeconds(1)));
        Assert.Equal(1, await GatherAsync(Story.Noon.AddSeconds(1)));

        var mails = await Outbox.ClaimAsync(Now, Now + Lease, 10, CancellationToken.None);
        Assert.Equal([("daily@example.cn", "3 份通知"), ("one@example.cn", "提交回执")], mails.Select(mail => (mail.Recipient, mail.Subject)).Order());
        Assert.Equal(0, await GatherAsync(Story.Noon.AddDays(1)));
    }

    private Task<bool> IsDueAsync(DateTimeOffset now, DateTimeOffset? dayEndedAt = null) => Outbox.IsDueAsync(now, dayEndedAt ?? Story.Noon, CancellationToken.None);

    private Task QueueAsync(params string[] recipients) => QueueAsync([.. recipients.Select(Delivery.Mail)]);

    private async Task QueueAsync(params Delivery[] deliveries)
    {
        var unit = _story.NewCase(Story.Notice(Story.Jia));
        await _story.CommitAsync<CommitResult.Committed>(unit with
        {
            Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(unit, 1)] = new("提交回执", "<p>已收到</p>", "已收到", deliveries) },
        });
    }
}
