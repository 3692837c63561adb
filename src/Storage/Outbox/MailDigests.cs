using System.Globalization;
using Npgsql;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Outbox;

/// <summary>Letters of one recipient that go as one mail.</summary>
/// <param name="Letters">Oldest first.</param>
public sealed record GatheredLetters(string OrganisationId, Outlet Outlet, string Recipient, IReadOnlyList<GatheredLetter> Letters);

/// <param name="At">When it was written, business time.</param>
public sealed record GatheredLetter(string Subject, string? CaseNumber, DateTimeOffset At);

/// <summary>
/// One mail instead of a storm: where many letters wait for one recipient at once, as after a downtime, a digest lists them; and one mail a day for who wants that. Each letter stays in the inbox as it is,
/// and its row of the outbox names the digest it went with. The digest is a mail like any other, under one message id over all attempts.
/// </summary>
public sealed class MailDigests(Database database)
{
    /// <summary>The digest's own text lies among the notices and is in nobody's inbox.</summary>
    public const string Notice = "mail-digest";

    /// <summary>A digest is no letter that a further digest gathers.</summary>
    private const string IdPrefix = "digest-";

    /// <summary>Rows that one look goes over; what lies behind them is looked at when these are gone.</summary>
    private const int MostLookedAt = 5_000;

    // What was tried before may have arrived: under another message id it would be there twice.
    private const string Waiting = $"""
        o.status = 'pending' and o.attempts = 0 and (o.not_before is null or o.not_before <= $1) and o.epoch = (select outbox_epoch from installation)
          and not starts_with(o.id, '{IdPrefix}')
        """;

    private const string IsTime = "(not o.daily or o.queued_at < $2)";

    /// <summary>
    /// Makes a digest for each recipient for whom more than <paramref name="most"/> letters wait, and of those that wait for the mail of the day. In one transaction: a letter waits by
    /// itself or has its digest.
    /// </summary>
    /// <param name="dayEndedAt">Business time: what was queued before it, for who wants one mail a day, goes now.</param>
    /// <param name="systemNow">Decides which letters may go now.</param>
    /// <returns>How many digests were made.</returns>
    public async Task<int> GatherAsync(
        int most, DateTimeOffset dayEndedAt, DateTimeOffset systemNow, DateTimeOffset businessNow, Func<GatheredLetters, NoticeLetter> write, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        // The day's only letter goes by itself.
        await transaction.RunAsync(
            $"""
            update outbox set daily = false where id in (
              select min(o.id) from outbox o where {Waiting} and o.daily and o.queued_at < $2 group by o.organisation_id, o.outlet, o.recipient having count(*) = 1)
            """,
            ct, systemNow, dayEndedAt);
        var recipients = await transaction.QueryAsync(
            $"""
            select organisation_id, outlet, recipient, daily
            from (select o.organisation_id, o.outlet, o.recipient, o.daily from outbox o where {Waiting} and {IsTime} order by o.not_before nulls first, o.id limit {MostLookedAt}) due
            group by organisation_id, outlet, recipient, daily having daily or count(*) > $3 order by organisation_id, outlet, recipient, daily
            """,
            reader => (Organisation: reader.GetString(0), Outlet: reader.GetString(1), Recipient: reader.GetString(2), IsDaily: reader.GetBoolean(3)), ct, systemNow, dayEndedAt, most);
        var made = 0;
        foreach (var (organisation, outlet, recipient, isDaily) in recipients)
        {
            var letters = await transaction.QueryAsync(
                $"""
                select o.id, n.subject, n.case_number, n.sent_at from outbox o join notices n on n.id = o.notice_id
                where {Waiting} and {IsTime} and o.organisation_id = $3 and o.outlet = $4 and o.recipient = $5 and o.daily = $6 order by o.queued_at, o.id for no key update of o skip locked
                """,
                reader => (Id: reader.GetString(0), Letter: new GatheredLetter(reader.GetString(1), reader.TextOrNull(2), reader.Instant(3))),
                ct, systemNow, dayEndedAt, organisation, outlet, recipient, isDaily);
            // Another host may have taken some of them.
            if (letters.Count <= (isDaily ? 1 : most))
            {
                continue;
            }

            await using var batch = transaction.Batch();
            Add(batch, [.. letters.Select(letter => letter.Id)], new GatheredLetters(organisation, Enum.Parse<Outlet>(outlet), recipient, [.. letters.Select(letter => letter.Letter)]), businessNow, write);
            await batch.ExecuteNonQueryAsync(ct);
            made++;
        }

        await transaction.CommitAsync(ct);
        return made;
    }

    private static void Add(NpgsqlBatch batch, string[] mails, GatheredLetters letters, DateTimeOffset businessNow, Func<GatheredLetters, NoticeLetter> write)
    {
        var letter = write(letters);
        // A mail is gathered once, so the first one's id makes one that nobody else has.
        var id = string.Create(CultureInfo.InvariantCulture, $"{IdPrefix}{mails[0]}");
        batch.Add(
            "insert into notices (id, organisation_id, template, party, subject, html, body, sent_at) values ($1, $2, $3, $3, $4, $5, $6, $7)",
            id, letters.OrganisationId, Notice, letter.Subject, letter.Html, letter.Text, businessNow);
        var mail = new OutboxRows();
        mail.Add(id, id, letters.OrganisationId, new Delivery(letters.Outlet, letters.Recipient), businessNow);
        mail.Rows.AddTo(batch);
        batch.Add("update outbox set status = 'gathered', digest_id = $2 where id = any ($1)", mails, id);
    }
}
