using System.Text.Json;
using Npgsql;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Outbox;

/// <summary>What waits in the outbox.</summary>
/// <param name="Oldest">Business time at which the oldest of the pending was decided, but for those that wait for the mail of the day; null when none is.</param>
/// <param name="Parked">Set aside, each with an incident.</param>
/// <param name="BeforeRestore">Decided before a backup was restored, and not sent for that reason.</param>
public sealed record OutboxFigures(int Pending, DateTimeOffset? Oldest, int Parked, int BeforeRestore)
{
    public static OutboxFigures None { get; } = new(0, null, 0, 0);
}

/// <summary>A mail as who looks after the installation sees it: of the case its number, of the letter its kind.</summary>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="Problem">Why the last attempt failed.</param>
public sealed record WaitingMail(string Id, string Organisation, string Template, string? CaseNumber, DateTimeOffset QueuedAt, int Attempts, string? Problem);

/// <summary>What is done with mail of before a restore.</summary>
public enum MailDecision
{
    /// <summary>It is sent now: it had not been.</summary>
    Send,

    /// <summary>It is not sent: it had been, or nobody needs it any more.</summary>
    Drop,
}

/// <summary>
/// The outbox for who looks after the installation. Mail of before a restore may have been sent after the backup was made: nobody but a person can tell, and decides.
/// </summary>
public sealed class OutboxDesk(Database database)
{
    private const string BeforeRestore = "o.status = 'pending' and o.epoch < (select outbox_epoch from installation)";
    private const string Failing = "o.status = 'pending' and o.epoch = (select outbox_epoch from installation) and o.error is not null";

    public async Task<OutboxFigures> FiguresAsync(CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var figures = await transaction.QueryAsync(
            """
            select count(*) filter (where epoch = i.outbox_epoch), min(queued_at) filter (where epoch = i.outbox_epoch and not daily), count(*) filter (where epoch < i.outbox_epoch),
              (select count(*) from outbox where status = 'parked')
            from outbox cross join installation i where status = 'pending'
            """,
            reader => new OutboxFigures((int)reader.GetInt64(0), reader.InstantOrNull(1), (int)reader.GetInt64(3), (int)reader.GetInt64(2)), ct);
        return figures[0];
    }

    /// <summary>Mail of before a restore that nobody has decided about, oldest first.</summary>
    public Task<Page<WaitingMail>> BeforeRestoreAsync(int page, int pageSize, CancellationToken ct) => ListAsync(BeforeRestore, page, pageSize, ct);

    /// <summary>Mail that was tried in vain and is tried again, oldest first.</summary>
    public Task<Page<WaitingMail>> FailingAsync(int page, int pageSize, CancellationToken ct) => ListAsync(Failing, page, pageSize, ct);

    /// <summary>Sends or drops mail of before a restore. The audit chain of the organisation of who decides keeps which, who and why, in the same transaction.</summary>
    /// <returns>How many of them had not been decided about.</returns>
    public async Task<int> DecideAsync(IReadOnlyCollection<string> mails, MailDecision decision, Actor by, string reason, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var decided = await transaction.QueryAsync(
            decision == MailDecision.Send
                ? $"update outbox o set epoch = (select outbox_epoch from installation), attempts = 0, not_before = null where o.id = any ($1) and {BeforeRestore} returning o.id"
                : $"update outbox o set status = 'dropped' where o.id = any ($1) and {BeforeRestore} returning o.id",
            reader => reader.GetString(0), ct, (object)mails.ToArray());
        if (decided.Count > 0)
        {
            var details = JsonSerializer.Serialize(new { mails = decided.Order(StringComparer.Ordinal), reason }, StoredJson.Options);
            var what = decision == MailDecision.Send ? "mail of before a restore sent" : "mail of before a restore dropped";
            await AuditChain.AppendAsync(transaction, $"organisation:{by.OrganisationId}", by.OrganisationId, what, details, by, businessNow, ct);
        }

        await transaction.CommitAsync(ct);
        return decided.Count;
    }

    private async Task<Page<WaitingMail>> ListAsync(string which, int page, int pageSize, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var rows = await transaction.QueryAsync(
            $"""
            select o.id, coalesce(g.name, o.organisation_id), n.template, n.case_number, o.queued_at, o.attempts, o.error, count(*) over ()
            from outbox o join notices n on n.id = o.notice_id left join organisations g on g.id = o.organisation_id
            where {which} order by o.queued_at, o.id limit $1 offset $2
            """,
            Read, ct, pageSize, (long)page * pageSize);
        return new Page<WaitingMail>([.. rows.Select(row => row.Mail)], rows.Count == 0 ? 0 : rows[0].Total);
    }

    private static (WaitingMail Mail, int Total) Read(NpgsqlDataReader row) => (
        new WaitingMail(row.GetString(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.Instant(4), row.GetInt32(5), row.TextOrNull(6)), (int)row.GetInt64(7));
}
