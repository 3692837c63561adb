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
    public Task<AuditReport> VerifyAsync(string? chain, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Appends a record to an organisation-wide chain: publishing, user administration, exports, a revealed key.</summary>
    /// <param name="details">Canonical JSON object, without personal data.</param>
    public Task AppendAsync(string chain, string what, string details, Actor? by, DateTimeOffset at, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
