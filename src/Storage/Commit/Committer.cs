using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// Applies units within an open transaction of the engine. Locks are taken in one order everywhere (idempotency keys, activation, filings, instances, timers, signals), and
/// timers and bookmarks of an instance change only under the instance's lock.
/// </summary>
internal sealed class Committer(TenantBatch transaction, Envelope envelope)
{
    public Wake Wake { get; private set; }

    /// <summary>One result per unit, in order. The transaction stays open and usable whatever comes of it.</summary>
    public async Task<CommitResult[]> ApplyAsync(IReadOnlyList<CommitUnit> units, CancellationToken ct)
    {
        var results = new CommitResult[units.Count];
        var sound = Judgement.Sift(units, results);
        await ApplyAsync(units, sound, results, ct);
        return results;
    }

    private async Task ApplyAsync(IReadOnlyList<CommitUnit> units, List<int> chosen, CommitResult[] results, CancellationToken ct)
    {
        if (chosen.Count == 0)
        {
            return;
        }

        try
        {
            await TryAsync(units, chosen, results, ct);
        }
        catch (PostgresException refused) when (DatabaseTrouble.IsOfTheData(refused))
        {
            await transaction.RunAsync("rollback to savepoint units", ct);
            await transaction.RunAsync("release savepoint units", ct);
            if (chosen.Count == 1)
            {
                results[chosen[0]] = refused.ConstraintName switch
                {
                    "instances_pkey" => new CommitResult.LostRace(null),
                    "cases_one_open" => new CommitResult.UnitTaken(),
                    _ => new CommitResult.Failed($"{refused.SqlState} {refused.MessageText} ({refused.TableName} {refused.ConstraintName})"),
                };
                return;
            }

            // One member spoils the set: halve it until the member is alone.
            var middle = chosen.Count / 2;
            await ApplyAsync(units, chosen[..middle], results, ct);
            await ApplyAsync(units, chosen[middle..], results, ct);
        }
    }

    private async Task TryAsync(IReadOnlyList<CommitUnit> units, List<int> chosen, CommitResult[] results, CancellationToken ct)
    {
        var known = await LockAsync([.. chosen.Select(index => units[index])], ct);
        var rows = new UnitRows(envelope);
        var judgement = new Judgement(known);
        foreach (var index in chosen)
        {
            var unit = units[index];
            if (judgement.Refuses(unit) is { } refusal)
            {
                results[index] = refusal;
                if (unit.IdempotencyKey is { } unused && Judgement.LeavesKeyFree(refusal))
                {
                    rows.Forget(unused);
                }
            }
            else
            {
                rows.Add(unit, known.Instances.GetValueOrDefault(unit.InstanceId), known.Heads.GetValueOrDefault(AuditRecord.ChainOf(unit.InstanceId)));
                results[index] = new CommitResult.Committed(unit.Bursts[^1].State.Revision);
            }
        }

        await using var batch = transaction.Batch();
        rows.AddTo(batch);
        batch.Add("release savepoint units");
        await batch.ExecuteNonQueryAsync(ct);
        Wake |= rows.Wake;
    }

    /// <summary>One round trip: takes keys and locks, and reads, each in a statement after the locks, what only holds under them.</summary>
    private async Task<Known> LockAsync(List<CommitUnit> units, CancellationToken ct)
    {
        await using var batch = transaction.Batch();
        batch.Add("savepoint units");
        var keyed = units.Where(unit => unit.IdempotencyKey is not null).ToList();
        if (keyed.Count > 0)
        {
            var keys = Rows.Insert(
                "idempotency_keys",
                [
                    new("scope", NpgsqlDbType.Text), new("key", NpgsqlDbType.Text), new("organisation_id", NpgsqlDbType.Text), new("body_hash", NpgsqlDbType.Bytea),
                    new("answer", NpgsqlDbType.Text), new("created_at", NpgsqlDbType.TimestampTz),
                ],
                // In order, so that two commits never wait for each other's keys.
                "order by r.scope, r.key on conflict do nothing returning scope, key");
            foreach (var unit in keyed)
            {
                var key = unit.IdempotencyKey!;
                keys.Add(key.Scope, key.Key, unit.New?.OrganisationId ?? unit.Actor?.OrganisationId ?? "", key.BodyHash, key.Answer, unit.BusinessNow);
            }

            keys.AddTo(batch);
            batch.Add(
                "select k.scope, k.key, k.body_hash, k.answer from idempotency_keys k join unnest($1, $2) as r(scope, key) on k.scope = r.scope and k.key = r.key",
                Array(NpgsqlDbType.Text, keyed.Select(unit => unit.IdempotencyKey!.Scope)), Array(NpgsqlDbType.Text, keyed.Select(unit => unit.IdempotencyKey!.Key)));
        }

        var exclusive = units.Where(unit => unit.New?.Exclusion is not null).ToList();
        if (exclusive.Count > 0)
        {
            Activation.AddLocks(batch, exclusive.Select(unit => unit.New!.Exclusion!));
            Activation.AddQuestion(batch, exclusive);
        }

        var limited = units.Where(unit => unit.New?.Limit is not null).ToList();
        if (limited.Count > 0)
        {
            FilingLimits.AddLocks(batch, limited);
            FilingLimits.AddQuestion(batch, limited);
        }

        batch.Add(
            "select id, revision, organisation_id, release_id, sub_status, parent_id, parent_bookmark_id from instances where id = any ($1) order by id for no key update",
            Array(NpgsqlDbType.Uuid, units.Select(unit => unit.InstanceId)));
        batch.Add(
            "select chain, sequence, hash from audit_heads where chain = any ($1)",
            Array(NpgsqlDbType.Text, units.Select(unit => AuditRecord.ChainOf(unit.InstanceId))));
        batch.Add(
            "select id from timers where id = any ($1) and status = 'pending'",
            Array(NpgsqlDbType.Text, units.SelectMany(unit => unit.ConsumedTimers)));
        batch.Add(
            "select id from signals where id = any ($1) and status = 'pending' order by id for no key update",
            Array(NpgsqlDbType.Text, units.SelectMany(unit => unit.ConsumedSignals)));

        var known = new Known([], [], [], [], [], [], []);
        var mine = new HashSet<(string, string)>();
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await SkipToRowsAsync(reader, ct);
        if (keyed.Count > 0)
        {
            while (await reader.ReadAsync(ct))
            {
                mine.Add((reader.GetString(0), reader.GetString(1)));
            }

            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                var name = (reader.GetString(0), reader.GetString(1));
                if (!mine.Contains(name))
                {
                    known.EarlierAnswers.Add(name, (reader.GetFieldValue<byte[]>(2), reader.GetString(3)));
                }
            }

            await reader.NextResultAsync(ct);
        }

        if (exclusive.Count > 0)
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                known.Excluded.Add(reader.GetGuid(0));
            }

            await reader.NextResultAsync(ct);
        }

        if (limited.Count > 0)
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                known.Filed.Add(reader.GetGuid(0), (reader.GetInt32(1), reader.GetInt32(2)));
            }

            await reader.NextResultAsync(ct);
        }

        while (await reader.ReadAsync(ct))
        {
            known.Instances.Add(
                reader.GetGuid(0),
                new LockedInstance(
                    reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.IsDBNull(5) ? null : reader.GetGuid(5), reader.TextOrNull(6)));
        }

        await reader.NextResultAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            known.Heads.Add(reader.GetString(0), new AuditHead(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)));
        }

        foreach (var pending in (HashSet<string>[])[known.PendingTimers, known.PendingSignals])
        {
            await reader.NextResultAsync(ct);
            while (await reader.ReadAsync(ct))
            {
                pending.Add(reader.GetString(0));
            }
        }

        return known;
    }

    /// <summary>The tenant's setting, in a transaction's first batch, is a result of its own; the savepoint is none.</summary>
    private static async Task SkipToRowsAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        if (reader.FieldCount > 0 && reader.GetName(0) == "set_config")
        {
            await reader.NextResultAsync(ct);
        }
    }

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
