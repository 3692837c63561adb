using System.Globalization;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Storage.Incidents;

/// <summary>Incidents that an organisation has not been told of.</summary>
/// <param name="OrganisationId">Who is to be told: the nearest above the incidents' authorities that has somebody for it.</param>
/// <param name="Wishes">How it goes, besides the inbox.</param>
/// <param name="Open">How many are open in the installation, those that were told included.</param>
public sealed record UntoldIncidents(string OrganisationId, DeliveryWishes Wishes, IReadOnlyList<UntoldGroup> Groups, int Open);

/// <summary>Those of one authority.</summary>
public sealed record UntoldGroup(string Authority, int Count, DateTimeOffset Oldest, IReadOnlyList<string> Ids);

/// <summary>Tells who looks after the installation of incidents: of each once, and so seldom that a storm of incidents is no storm of letters.</summary>
public sealed class IncidentLetters(Database database, WakeUps wakeUps)
{
    private const string Select = """
        with watcher as (select o.id, o.path, o.email, o.mail_mode, o.message_mode, o.message_account is not null as has_account from organisations o where exists (select from users u where u.organisation_id = o.id and u.role = $1 and not u.disabled))
        select w.id, coalesce(o.name, u.authority), count(*), min(u.raised_at), array_agg(u.id), w.email, w.mail_mode, w.message_mode, w.has_account
        from (select i.id, i.raised_at, coalesce(c.authority_id, i.organisation_id) as authority
              from incidents i left join cases c on c.instance_id = i.instance_id where i.id = any ($2)) u
        left join organisations o on o.id = u.authority
        cross join lateral (
          select * from watcher order by (case when starts_with(coalesce(o.path, ''), watcher.path) then length(watcher.path) else -length(watcher.path) end) desc, id limit 1) w
        where not exists (select from notices n where n.instance_id is null and n.organisation_id = w.id and n.template = $3 and n.sent_at > $4)
        group by w.id, w.email, w.mail_mode, w.message_mode, w.has_account, coalesce(o.name, u.authority) order by w.id, min(u.raised_at)
        """;

    /// <summary>Writes one letter to each organisation that has not had one for <paramref name="pause"/>; what came meanwhile is in the next.</summary>
    /// <param name="role">Who is to be told.</param>
    /// <returns>How many letters were written.</returns>
    public async Task<int> SendAsync(string role, string template, TimeSpan pause, DateTimeOffset businessNow, Func<UntoldIncidents, NoticeLetter> write, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        // Held first: what another host tells meanwhile is told when this one reads on.
        var untold = await transaction.QueryAsync(
            "select id from incidents where told_at is null and resolved_at is null order by id for update", row => row.GetString(0), ct);
        if (untold.Count == 0)
        {
            return 0;
        }

        var groups = await transaction.QueryAsync(
            Select, row => (Organisation: row.GetString(0), Wishes: OrganisationStore.WishesOf(row, 5), Group: new UntoldGroup(row.GetString(1), (int)row.GetInt64(2), row.Instant(3), row.GetFieldValue<string[]>(4))),
            ct, role, untold.ToArray(), template, businessNow - pause);
        if (groups.Count == 0)
        {
            return 0;
        }

        var open = (await transaction.QueryAsync("select count(*) from incidents where resolved_at is null", row => (int)row.GetInt64(0), ct))[0];
        var told = groups.GroupBy(row => (row.Organisation, row.Wishes)).Select(rows => new UntoldIncidents(rows.Key.Organisation, rows.Key.Wishes, [.. rows.Select(row => row.Group)], open)).ToList();
        await using var batch = transaction.Batch();
        Add(batch, told, role, template, businessNow, write);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        wakeUps.Announce(Wake.Outbox);
        return told.Count;
    }

    private static void Add(Npgsql.NpgsqlBatch batch, List<UntoldIncidents> told, string role, string template, DateTimeOffset businessNow, Func<UntoldIncidents, NoticeLetter> write)
    {
        var mails = new OutboxRows();
        foreach (var incidents in told)
        {
            var letter = write(incidents);
            var id = string.Create(CultureInfo.InvariantCulture, $"{template}-{incidents.OrganisationId}-{businessNow.ToUnixTimeMilliseconds()}");
            batch.Add(
                "insert into notices (id, organisation_id, template, party, role, subject, html, body, sent_at) values ($1, $2, $3, $4, $4, $5, $6, $7, $8)",
                id, incidents.OrganisationId, template, role, letter.Subject, letter.Html, letter.Text, businessNow);
            mails.Add(id, incidents.OrganisationId, letter.Deliveries, businessNow);
            batch.Add("update incidents set told_at = $2 where id = any ($1)", incidents.Groups.SelectMany(group => group.Ids).ToArray(), businessNow);
        }

        mails.Rows.AddTo(batch);
    }
}
