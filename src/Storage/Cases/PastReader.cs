using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Npgsql;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Cases;

/// <summary>A case that was filed with a form, or that another one was handed on to.</summary>
/// <param name="Kind">Of the applicant: <c>vendor</c>, <c>contractor</c>.</param>
/// <param name="Values">Those of the form that are not personal.</param>
/// <param name="Continues">办件编号 of the case that was handed on; null: it was filed.</param>
public sealed record PastCaseRow(
    string Number, string FlowId, string AuthorityId, string ApplicantId, string Kind, DateTimeOffset SubmittedAt, JsonObject Values, string? Continues, bool IsConfidential, bool IsInPeriod);

/// <summary>A task that a person finished.</summary>
/// <param name="Role">Of the person.</param>
/// <param name="Values">Those of the form that are not personal.</param>
public sealed record PastActRow(string Number, DateTimeOffset At, string ActivityId, string OrganisationId, string Role, string FormId, string Outcome, JsonObject Values);

/// <summary>Requests of a key within one minute that were judged alike.</summary>
/// <param name="Key">Which of the case's keys, 1 is the oldest.</param>
public sealed record PastRequestRow(string Number, DateTimeOffset At, int Key, string Method, bool IsAccepted, string Code, int Times, int Records, int Workers);

/// <summary>A text of the calendar that came into force.</summary>
public sealed record PastCalendarRow(DateTimeOffset At, string Json);

/// <summary>What was filed and done in a period, with what is published now.</summary>
/// <param name="Until">Business time of the reading.</param>
/// <param name="NotFiled">Cases of the period that were opened otherwise than with a form.</param>
public sealed record PastRows(
    DateTimeOffset Until, Release Release, IReadOnlyDictionary<string, string> Files, IReadOnlyList<PastCalendarRow> Calendars, IReadOnlyList<PastCaseRow> Cases, IReadOnlyList<PastActRow> Acts,
    IReadOnlyList<PastRequestRow> Requests, int NotFiled);

/// <summary>Which cases are asked for.</summary>
/// <param name="From">The first instant of the period (business time); null: since the beginning.</param>
/// <param name="Before">The first instant after it.</param>
/// <param name="FlowId">Null: every flow.</param>
public sealed record PastQuestion(DateTimeOffset? From, DateTimeOffset? Before, string? FlowId);

/// <summary>More cases than are read at once.</summary>
public sealed class TooManyPastCasesException(int most) : Exception($"More than {most} cases.")
{
    public int Most => most;
}

/// <summary>
/// Reads what happened, beside a host that is working, and can write nothing: the session is read-only, nothing is migrated, and what is sealed (personal values, keys)
/// is not asked for.
/// </summary>
public static class PastReader
{
    /// <summary>Every case of an enterprise that is a party of one of the period: flows look at earlier applications and at complaints.</summary>
    private const string Cases = """
        with asked as (
          select c.instance_id, c.readers, c.applicant_id from cases c
          where ($1::timestamptz is null or c.submitted_at >= $1) and ($2::timestamptz is null or c.submitted_at < $2) and ($3::text is null or c.flow_id = $3)),
        parties as (
          select applicant_id as id from asked union select unnest(readers) from asked)
        select c.number, c.flow_id, c.authority_id, c.applicant_id, o.kind, c.submitted_at, s.answers::text, case when i.parent_id is null then null else c.linked_number end,
          c.confidential, c.instance_id in (select instance_id from asked), s.id is not null or (i.parent_id is not null and c.linked_number is not null)
        from cases c join instances i on i.id = c.instance_id left join organisations o on o.id = c.applicant_id
        left join submissions s on s.instance_id = c.instance_id and s.opens_case
        where c.applicant_id in (select id from parties) and c.submitted_at <= $4
        order by c.submitted_at, c.number limit $5
        """;

    private const string Acts = """
        select c.number, t.closed_at, t.activity_id, t.organisation_id, coalesce(done.by_role, t.role), t.form_id, coalesce(t.outcome, hidden.outcome), coalesce(t.answers, hidden.answers)::text
        from unnest($1::text[]) as wanted(number) join cases c on c.number = wanted.number join tasks t on t.instance_id = c.instance_id
        left join internal_answers hidden on hidden.task_id = t.id
        left join lateral (
          select j.by_role from journal j where j.instance_id = t.instance_id and j.activity_id = t.activity_id and j.by_user = t.closed_by_user and j.at = t.closed_at limit 1) done on true
        where t.ended = 'Completed' and t.closed_by_user is not null and coalesce(t.outcome, hidden.outcome) is not null and t.closed_at <= $2
        order by t.closed_at, t.id
        """;

    /// <summary>Up to the end of each case: what its keys carry afterwards has no effect on it.</summary>
    private const string Requests = """
        with keys as (
          select c.number, c.closed_at, k.id, row_number() over (partition by k.instance_id order by k.issued_at, k.id)::int as place
          from unnest($1::text[]) as wanted(number) join cases c on c.number = wanted.number join credentials k on k.instance_id = c.instance_id),
        newcomers as (
          select request_id, count(*)::int as workers
          from (
            select distinct on (r.credential_id, r.id_index) r.request_id
            from keys join ingest_requests q on q.credential_id = keys.id join ingest_records r on r.request_id = q.id
            where r.accepted and r.id_index is not null order by r.credential_id, r.id_index, q.sequence) first
          group by request_id)
        select keys.number, max(q.received_at), keys.place, q.method, q.accepted, q.code, sum(q.times)::int, sum(q.new_records)::int, coalesce(sum(n.workers), 0)::int
        from keys join ingest_requests q on q.credential_id = keys.id left join newcomers n on n.request_id = q.id
        where q.received_at <= $2 and (keys.closed_at is null or q.received_at <= keys.closed_at)
        group by keys.number, keys.place, date_trunc('minute', q.received_at), q.method, q.accepted, q.code
        order by max(q.received_at), max(q.sequence)
        """;

    private const string Calendars = """
        select activated_at, content from (
          select a.sequence, a.activated_at, f.hash, lag(f.hash) over (order by a.sequence) as before
          from release_activations a join release_files f on f.release_id = a.release_id and f.path = $1) changes
        join content_blobs b on b.hash = changes.hash
        where changes.before is distinct from changes.hash order by changes.sequence
        """;

    /// <param name="most">More cases than this are refused.</param>
    /// <exception cref="DataFolderException">There is no database, or it is not one of this version.</exception>
    /// <exception cref="TooManyPastCasesException"/>
    public static async Task<PastRows> ReadAsync(StorageOptions options, PastQuestion question, int most, TimeProvider systemClock, ILogger log, CancellationToken ct)
    {
        var running = options.ConnectionString ?? EmbeddedPostgres.ConnectionTo(options.DataFolder);
        if (running is null && !Directory.Exists(Path.Combine(Path.GetFullPath(options.DataFolder), "postgres")))
        {
            throw new DataFolderException($"数据目录 {options.DataFolder} 中没有数据库。", $"There is no database in the data folder {options.DataFolder}.");
        }

        await using var server = running is null ? await EmbeddedPostgres.StartAsync(options, systemClock, log, ct) : null;
        var login = Database.LoginOf((running ?? server?.ConnectionString)!, "engine", options.EngineConnectionString);
        login.Pooling = false;
        login.CommandTimeout = 600;
        login.Options = $"{login.Options} -c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read".Trim();
        await using var source = NpgsqlDataSource.Create(login);
        try
        {
            await using var transaction = await source.BeginAsync(Tenant.System, ct);
            return await ReadAsync(transaction, question, most, systemClock, ct);
        }
        catch (PostgresException problem) when (problem.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            throw new DataFolderException($"数据库不是本版本的：{problem.MessageText} 请先用本版本运行 migrate。", $"The database is not one of this version: {problem.MessageText} Run 'migrate' first.", problem);
        }
    }

    private static async Task<PastRows> ReadAsync(TenantBatch transaction, PastQuestion question, int most, TimeProvider systemClock, CancellationToken ct)
    {
        var simulated = await transaction.QueryAsync("select simulated_now from installation", reader => reader.InstantOrNull(0), ct);
        var until = simulated is [{ } now] ? now : systemClock.GetUtcNow();
        var release = await ReleaseStore.HistoryAsync(transaction, 1, ct) is [var current]
            ? current : throw new DataFolderException("数据库中还没有发布过内容。", "Nothing has been published in this database yet.");
        var files = await ReleaseStore.FilesAsync(transaction, release.Id, ct);
        var calendars = await transaction.QueryAsync(Calendars, reader => new PastCalendarRow(reader.Instant(0), reader.GetString(1)), ct, ReleaseStore.CalendarFile);
        var cases = await transaction.QueryAsync(
            Cases,
            reader => (IsFiled: reader.GetBoolean(10), Row: new PastCaseRow(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4) ?? "vendor", reader.Instant(5), Json(reader.TextOrNull(6)), reader.TextOrNull(7),
                reader.GetBoolean(8), reader.GetBoolean(9))),
            ct, Commands.Nullable(NpgsqlTypes.NpgsqlDbType.TimestampTz, question.From), Commands.Nullable(NpgsqlTypes.NpgsqlDbType.TimestampTz, question.Before), Commands.Text(question.FlowId), until, most + 1);
        if (cases.Count > most) throw new TooManyPastCasesException(most);

        var filed = cases.Where(found => found.IsFiled).Select(found => found.Row).ToList();
        var numbers = filed.Select(row => row.Number).ToArray();
        var acts = await transaction.QueryAsync(
            Acts,
            reader => new PastActRow(
                reader.GetString(0), reader.Instant(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetString(6), Json(reader.TextOrNull(7))),
            ct, numbers, until);
        var requests = await transaction.QueryAsync(
            Requests,
            reader => new PastRequestRow(
                reader.GetString(0), reader.Instant(1), reader.GetInt32(2), reader.GetString(3), reader.GetBoolean(4), reader.GetString(5), reader.GetInt32(6), reader.GetInt32(7), reader.GetInt32(8)),
            ct, numbers, until);
        return new PastRows(until, release, files!, calendars, filed, acts, requests, cases.Count(found => found is { IsFiled: false, Row.IsInPeriod: true }));
    }

    private static JsonObject Json(string? text) => text is null ? [] : JsonNode.Parse(text) as JsonObject ?? [];
}
