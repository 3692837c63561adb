using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Host.Tests.Http;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>Something that must not be.</summary>
internal sealed record Finding(string Check, string What);

/// <summary>What the checker counted and found.</summary>
/// <param name="Lines">What was counted, in words, for the report.</param>
internal sealed record Figures(int Intents, int Acknowledged, IReadOnlyList<string> Lines, IReadOnlyList<Finding> Findings)
{
    public double Share => Intents == 0 ? 0 : 100.0 * Acknowledged / Intents;
}

/// <summary>Compares what clients know with what is in the database and what came out of it: mails, requests.</summary>
internal sealed partial class Checker(
    string connectionString, StorageOptions storage, LedgerContents ledger, MailLog mail, OtherSystem register, Faults faults, Work work, IReadOnlyList<RigHost> hosts)
{
    private const int MostFindings = 20;

    /// <summary>Of a promise: survivors make progress within this time after a kill.</summary>
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(12);

    private readonly List<Finding> _findings = [];
    private readonly List<string> _lines = [];

    public async Task<Figures> RunAsync()
    {
        await DrainAsync();
        await IntentsAsync();
        await EndedCasesAsync();
        await WaitingAsync();
        await TimersAsync();
        await MailsAsync();
        await RequestsAsync();
        await AuditAsync();
        Progressed();
        foreach (var surprise in work.Surprises) Find("answers", surprise);
        foreach (var host in hosts.Where(host => host.EndedByItself > 0)) Find("hosts", $"{host.Name} ended by itself {host.EndedByItself} times after it had begun to serve.");
        return new Figures(ledger.Intents.Count, ledger.Intents.Count(ledger.IsDone), _lines, _findings);
    }

    /// <summary>Waits until nothing is on its way any more, for as long as patience lasts: what is left then is found by the checks.</summary>
    private async Task DrainAsync()
    {
        var began = mail.Clock.Elapsed;
        while (mail.Clock.Elapsed - began < DrainPatience)
        {
            var left = await NumberAsync(
                """
                select (select count(*) from timers where status = 'pending' and due_at < $1) + (select count(*) from signals where status = 'pending')
                  + (select count(*) from outbox where status = 'pending') + (select count(*) from http_requests where status = 'pending')
                """,
                TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(20));
            if (left == 0) break;
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }

        Say($"Drained {(mail.Clock.Elapsed - began).TotalSeconds:0.0} s after the last client had finished.");
    }

    /// <summary>What is acknowledged is there once; what is not is there at most once.</summary>
    private async Task IntentsAsync()
    {
        var rows = new Dictionary<string, List<string?>>();
        await ReadAsync(
            "select s.answers::text, c.number from submissions s join instances i on i.id = s.instance_id left join cases c on c.instance_id = i.id",
            reader =>
            {
                foreach (Match mark in Mark().Matches(reader.GetString(0))) Add(mark.Value, reader.IsDBNull(1) ? null : reader.GetString(1));
            });
        await ReadAsync("select fields->>'date', null from ingest_records where accepted and method = 'WorkerAttendance.Add'", reader => Add(reader.GetString(0), null));
        var tasks = new Dictionary<string, string?>();
        await ReadAsync("select t.id, coalesce(t.outcome, a.outcome) from tasks t left join internal_answers a on a.task_id = t.id where t.closed_at is not null", reader => tasks.Add(reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1)));

        int unanswered = 0, done = 0;
        foreach (var intent in ledger.Intents)
        {
            var found = rows.GetValueOrDefault(intent.Mark) ?? [];
            var name = $"{intent.Kind} {intent.Mark} of {intent.Case ?? "a new case"}";
            if (!ledger.IsDone(intent))
            {
                unanswered++;
                if (found.Count > 0) done++;
                if (found.Count > 1) Find("doubled", $"{name} was not acknowledged and is there {found.Count} times.");
                continue;
            }

            if (found.Count != 1) Find(found.Count == 0 ? "lost" : "doubled", $"{name} was acknowledged and is there {found.Count} times.");
            else if (found[0] is { } number && number != ledger.Acknowledged[intent.Id].Case) Find("lost", $"{name} was acknowledged as {ledger.Acknowledged[intent.Id].Case} and is in {number}.");
            if (intent.Task is { } task && tasks.GetValueOrDefault(task) != intent.Outcome) Find("lost", $"{name}: task {task} should have ended as {intent.Outcome}, and ended as {tasks.GetValueOrDefault(task) ?? "nothing"}.");
        }

        Say($"{ledger.Intents.Count} intents: {ledger.Intents.Count - unanswered} acknowledged, each in the database once; {unanswered} unacknowledged, of which {done} were done, none twice.");
        Say($"{work.Tries} tries over HTTP; {work.Doubled} intents went to both hosts at once.");

        void Add(string mark, string? number)
        {
            if (!rows.TryGetValue(mark, out var all)) rows.Add(mark, all = []);
            all.Add(number);
        }
    }

    /// <summary>A case that was seen to its end has the outcome of its way, and the rows of the one that went the same way before the first fault.</summary>
    private async Task EndedCasesAsync()
    {
        var shapes = new Dictionary<string, (string? Outcome, string Shape)>();
        await ReadAsync(
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
            reader => shapes.Add(reader.GetString(0), (reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetString(2))));
        var references = ledger.Ended.Where(ended => ended.IsReference).ToDictionary(ended => ended.Path, ended => shapes[ended.Number].Shape);
        foreach (var ended in ledger.Ended)
        {
            var (outcome, shape) = shapes.GetValueOrDefault(ended.Number);
            if (outcome != ended.Outcome) Find("stuck", $"{ended.Number} ({ended.Path}) should have ended as {ended.Outcome}, and is {outcome ?? "open"}.");
            else if (shape != references[ended.Path]) Find("doubled or lost effects", $"{ended.Number} ({ended.Path}) differs from the case without faults: {Difference(references[ended.Path], shape)}");
        }

        Say($"{ledger.Ended.Count} cases at their end, all with the outcome of their way and with exactly the tasks, notices, mails, timers, keys, requests and children of the case that went "
            + $"the same way without a fault: {string.Join("; ", ledger.Ended.GroupBy(ended => ended.Path).Select(path => $"{path.Key} {path.Count()}"))}.");
    }

    /// <summary>Whatever runs has something that will wake it.</summary>
    private async Task WaitingAsync()
    {
        await ReadAsync(
            """
            select i.id::text, i.definition_id, i.sub_status from instances i
            where i.status = 'Running' and not exists (select from tasks t where t.instance_id = i.id and t.closed_at is null)
              and not exists (select from timers t where t.instance_id = i.id and t.status = 'pending') and not exists (select from signals s where s.instance_id = i.id and s.status = 'pending')
              and not exists (select from expectations e where e.instance_id = i.id) and not exists (select from http_requests r where r.instance_id = i.id and r.status = 'pending')
              and not exists (select from instances c where c.parent_id = i.id and c.status = 'Running')
            """,
            reader => Find("stuck", $"{reader.GetString(1)} {reader.GetString(0)} is {reader.GetString(2)} and waits for nothing."));
        await ReadAsync(
            "select id, coalesce(activity_id, ''), message from incidents",
            reader => Find("incidents", $"{reader.GetString(0)} {reader.GetString(1)}: {reader.GetString(2)}"));
        await ReadAsync(
            "select id, status, name from signals where status <> 'consumed'", reader => Find("stuck", $"Signal {reader.GetString(0)} ({reader.GetString(2)}) is {reader.GetString(1)}."));
        Say($"{await NumberAsync("select total_healed + total_raised from reconciliation")} orphans found by the reconciler during the run.");
        Say($"{await NumberAsync("select count(*) from instances")} instances, {await NumberAsync("select count(*) from instances where status = 'Running'")} of them running: every one with a task, a timer, a signal, "
            + "a request or a child that it waits for.");
    }

    private async Task TimersAsync()
    {
        await ReadAsync(
            "select id, status, due_at, settled_at from timers where status in ('parked', 'held') or (status = 'fired' and settled_at < due_at) or (status = 'pending' and due_at < $1)",
            reader => Find("timers", $"{reader.GetString(0)} is {reader.GetString(1)}, due {reader.GetDateTime(2):O}, settled {(reader.IsDBNull(3) ? "never" : reader.GetDateTime(3).ToString("O", CultureInfo.InvariantCulture))}."),
            TimeProvider.System.GetUtcNow().UtcDateTime);
        await ReadAsync(
            "select count(*), max(extract(epoch from settled_at - due_at))::float8, (percentile_cont(0.99) within group (order by extract(epoch from settled_at - due_at)))::float8, "
            + "(percentile_cont(0.5) within group (order by extract(epoch from settled_at - due_at)))::float8 from timers where status = 'fired'",
            reader => Say(reader.GetInt64(0) == 0 ? "No timer fell due." : $"{reader.GetInt64(0)} timers fired, none early; late by {reader.GetDouble(3):0.0} s (median), {reader.GetDouble(2):0.0} s (99 %), {reader.GetDouble(1):0.0} s (most)."));
    }

    private async Task MailsAsync()
    {
        var queued = new HashSet<string>();
        await ReadAsync(
            // A letter that was gathered came with its digest.
            "select coalesce(d.message_id, o.message_id), coalesce(d.status, o.status), coalesce(o.error, '') from outbox o left join outbox d on d.id = o.digest_id",
            reader =>
            {
                queued.Add(reader.GetString(0));
                if (reader.GetString(1) != "sent") Find("mails", $"{reader.GetString(0)} is {reader.GetString(1)} {reader.GetString(2)}");
                else if (!mail.Received.ContainsKey(reader.GetString(0))) Find("lost", $"Mail {reader.GetString(0)} is marked as sent and never came.");
            });
        int doubles = 0, most = 0;
        foreach (var (id, at) in mail.Received)
        {
            if (!queued.Contains(id)) Find("mails", $"A mail came as {id} that nobody queued.");
            var times = at.ToList();
            most = Math.Max(most, times.Count);
            doubles += times.Count - 1;
            for (var again = 1; again < times.Count; again++)
            {
                if (!faults.Done.Any(fault => fault.At >= times[again - 1] - TimeSpan.FromSeconds(2) && fault.At <= times[again])) Find("doubled", $"Mail {id} came again after {times[again] - times[again - 1]} without a fault between.");
            }
        }

        Say($"{queued.Count} mails queued and sent; {doubles} came once more under the same Message-ID after a fault between sending and noting (at most {most} times the same).");
    }

    private async Task RequestsAsync()
    {
        var asked = register.Requests.GroupBy(request => request.Headers.GetValueOrDefault("Idempotency-Key", "")).ToDictionary(group => group.Key, group => group.Count());
        var known = new HashSet<string>();
        await ReadAsync(
            "select id, status from http_requests",
            reader =>
            {
                known.Add(reader.GetString(0));
                if (reader.GetString(1) != "settled") Find("requests", $"{reader.GetString(0)} is {reader.GetString(1)}.");
                else if (!asked.ContainsKey(reader.GetString(0))) Find("lost", $"Request {reader.GetString(0)} is settled and never came.");
            });
        foreach (var stranger in asked.Keys.Where(key => !known.Contains(key))) Find("requests", $"A request came as '{stranger}' that nobody decided.");
        Say($"{known.Count} requests to the other system settled; {asked.Values.Sum(times => times - 1)} came once more under the same Idempotency-Key.");
    }

    private async Task AuditAsync()
    {
        await using var database = await Database.OpenAsync(storage with { ConnectionString = connectionString }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var report = await new AuditChain(database).VerifyAsync(chain: null, CancellationToken.None);
        foreach (var finding in report.Findings) Find("audit", finding.Message);
        Say($"{report.Records} audit records in {report.Chains} chains: every revision of every instance once, in order, with the journal and the state that were written with it.");
    }

    private void Progressed()
    {
        var answers = work.Answers.OrderBy(answer => answer.At).ToList();
        foreach (var (name, kinds, alone) in ((string, FaultKind[], bool)[])
        [
            ("a kill that another host survived", [FaultKind.Kill], false),
            ("a kill with nobody left or no database", [FaultKind.Kill, FaultKind.KillBoth], true),
            ("a crash of the database", [FaultKind.Crash], true),
            ("a host that stands still", [FaultKind.Freeze], false),
        ])
        {
            var waits = faults.Done.Where(fault => kinds.Contains(fault.Kind) && fault.HadSurvivor != alone).Select(fault => FirstAfter(fault.At)).OfType<TimeSpan>().Order().ToList();
            if (waits.Count == 0) continue;

            Say($"After {name}, the next act asked for and acknowledged: {waits[waits.Count / 2].TotalSeconds:0.00} s (median of {waits.Count}), {waits[^1].TotalSeconds:0.0} s (most).");
            if (!alone && waits[^1] > Progress) Find("progress", $"{waits[^1].TotalSeconds:0.0} s without an acknowledgement after {name}.");
        }

        TimeSpan? FirstAfter(TimeSpan at) => answers.Where(answer => answer.Asked >= at).Select(answer => (TimeSpan?)(answer.At - at)).FirstOrDefault();
    }

    private static string Difference(string expected, string found) =>
        string.Join(" | ", expected.Split('\n').Zip(found.Split('\n')).Where(pair => pair.First != pair.Second).Select(pair => $"expected {pair.First}, found {pair.Second}"));

    private void Say(FormattableString line) => Say(FormattableString.Invariant(line));

    private void Say(string line) => _lines.Add(line);

    private void Find(string check, string what)
    {
        if (_findings.Count(finding => finding.Check == check) < MostFindings) _findings.Add(new Finding(check, what));
    }

    private async Task<long> NumberAsync(string sql, params object[] values)
    {
        long number = 0;
        await ReadAsync(sql, reader => number = reader.GetInt64(0), values);
        return number;
    }

    private async Task ReadAsync(string sql, Action<NpgsqlDataReader> row, params object[] values)
    {
        await using var connection = await RigDatabase.OpenAsync(connectionString);
#pragma warning disable CA2100 // Constant texts of this file.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) row(reader);
    }

    [GeneratedRegex(@"\bR\d{6}\b", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Mark();
}
