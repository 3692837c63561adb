using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// Keeps an applicant from filing more than it may (<see cref="NewInstance.Limit"/>). Two that file at one moment would each count without the other: so whoever
/// files locks the applicant's filings in the flow first, and then counts.
/// </summary>
internal static class FilingLimits
{
    /// <summary>Held until the end of the transaction, or until its savepoint is rolled back.</summary>
    public static void AddLocks(NpgsqlBatch batch, IEnumerable<CommitUnit> limited)
    {
        // In order, so that two commits never wait for each other's locks.
        var locks = limited.Select(LockOf).Distinct().Order().ToArray();
        batch.Add("select count(*) from (select pg_advisory_xact_lock(k) from unnest($1) k) locked", Array(NpgsqlDbType.Bigint, locks));
    }

    /// <summary>Adds the statement that counts for each unit what its applicant has open, and what it filed since the day began. It must follow the locks.</summary>
    public static void AddQuestion(NpgsqlBatch batch, IReadOnlyList<CommitUnit> limited) => batch.Add(
        """
        select r.id, count(c.instance_id) filter (where c.outcome is null)::integer, count(c.instance_id) filter (where c.submitted_at >= r.since)::integer
        from unnest($1, $2, $3, $4) as r(id, flow_id, applicant_id, since)
        left join cases c on c.flow_id = r.flow_id and c.applicant_id = r.applicant_id
        group by r.id
        """,
        Array(NpgsqlDbType.Uuid, limited.Select(unit => unit.InstanceId)),
        Array(NpgsqlDbType.Text, limited.Select(unit => unit.New!.DefinitionId)),
        Array(NpgsqlDbType.Text, limited.Select(ApplicantOf)),
        Array(NpgsqlDbType.TimestampTz, limited.Select(unit => unit.New!.Limit!.DayBegan.UtcDateTime)));

    /// <summary><c>null</c> when one more is within the limit.</summary>
    /// <param name="started">Others of the same transaction, which the count does not know of.</param>
    public static CommitResult.OverLimit? Judge(CommitUnit unit, (int Open, int Today) counted, IEnumerable<CommitUnit> started)
    {
        var beside = started.Count(other => other.New!.DefinitionId == unit.New!.DefinitionId && ApplicantOf(other) == ApplicantOf(unit));
        var (open, today) = (counted.Open + beside, counted.Today + beside);
        var limit = unit.New!.Limit!;
        return today >= limit.MaxPerDay ? new CommitResult.OverLimit(IsOfDay: true, today)
            : open >= limit.MaxOpen ? new CommitResult.OverLimit(IsOfDay: false, open)
            : null;
    }

    private static string ApplicantOf(CommitUnit unit) => unit.Bursts[^1].State.Case?.Parties.GetValueOrDefault(CaseHeader.Applicant) ?? "";

    private static long LockOf(CommitUnit unit) =>
        BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"filing {unit.New!.DefinitionId} {ApplicantOf(unit)}")));

    private static NpgsqlParameter Array<T>(NpgsqlDbType type, IEnumerable<T> values) => new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = values.ToArray() };
}
