using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>The receipt of a request, as its sender may ask for it later.</summary>
public sealed record IngestReceipt(
    Guid Id, string CredentialId, string Method, bool Accepted, string Code, string Message, byte[] BodySha256, DateTimeOffset ReceivedAt,
    IReadOnlyList<IngestFinding> Findings);

/// <summary>What devices and vendors' servers send. Written with the insert-only role.</summary>
public sealed class IngestStore(Database database)
{
    /// <summary>
    /// Nonce, request, records, findings, the credential's conformance figures and the signals to whoever waits for them, in one transaction.
    /// </summary>
    public Task<IngestResult> StoreAsync(IngestDelivery delivery, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>The receipt, only for the credential that sent the request.</summary>
    public Task<IngestReceipt?> FindReceiptAsync(string credentialId, Guid id, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>
    /// The conformance summary of a credential, the fact that rules read:
    /// <c>{ credentialId, accepted, rejected, methods: [ { method, accepted, rejected, records, sinceRejected, lastAcceptedAt, lastRejectedAt } ],
    /// workers, firstAt, lastAt, lastRejectedAt }</c>. A list, because rules can search a list and cannot name a member with a dot in it.
    /// Counts are of requests; <c>records</c> are distinct accepted records, <c>workers</c> distinct accepted ID numbers, <c>sinceRejected</c> accepted requests of
    /// the method since its last rejected one (all of them when there is none, counted to 1000 at most). Instants are ISO 8601 at +08:00.
    /// </summary>
    public Task<JsonObject> SummaryAsync(string credentialId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
