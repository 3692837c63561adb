using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Definitions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// Keeps instances from starting beside those that their activation strategy excludes. A unique index cannot: a correlation id excludes instances of every flow,
/// and a running one may take it on later. So whoever starts something exclusive first locks what it is exclusive in, and then looks.
/// </summary>
internal static class Activation
{
    /// <summary>Two that exclude each other have a lock in common. Held until the end of the transaction, or until its savepoint is rolled back.</summary>
    public static void AddLocks(NpgsqlBatch batch, IEnumerable<ActivationExclusion> exclusions)
    {
        // In order, so that two commits never wait for each other's locks.
        var locks = exclusions.SelectMany(LocksOf).Distinct().Order().ToArray();
        batch.Add("select count(*) from (select pg_advisory_xact_lock(k) from unnest($1) k) locked", new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint, Value = locks });
    }

    /// <summary>Adds the statement that names the new instances which a running one excludes. It must follow the locks: only under them its answer stays true.</summary>
    public static void AddQuestion(NpgsqlBatch batch, IReadOnlyList<CommitUnit> exclusive) => batch.Add(
        """
        select r.id from unnest($1, $2, $3) as r(id, definition_id, correlation_id)
        where exists (select from instances i where i.status = 'Running' and i.definition_id = r.definition_id
                      and (r.correlation_id is null or i.correlation_id = r.correlation_id))
          or (r.definition_id is null and exists (select from instances i where i.status = 'Running' and i.correlation_id = r.correlation_id))
        """,
        Array(NpgsqlDbType.Uuid, exclusive.Select(unit => unit.InstanceId)),
        Array(NpgsqlDbType.Text, exclusive.Select(unit => unit.New!.Exclusion!.DefinitionId)),
        Array(NpgsqlDbType.Text, exclusive.Select(unit => unit.New!.Exclusion!.CorrelationId)));

    /// <summary>One of those that start in the same transaction excludes this one.</summary>
    public static bool IsExcludedBy(CommitUnit unit, IEnumerable<CommitUnit> started) =>
        unit.New?.Exclusion is { } exclusion
        && started.Any(other => other.Bursts[^1].State is { Status: InstanceStatus.Running } state && exclusion.Matches(other.New!.DefinitionId, state.CorrelationId));

    private static IEnumerable<long> LocksOf(ActivationExclusion exclusion)
    {
        if (exclusion.DefinitionId is { } flow) yield return LockOf("flow", flow);
        if (exclusion.CorrelationId is { } correlation) yield return LockOf("correlation", correlation);
    }

    private static long LockOf(string kind, string name) => BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"activation {kind} {name}")));

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
