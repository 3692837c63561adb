using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Audit;

/// <summary>One thing wrong with the audit trail, and where.</summary>
/// <param name="Chain">The case's instance, <c>case:{id:N}</c>, or an organisation-wide object such as <c>content</c>.</param>
/// <param name="Sequence">The first record that does not fit.</param>
public sealed record AuditFinding(string Chain, long Sequence, AuditDefect Defect, string Message);

public enum AuditDefect
{
    /// <summary>A record's content does not give its hash.</summary>
    Changed,

    /// <summary>A record is missing.</summary>
    Removed,

    /// <summary>Records are not in the order in which they were written.</summary>
    Reordered,

    /// <summary>A record was slipped in.</summary>
    Inserted,

    /// <summary>The journal rows of a burst are not those that were written with it.</summary>
    JournalChanged,

    /// <summary>The stored state of an instance is not the one that its last burst wrote.</summary>
    StateChanged,
}

/// <summary>What <see cref="AuditChain.VerifyAsync"/> looked at and found.</summary>
public sealed record AuditReport(long Records, long Chains, IReadOnlyList<AuditFinding> Findings)
{
    public bool Intact => Findings.Count == 0;
}

/// <summary>
/// The tamper-evident record of who decided what: per case a chain in which each record's SHA-256 covers its content and the hash before it.
/// </summary>
public sealed class AuditChain(Database database)
{
    /// <summary>Reads every chain, or one, and reports each place where it was touched.</summary>
    public async Task<AuditReport> VerifyAsync(string? chain, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        // One view of the data for all statements below, while cases go on.
        await transaction.Connection.RunAsync("set transaction isolation level repeatable read", ct);
        return await new AuditVerification(transaction).RunAsync(chain, ct);
    }

    /// <summary>Appends a record to an organisation-wide chain: publishing, user administration, exports, a revealed key.</summary>
    /// <param name="details">Canonical JSON object, without personal data.</param>
    public async Task AppendAsync(string chain, string organisationId, string what, string details, Actor? by, DateTimeOffset at, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await AppendAsync(transaction, chain, organisationId, what, details, by, at, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Appends within a transaction that does what is recorded.</summary>
    internal static async Task AppendAsync(
        TenantBatch transaction, string chain, string organisationId, string what, string details, Actor? by, DateTimeOffset at, CancellationToken ct)
    {
        // The head's row is made first and then locked: it serialises the chain.
        await transaction.RunAsync(
            "insert into audit_heads values ($1, $2, 0, $3) on conflict (chain) do nothing", ct, chain, organisationId, AuditRecord.Beginning);
        var head = (await transaction.QueryAsync(
            "select sequence, hash from audit_heads where chain = $1 for no key update",
            reader => new AuditHead(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)), ct, chain)).Single();
        var content = AuditRecord.OfAct(what, details, by);
        var hash = AuditRecord.Hash(head.Hash, chain, head.Sequence + 1, at, content);
        await using var batch = transaction.Batch();
        batch.Add("insert into audit values ($1, $2, $3, $4, $5, $6, $7)", chain, head.Sequence + 1, organisationId, at, content, head.Hash, hash);
        batch.Add("update audit_heads set sequence = $2, hash = $3 where chain = $1", chain, head.Sequence + 1, hash);
        await batch.ExecuteNonQueryAsync(ct);
    }
}
