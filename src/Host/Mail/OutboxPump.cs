using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Timers;

namespace WorkflowEngine.Host.Mail;

/// <summary>
/// Sends the mails that were decided. At least once: a crash between the server's "accepted" and our mark sends a letter
/// again under the same message id. A letter that fails waits longer each time and blocks nobody.
/// </summary>
public sealed class OutboxPump(
    OutboxStore outbox, MailDigests digests, DigestWriter writer, OutboxGauges gauges, TimerStore timers, Outlets outlets, HostSettings settings, BusinessClock business,
    SystemClock clock, ILogger<OutboxPump> log) : IDisposable
{
    private const int BatchSize = 20;

    /// <summary>A timer that is late by more says that there was a downtime, and that more letters are being written just now.</summary>
    private static readonly TimeSpan UsualLateness = TimeSpan.FromSeconds(5);

    /// <summary>Letters wait no longer than this for the rest, however much there is to catch up on.</summary>
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(5);

    /// <summary>Of one attempt. A folder takes a letter at once.</summary>
    private readonly TimeSpan _patience = settings.Smtp?.AttemptTimeout ?? TimeSpan.FromSeconds(5);
    private readonly OneAtATime _rounds = new();
    private DateTimeOffset? _holdsSince;

    /// <summary>What the host held when it died is sent by another this much later. A batch that takes longer is leased anew as it goes on.</summary>
    private TimeSpan Lease => _patience * 1.5;

    /// <summary>Works until no mail may be tried now, after what is being sent already has been. Returns how many were tried.</summary>
    public Task<int> DrainAsync(CancellationToken ct) => _rounds.RunAsync(() => SendAllAsync(ct), ct);

    public void Dispose() => _rounds.Dispose();

    private async Task<int> SendAllAsync(CancellationToken ct)
    {
        await gauges.RefreshAsync(ct);
        var total = 0;
        while (true)
        {
            // One look a second while nothing is due; what there is to do is asked for when there is something.
            var dayEndedAt = DayEndedAt(business.Now, settings.MailDailyAt);
            if (!await outbox.IsDueAsync(clock.Now, dayEndedAt, ct))
            {
                _holdsSince = null;
                return total;
            }

            if (total == 0 && await IsToWaitAsync(ct)) return 0;

            var gathered = await digests.GatherAsync(settings.MailDigestOver, dayEndedAt, clock.Now, business.Now, writer.Write, ct);
            if (gathered > 0) log.LogInformation("{Digests} digests were made of letters that waited for one recipient each.", gathered);

            var until = clock.Now + Lease;
            var mails = await outbox.ClaimAsync(clock.Now, until, BatchSize, ct);
            if (mails.Count == 0) return total;

            await SendAsync(mails, until, ct);
            total += mails.Count;
        }
    }

    /// <summary>The last time of day at which the day's letters go out: what was queued before it is due.</summary>
    private static DateTimeOffset DayEndedAt(DateTimeOffset now, TimeOnly at)
    {
        var today = new DateTimeOffset(DateOnly.FromDateTime(now.ToOffset(BusinessClock.Offset).DateTime), at, BusinessClock.Offset);
        return today <= now ? today : today.AddDays(-1);
    }

    /// <summary>While what fell due during a downtime is carried out: the letters that it causes are to be seen together.</summary>
    private async Task<bool> IsToWaitAsync(CancellationToken ct)
    {
        if (await timers.NextDueAsync(ct) is not { } due || due > business.Now - UsualLateness)
        {
            _holdsSince = null;
            return false;
        }

        var since = _holdsSince ??= clock.Now;
        return clock.Now - since < LongestHold;
    }

    private async Task SendAsync(IReadOnlyList<OutboxMail> mails, DateTimeOffset until, CancellationToken ct)
    {
        var left = new Queue<OutboxMail>(mails);
        while (left.Count > 0)
        {
            // Nothing is sent whose lease could end meanwhile: a host that was stopped and wakes up finds its mails with another.
            if (clock.Now > until - _patience)
            {
                until = clock.Now + Lease;
                left = new Queue<OutboxMail>(await outbox.HoldAsync([.. left], until, ct));
                if (left.Count == 0) return;
            }

            await SendAsync(left.Dequeue(), ct);
        }
    }

    private async Task SendAsync(OutboxMail mail, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("send mail");
        span?.SetTag("mail", mail.Id);
        // A host that died while it sent has used its attempt up too: a mail that kills hosts must end.
        if (mail.Attempt > OutboxStore.MaxAttempts)
        {
            await outbox.ParkAsync(mail, "多次发送均未完成，已停止发送。请运维人员查看日志。", ct);
            return;
        }

        try
        {
            await outlets.SendAsync(mail, ct);
        }
        catch (DeliveryRefusedException refused)
        {
            log.LogWarning(refused, "Mail {Mail} is refused for good and set aside.", mail.Id);
            await outbox.ParkAsync(mail, refused.Message, ct);
            return;
        }
        // Whatever it is, the other mails must not wait for it.
        catch (Exception failed) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(failed, "Mail {Mail} could not be sent (attempt {Attempt}) and is tried again later.", mail.Id, mail.Attempt);
            await outbox.MarkFailedAsync(mail, failed.Message, clock.Now, ct);
            return;
        }

        await outbox.MarkSentAsync(mail, clock.Now, ct);
    }
}
