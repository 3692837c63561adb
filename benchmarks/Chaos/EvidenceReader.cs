using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>Gathers what the checker compares, when nothing is on its way any more.</summary>
internal sealed partial class EvidenceReader(Rig rig, IReadOnlyList<Fault> faults, Work work)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(12);

    public async Task<Evidence> ReadAsync()
    {
        var drained = await DrainAsync();
        await using var database = await Database.OpenAsync(rig.Storage with { ConnectionString = rig.Database.ConnectionString }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return new Evidence
        {
            Ledger = IntentLedger.Read(rig.Ledger.Path),
            Marks = await MarksAsync(),
            ClosedTasks = (await ListAsync(
                "select t.id, coalesce(t.outcome, a.outcome) from tasks t left join internal_answers a on a.task_id = t.id where t.closed_at is not null",
                reader => (Id: reader.GetString(0), Outcome: Text(reader, 1)))).ToDictionary(task => task.Id, task => task.Outcome),
            Cases = await CasesAsync(),
            Runs = await RunsAsync(),
            Incidents = await ListAsync("select id, coalesce(activity_id, ''), message from incidents", reader => $"{reader.GetString(0)} {reader.GetString(1)}: {reader.GetString(2)}"),
            Signals = await ListAsync("select id, name, status from signals", reader => new StoredSignal(reader.GetString(0), reader.GetString(1), reader.GetString(2))),
            Timers = await ListAsync(
                "select id, status, due_at, settled_at from timers",
                reader => new StoredTimer(reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3))),
            // A letter that was gathered came with its digest.
            Mails = await ListAsync(
                "select coalesce(d.message_id, o.message_id), coalesce(d.status, o.status), coalesce(o.error, '') from outbox o left join outbox d on d.id = o.digest_id",
                reader => new QueuedMail(reader.GetString(0), reader.GetString(1), reader.GetString(2))),
            Received = rig.Mail.Received.ToDictionary(letter => letter.Key, letter => (IReadOnlyList<TimeSpan>)[.. letter.Value]),
            Requests = await ListAsync("select id, status from http_requests", reader => new StoredRequest(reader.GetString(0), reader.GetString(1))),
            Asked = [.. rig.Register.Requests.Select(request => request.Headers.GetValueOrDefault("Idempotency-Key", ""))],
            Audit = await new AuditChain(database).VerifyAsync(chain: null, CancellationToken.None),
            Orphans = (await ListAsync("select (total_healed + total_raised)::int8 from reconciliation", reader => reader.GetInt64(0))).Sum(),
            Faults = faults,
            Answers = [.. work.Answers],
            Surprises = [.. work.Surprises],
            EndedByItself = rig.Hosts.ToDictionary(host => host.Name, host => host.EndedByItself),
            ReadAt = TimeProvider.System.GetUtcNow(),
            Drained = drained,
            Tries = work.Tries,
            Doubled = work.Doubled,
        };
    }

    /// <summary>Waits until nothing is on its way any more, for as long as patience lasts: what is left then is found by the checks.</summary>
    private async Task<TimeSpan> DrainAsync()
    {
        var began = rig.Mail.Clock.Elapsed;
        while (rig.Mail.Clock.Elapsed - began < DrainPatience)
        {
            var left = await ListAsync(
                """
                select (select count(*) from timers where status = 'pending' and due_at < $1) + (select count(*) from signals where status = 'pending')
                  + (select count(*) from outbox where status = 'pending') + (select count(*) from http_requests where status = 'pending')
                """,
                reader => reader.GetInt64(0),
                TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20));
            if (left is [0]) break;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        return rig.Mail.Clock.Elapsed - began;
    }

    private async Task<IReadOnlyList<FoundMark>> MarksAsync()
    {
        var forms = await ListAsync(
            "select s.answers::text, c.number from submissions s join instances i on i.id = s.instance_id left join cases c on c.instance_id = i.id",
            reader => (Text: reader.GetString(0), Case: Text(reader, 1)));
        var messages = await ListAsync(
            "select fields->>'date' from ingest_records where accepted and method = 'WorkerAttendance.Add'", reader => new FoundMark(reader.GetString(0), null));
        return [.. forms.SelectMany(form => Mark().Matches(form.Text).Select(mark => new FoundMark(mark.Value, form.Case))), .. messages];
    }

    private async Task<IReadOnlyDictionary<string, StoredCase>> CasesAsync() => (await ListAsync(
        """
        select c.number, c.outcome, concat_ws(E'\n',
          'tasks ' || (select coalesce(string_agg(x, ' ' order by x), '') from (select activity_id || '=' || count(*) as x from tasks t where t.instance_id = c.instance_id group by activity_id) q),
          'done ' || (select coalesce(string_agg(x, ' ' order by x), '') from (
            select activity_id || '=' || count(*) as x from journal j where j.instance_id = c.instance_id and event = 'Completed' group by activity_id) q),
          'notices ' || (select coalesce(string_agg(x, ' ' order by x), '') from (
            select template || '/' || party || '=' || count(*) as x from notices n where n.instance_id = c.instance_id group by template, party) q),
          'mails ' || (select count(*) from outbox o join notices n on n.id = o.notice_id where n.instance_id = c.instance_id),
          'timers ' || (select coalesce(string_agg(x, ' ' order by x), '') from (select kind || '=' || count(*) as x from timers t where t.instance_id = c.instance_id group by kind) q),
          'keys ' || (select count(*) from credentials k where k.instance_id = c.instance_id),
          'requests ' || (select count(*) from http_requests r where r.instance_id = c.instance_id),
          'children ' || (select count(*) from instances i where i.parent_id = c.instance_id))
        from cases c
        """,
        reader => (Number: reader.GetString(0), Case: new StoredCase(Text(reader, 1), reader.GetString(2))))).ToDictionary(found => found.Number, found => found.Case);

    private Task<IReadOnlyList<StoredRun>> RunsAsync() => ListAsync(
        """
        select i.id::text, i.definition_id, i.status = 'Running',
          exists (select from tasks t where t.instance_id = i.id and t.closed_at is null)
            or exists (select from timers t where t.instance_id = i.id and t.status = 'pending') or exists (select from signals s where s.instance_id = i.id and s.status = 'pending')
            or exists (select from expectations e where e.instance_id = i.id) or exists (select from http_requests r where r.instance_id = i.id and r.status = 'pending')
            or exists (select from instances c where c.parent_id = i.id and c.status = 'Running'),
          i.revision,
          coalesce((select array_agg((a.content::json->>'revision')::int order by a.sequence) from audit a where a.chain = 'case:' || replace(i.id::text, '-', '')), '{}')
        from instances i
        """,
        reader => new StoredRun(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetInt32(4), reader.GetFieldValue<int[]>(5)));

    private async Task<IReadOnlyList<T>> ListAsync<T>(string sql, Func<NpgsqlDataReader, T> row, params object[] values)
    {
        await using var connection = await RigDatabase.OpenAsync(rig.Database.ConnectionString);
#pragma warning disable CA2100 // Constant texts of this file.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(row(reader));
        return rows;
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    [GeneratedRegex(@"\bR\d{6}\b", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Mark();
}
