using System.Globalization;
using System.Text.Json;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Audit;

/// <summary>One run over the audit trail. Streams: memory does not grow with the trail.</summary>
internal sealed class AuditVerification(TenantBatch transaction)
{
    private const int MostFindings = 1000;

    private readonly List<AuditFinding> _findings = [];
    private long _records;
    private long _chains;

    public async Task<AuditReport> RunAsync(string? chain, CancellationToken ct)
    {
        await VerifyChainsAsync(chain, ct);
        await VerifyHeadsAsync(chain, ct);
        await VerifyJournalAsync(chain, ct);
        return new AuditReport(_records, _chains, _findings);
    }

    private sealed record Record(string Chain, long Sequence, DateTimeOffset At, string Content, byte[] Previous, byte[] Hash);

    private async Task VerifyChainsAsync(string? chain, CancellationToken ct)
    {
        Record? before = null;
        await ReadAsync(
            "select chain, sequence, at, content, previous, hash from audit where $1 is null or chain = $1 order by chain, sequence",
            chain,
            reader =>
            {
                var record = new Record(
                    reader.GetString(0), reader.GetInt64(1), reader.Instant(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(5));
                if (before?.Chain != record.Chain)
                {
                    before = null;
                    _chains++;
                }

                _records++;
                VerifyRecord(record, before);
                before = record;
            },
            ct);
    }

    private void VerifyRecord(Record record, Record? before)
    {
        var expected = (before?.Sequence ?? 0) + 1;
        if (record.Sequence != expected)
        {
            Report(record.Chain, expected, AuditDefect.Removed, $"记录 {expected} 至 {record.Sequence - 1} 缺失。");
            return;
        }

        var previous = before?.Hash ?? AuditRecord.Beginning;
        var own = AuditRecord.Hash(record.Previous, record.Chain, record.Sequence, record.At, record.Content);
        if (!own.AsSpan().SequenceEqual(record.Hash))
        {
            // A record that is intact at another place was moved here; one that fits nowhere was changed.
            var moved = Enumerable.Range(1, 64).SelectMany(step => (long[])[record.Sequence - step, record.Sequence + step])
                .Any(sequence => sequence > 0 && AuditRecord.Hash(record.Previous, record.Chain, sequence, record.At, record.Content).AsSpan().SequenceEqual(record.Hash));
            Report(
                record.Chain, record.Sequence, moved ? AuditDefect.Reordered : AuditDefect.Changed,
                moved ? $"记录 {record.Sequence} 不在它原来的位置。" : $"记录 {record.Sequence} 的内容与其哈希不符。");
        }
        else if (!record.Previous.AsSpan().SequenceEqual(previous))
        {
            Report(record.Chain, record.Sequence, AuditDefect.Inserted, $"记录 {record.Sequence} 与前一条记录不相连：它或前一条是事后写入的。");
        }
    }

    /// <summary>A chain that was cut at its end is intact in itself: its head tells, and the instance's revision.</summary>
    private Task VerifyHeadsAsync(string? chain, CancellationToken ct) => ReadAsync(
        """
        select coalesce(h.chain, a.chain, i.chain), h.sequence, h.hash, a.sequence, a.hash, i.revision
        from audit_heads h
        full join (select distinct on (chain) chain, sequence, hash from audit order by chain, sequence desc) a on a.chain = h.chain
        full join (select 'case:' || replace(id::text, '-', '') as chain, revision from instances) i on i.chain = coalesce(h.chain, a.chain)
        where $1 is null or coalesce(h.chain, a.chain, i.chain) = $1
        """,
        chain,
        reader =>
        {
            var name = reader.GetString(0);
            var head = reader.IsDBNull(1) ? 0 : reader.GetInt64(1);
            var last = reader.IsDBNull(3) ? 0 : reader.GetInt64(3);
            var revision = reader.IsDBNull(5) ? last : reader.GetInt32(5);
            if (last < Math.Max(head, revision))
            {
                Report(name, last + 1, AuditDefect.Removed, $"链的末尾缺失：应有 {Math.Max(head, revision)} 条记录，只有 {last} 条。");
            }
            else if (last > head || revision < last)
            {
                Report(name, Math.Min(head, revision) + 1, AuditDefect.Inserted, $"链尾有 {last} 条记录，链头记录为 {head} 条，实例修订号为 {revision}。");
            }
            else if (last > 0 && !reader.GetFieldValue<byte[]>(2).AsSpan().SequenceEqual(reader.GetFieldValue<byte[]>(4)))
            {
                Report(name, last, AuditDefect.Changed, $"链头的哈希与最后一条记录 {last} 不符。");
            }
        },
        ct);

    /// <summary>Journal rows and states against the hashes that were recorded with them.</summary>
    private async Task VerifyJournalAsync(string? chain, CancellationToken ct)
    {
        await ReadAsync(
            """
            select a.chain, a.sequence, a.content, i.revision, i.state, array(
              select array_to_json(array[j.revision::text, j.ordinal::text, to_char(j.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), j.activity_id,
                j.activity_type, j.event, j.outcomes::text, j.details::text, j.by_user, j.by_name, j.by_organisation, j.by_role])::text
              from journal j where j.instance_id = i.id and j.revision = a.sequence order by j.ordinal)
            from audit a join instances i on a.chain = 'case:' || replace(i.id::text, '-', '')
            where $1 is null or a.chain = $1
            order by a.chain, a.sequence
            """,
            chain,
            reader =>
            {
                var (name, sequence, revision) = (reader.GetString(0), reader.GetInt64(1), reader.GetInt32(3));
                if (!TryReadHashes(reader.GetString(2), out var journal, out var state))
                {
                    // The record itself is reported as changed already.
                    return;
                }

                var lines = reader.GetFieldValue<string[]>(5).Select(row => new JournalLine(JsonSerializer.Deserialize<string?[]>(row)!));
                if (Convert.ToHexStringLower(AuditRecord.HashJournal(lines)) != journal)
                {
                    Report(name, sequence, AuditDefect.JournalChanged, $"修订 {sequence} 的办理记录与写入时不同。");
                }

                if (sequence == revision && state is not null && AuditRecord.HashText(reader.GetString(4)) != state)
                {
                    Report(name, sequence, AuditDefect.StateChanged, $"实例的状态与修订 {sequence} 写入时不同。");
                }
            },
            ct);
        await ReadAsync(
            """
            select 'case:' || replace(j.instance_id::text, '-', '') as chain, min(j.revision) from journal j
            left join audit a on a.chain = 'case:' || replace(j.instance_id::text, '-', '') and a.sequence = j.revision
            where a.chain is null and ($1 is null or 'case:' || replace(j.instance_id::text, '-', '') = $1) group by 1
            """,
            chain,
            reader => Report(reader.GetString(0), reader.GetInt32(1), AuditDefect.JournalChanged, $"修订 {reader.GetInt32(1)} 的办理记录没有对应的审计记录。"),
            ct);
    }

    private static bool TryReadHashes(string content, out string? journal, out string? state)
    {
        (journal, state) = (null, null);
        try
        {
            using var json = JsonDocument.Parse(content);
            journal = json.RootElement.TryGetProperty("journal", out var found) ? found.GetString() : null;
            state = json.RootElement.TryGetProperty("state", out found) ? found.GetString() : null;
            return journal is not null;
        }
        catch (Exception notOurs) when (notOurs is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private async Task ReadAsync(string sql, string? chain, Action<NpgsqlDataReader> row, CancellationToken ct)
    {
        await using var batch = transaction.Batch();
        var setsTenant = batch.BatchCommands.Count == 1;
        batch.Add(sql, Commands.Text(chain));
        batch.Timeout = 0;
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (setsTenant)
        {
            await reader.NextResultAsync(ct);
        }

        while (await reader.ReadAsync(ct))
        {
            row(reader);
        }
    }

    private void Report(string chain, long sequence, AuditDefect defect, string message)
    {
        if (_findings.Count < MostFindings)
        {
            _findings.Add(new AuditFinding(chain, sequence, defect, string.Create(CultureInfo.InvariantCulture, $"{chain} #{sequence}：{message}")));
        }
    }
}
