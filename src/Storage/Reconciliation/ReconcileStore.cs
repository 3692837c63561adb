using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Storage.Reconciliation;

/// <summary>
/// Rounds over all instances that are not over, page by page. The round and its cursor are a row, so a restart goes on where the last page was committed, and
/// whichever host holds the row does the next page (ADR 0013).
/// </summary>
public sealed class ReconcileStore(Database database, WakeUps wakeUps)
{
    private static readonly Guid Last = Guid.AllBitsSet;

    /// <summary>
    /// Claims the next page and what is wrong in it, with the instances concerned, in an open transaction. An instance that somebody holds is left to the next round.
    /// <c>null</c>: no round is due, or another host is at it.
    /// </summary>
    /// <param name="systemNow">A round that is due then is begun.</param>
    public async Task<ClaimedReconciliation?> ClaimAsync(DateTimeOffset systemNow, int max, CancellationToken ct)
    {
        var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            var rounds = await transaction.QueryAsync(
                "select done_to from reconciliation where next_at is null or next_at <= $1 for update skip locked", reader => reader.GetGuid(0), ct, systemNow);
            if (rounds is not [var doneTo])
            {
                await transaction.DisposeAsync();
                return null;
            }

            var page = await transaction.QueryAsync(
                """
                select id, waits_of is distinct from revision from instances
                where (status = 'Running' or sub_status = 'Faulted') and id > $1 order by id limit $2
                """,
                reader => (Id: reader.GetGuid(0), IsUnknown: reader.GetBoolean(1)), ct, doneTo, max);
            var to = page.Count < max ? Last : page[^1].Id;
            await LearnAsync(transaction, [.. page.Where(instance => instance.IsUnknown).Select(instance => instance.Id)], ct);

            IReadOnlyList<Orphan> orphans = await OrphanSearch.InRangeAsync(transaction, doneTo, to, ct);
            IReadOnlyDictionary<Guid, StoredInstance> instances = new Dictionary<Guid, StoredInstance>();
            if (orphans.Count > 0)
            {
                // Once more, now that nobody can change them: what was wrong may have been put right in between.
                var held = await HoldAsync(transaction, [.. orphans.Select(orphan => orphan.InstanceId).Distinct()], ct);
                orphans = await OrphanSearch.OfAsync(transaction, held, ct);
                instances = await InstanceStore.LoadAsync(transaction, [.. orphans.Select(orphan => orphan.InstanceId).Distinct()], ct);
            }

            return new ClaimedReconciliation(transaction, database, wakeUps, page.Count, to == Last ? null : to, orphans, instances);
        }
        catch
        {
            await transaction.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the last complete round came to.</summary>
    public async Task<ReconciliationRound> LastAsync(CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var rounds = await transaction.QueryAsync(
            "select ended_at, last_checked, last_healed, last_raised, total_healed, total_raised from reconciliation",
            reader => new ReconciliationRound(
                reader.InstantOrNull(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5)),
            ct);
        return rounds[0];
    }

    /// <summary>Reads from the states what instances wait for whose rows do not tell.</summary>
    private static async Task LearnAsync(TenantBatch transaction, IReadOnlyList<Guid> unknown, CancellationToken ct)
    {
        if (unknown.Count == 0)
        {
            return;
        }

        var held = await HoldAsync(transaction, unknown, ct);
        await using var batch = transaction.Batch();
        foreach (var (id, stored) in await InstanceStore.LoadAsync(transaction, held, ct))
        {
            batch.Add("update instances set waits = $2, waits_of = revision where id = $1", id, stored.State.Waits.Select(wait => wait.ToString()).ToArray());
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>In the order in which every commit locks; what somebody holds is passed over.</summary>
    private static Task<List<Guid>> HoldAsync(TenantBatch transaction, IReadOnlyList<Guid> instances, CancellationToken ct) => transaction.QueryAsync(
        "select id from instances where id = any ($1) order by id for no key update skip locked", reader => reader.GetGuid(0), ct, instances.ToArray());
}
