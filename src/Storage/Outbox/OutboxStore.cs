using System.Security.Cryptography;
using System.Text;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Outbox;

/// <summary>One mail or short message to one recipient.</summary>
/// <param name="MessageId">Stable over all attempts, so that a receiver recognises a repeated mail. Without angle brackets.</param>
/// <param name="Attempt">1 for the first attempt.</param>
/// <param name="QueuedAt">Business time.</param>
public sealed record OutboxMail(
    string Id, string MessageId, string OrganisationId, Outlet Outlet, string Recipient, string Subject, string Html, string Text, int Attempt, DateTimeOffset QueuedAt);

/// <summary>Mails that were decided and are not sent yet. At least once, in order of decision; a mail that keeps failing is parked and blocks nobody.</summary>
public sealed class OutboxStore(Database database)
{
    /// <summary>Attempts before a mail is parked: with the waits between them some three days, so that a mail server may be away over a weekend.</summary>
    public const int MaxAttempts = 78;

    /// <summary>A wait is longer by up to this part of it, so that what failed together does not come again together.</summary>
    private const double Jitter = 0.25;

    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromHours(1);

    /// <summary>Leases mails until <paramref name="until"/>; after that another host may take them. Times are system time.</summary>
    public async Task<IReadOnlyList<OutboxMail>> ClaimAsync(DateTimeOffset systemNow, DateTimeOffset until, int max, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        // A mail of an earlier epoch was queued before a backup was restored: it may have been sent then.
        var mails = await transaction.QueryAsync(
            """
            with claimed as (
              select id from outbox
              where status = 'pending' and not daily and (not_before is null or not_before <= $1) and epoch = (select outbox_epoch from installation)
              order by not_before nulls first, queued_at, id limit $3 for no key update skip locked),
            leased as (
              update outbox o set attempts = o.attempts + 1, not_before = $2 from claimed where o.id = claimed.id
              returning o.id, o.message_id, o.organisation_id, o.outlet, o.recipient, o.notice_id, o.attempts, o.queued_at)
            select l.id, l.message_id, l.organisation_id, l.outlet, l.recipient, n.subject, n.html, n.body, l.attempts, l.queued_at
            from leased l join notices n on n.id = l.notice_id order by l.queued_at, l.id
            """,
            reader => new OutboxMail(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), Enum.Parse<Outlet>(reader.GetString(3)), reader.GetString(4), reader.GetString(5), reader.GetString(6),
                reader.GetString(7), reader.GetInt32(8), reader.Instant(9)),
            ct, systemNow, until, max);
        await transaction.CommitAsync(ct);
        return mails;
    }

    /// <summary>Leases mails of one claim for longer. Returns those that no other host has taken meanwhile.</summary>
    public async Task<IReadOnlyList<OutboxMail>> HoldAsync(IReadOnlyList<OutboxMail> mails, DateTimeOffset until, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var held = await transaction.QueryAsync(
            """
            update outbox o set not_before = $3 from unnest($1, $2) as mine(id, attempt)
            where o.id = mine.id and o.status = 'pending' and o.attempts = mine.attempt returning o.id
            """,
            reader => reader.GetString(0), ct, mails.Select(mail => mail.Id).ToArray(), mails.Select(mail => mail.Attempt).ToArray(), until);
        await transaction.CommitAsync(ct);
        return [.. mails.Where(mail => held.Contains(mail.Id))];
    }

    public Task MarkSentAsync(OutboxMail mail, DateTimeOffset systemNow, CancellationToken ct) =>
        SettleAsync("update outbox set status = 'sent', sent_at = $2, error = null where id = $1 and status = 'pending'", ct, mail.Id, systemNow);

    /// <summary>Tries again later: after 30 s, doubling to at most 1 h, each a little longer by chance; parks the mail after <see cref="MaxAttempts"/>.</summary>
    public Task MarkFailedAsync(OutboxMail mail, string error, DateTimeOffset systemNow, CancellationToken ct) =>
        mail.Attempt >= MaxAttempts
            ? ParkAsync(mail, error, ct)
            // Whoever took the mail over meanwhile says what becomes of it.
            : SettleAsync("update outbox set not_before = $2, error = $3 where id = $1 and status = 'pending' and attempts = $4", ct, mail.Id, systemNow + WaitAfter(mail), error, mail.Attempt);

    /// <summary>Sets a mail aside at once: the recipient is refused for good. An incident tells the operator.</summary>
    public Task ParkAsync(OutboxMail mail, string error, CancellationToken ct) => SettleAsync(SetAside("id = $1 and status = 'pending'"), ct, mail.Id, error);

    /// <summary>Sets a mail aside that was sent and came back. An incident tells the operator, who may have it sent again.</summary>
    /// <returns>False: there is no such mail, or it had not been sent; nothing changes.</returns>
    public async Task<bool> BounceAsync(string messageId, string error, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var bounced = await transaction.QueryAsync($"{SetAside("message_id = $1 and status = 'sent'")} returning id", row => row.GetString(0), ct, messageId, error);
        await transaction.CommitAsync(ct);
        return bounced.Count > 0;
    }

    /// <summary>What became of a notice's mails and messages, for the organisation that it is for.</summary>
    public async Task<IReadOnlyList<(Outlet Outlet, string Status, bool IsDaily)>> OfNoticeAsync(string noticeId, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            """
            select o.outlet, coalesce(d.status, o.status), o.daily or o.digest_id is not null
            from outbox o left join outbox d on d.id = o.digest_id where o.notice_id = $1 order by o.id
            """,
            row => (Enum.Parse<Outlet>(row.GetString(0)), row.GetString(1), row.GetBoolean(2)), ct, noticeId);
    }

    private static string SetAside(string which) => $"""
        with parked as (update outbox set status = 'parked', error = $2 where {which} returning id, notice_id, organisation_id, queued_at)
        insert into incidents (id, instance_id, organisation_id, message, raised_at)
        select '{SetAsideRows.Mail}' || p.id, n.instance_id, p.organisation_id, $2, p.queued_at from parked p join notices n on n.id = p.notice_id
        {IncidentRows.OnConflict}
        """;

    /// <summary>Whether a mail may be tried now, or waits for the mail of a day that has ended.</summary>
    /// <param name="dayEndedAt">Business time at which the day's letters last went out.</param>
    public async Task<bool> IsDueAsync(DateTimeOffset systemNow, DateTimeOffset dayEndedAt, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var due = await transaction.QueryAsync(
            """
            select exists (
              select from outbox where status = 'pending' and (not_before is null or not_before <= $1) and epoch = (select outbox_epoch from installation) and (not daily or queued_at < $2))
            """,
            reader => reader.GetBoolean(0), ct, systemNow, dayEndedAt);
        return due[0];
    }

    /// <summary>The same for the same attempt of the same mail: a wait that can be told beforehand can be tested.</summary>
    public static TimeSpan WaitAfter(OutboxMail mail)
    {
        var doubled = FirstRetry.TotalSeconds * Math.Pow(2, mail.Attempt - 1);
        var wait = TimeSpan.FromSeconds(Math.Min(doubled, LongestRetry.TotalSeconds));
        var chance = SHA256.HashData(Encoding.UTF8.GetBytes($"{mail.MessageId} {mail.Attempt}"))[0] / 255.0;
        return wait * (1 + (Jitter * chance));
    }

    private async Task SettleAsync(string sql, CancellationToken ct, params object?[] values)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync(sql, ct, values);
        await transaction.CommitAsync(ct);
    }
}
