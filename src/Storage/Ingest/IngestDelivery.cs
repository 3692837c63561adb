using System.Text.Json.Nodes;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>One request that arrived at the ingest endpoint, already checked: what it said, what was found, what is answered.</summary>
public sealed record IngestDelivery
{
    /// <summary>
    /// Of the request; also the serial number (<c>requestSerialCode</c>) that the sender may ask after. It begins with <see cref="BusinessNow"/> (<see cref="Guid.CreateVersion7(DateTimeOffset)"/>)
    /// and thereby says in which month's tables the request lies.
    /// </summary>
    public required Guid Id { get; init; }

    /// <summary><see cref="Credentials.SigningCredential.Id"/>.</summary>
    public required string CredentialId { get; init; }

    /// <summary>The request's nonce: stored once and for all. <c>null</c> for a request whose signature was wrong, which may not burn a nonce.</summary>
    public string? Nonce { get; init; }

    /// <summary>The method that the request named, for example <c>project.add</c>.</summary>
    public required string Method { get; init; }

    public required bool Accepted { get; init; }

    /// <summary>How many requests this stands for: one, or those that were turned away for the same reason within some seconds.</summary>
    public int Times { get; init; } = 1;

    /// <summary>The business-level answer code and text that the sender gets.</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }

    /// <summary>SHA-256 of the raw body.</summary>
    public required byte[] BodySha256 { get; init; }

    /// <summary>The content release whose standard and rules judged it; kept with the receipt.</summary>
    public required string ReleaseId { get; init; }

    /// <summary>The flows that handled it, each as <c>definition@version</c>, with a blank between; null: none begins with its kind.</summary>
    public string? Flow { get; init; }

    /// <summary>Of these flows, those that have to go on as instances.</summary>
    public IReadOnlyList<FlowOrder> Orders { get; init; } = [];

    /// <summary>The records that the request carried; empty when it could not be read.</summary>
    public IReadOnlyList<IngestRecord> Records { get; init; } = [];

    /// <summary>Everything that was found wrong, reject and warn alike.</summary>
    public IReadOnlyList<IngestFinding> Findings { get; init; } = [];

    /// <summary>What instances may wait for besides the conformance figures, which are always told: for example that messages of a kind arrived.</summary>
    public IReadOnlyList<IngestSignal> Signals { get; init; } = [];

    /// <summary>Business time of arrival.</summary>
    public required DateTimeOffset BusinessNow { get; init; }
}

/// <summary>One record of a request.</summary>
/// <param name="Ordinal">Place in the request, from 0.</param>
/// <param name="Key">What makes it the same record when it is sent again; unique for a credential and method. At most 400 characters, without personal data.</param>
/// <param name="Values">Its fields without personal ones.</param>
/// <param name="Personal">Its personal fields (ID numbers, bank cards, faces), opened. Sealed on the way into the database.</param>
/// <param name="IdNumber">The ID-card number for the blind index, if it has one.</param>
public sealed record IngestRecord(int Ordinal, string Key, bool Accepted, JsonObject Values, JsonObject Personal, string? IdNumber)
{
    /// <summary>The number of the person's wage card, for the blind index of the register.</summary>
    public string? WageCard { get; init; }

    /// <summary>The ID-card number of the manager whom a participating firm names, for the blind index of the register.</summary>
    public string? Manager { get; init; }

    public override string ToString() => $"Record {Ordinal}";
}

/// <summary>An instance that a message begins.</summary>
/// <param name="InstanceId">Its id, given before it exists.</param>
/// <param name="TriggerActivityId">The step that the message begins it at.</param>
/// <param name="OrganisationId">The authority whose instance it is.</param>
/// <param name="Fault">Why it cannot begin (zh-CN where the flow says it): it is set aside, with an incident. Null: it is begun as soon as the message is stored.</param>
public sealed record FlowOrder(
    Guid InstanceId, string DefinitionId, string TriggerActivityId, string ReleaseId, string OrganisationId, JsonObject Input, string? Fault);

/// <summary>Wakes every instance that expects <paramref name="Name"/> for <paramref name="Key"/>.</summary>
public sealed record IngestSignal(string Name, string Key, JsonNode? Payload);

public enum FindingLevel
{
    Warn,
    Reject,
}

/// <summary>One thing wrong with a message, told to the developer who must mend it.</summary>
/// <param name="RecordOrdinal">The record it concerns; <c>null</c>: the request as a whole.</param>
/// <param name="Path">Where in the message, for example <c>[workerList][0][idCardNumber]</c>.</param>
/// <param name="Rule">The rule that found it, for example <c>V3</c>.</param>
/// <param name="Message">What is wrong (zh-CN). Never holds a full ID number.</param>
/// <param name="Basis">The clause of the standard.</param>
/// <param name="Advice">What to do.</param>
public sealed record IngestFinding(
    int? RecordOrdinal, string Path, string Field, string Rule, FindingLevel Level, string Message, string Basis, string Advice);

/// <summary>What became of an <see cref="IngestDelivery"/>.</summary>
public abstract record IngestResult
{
    private IngestResult()
    {
    }

    /// <summary>Durable. Records that were there already are counted, not stored twice.</summary>
    public sealed record Stored(int NewRecords, int DuplicateRecords) : IngestResult;

    /// <summary>
    /// The nonce was used before; nothing was stored. The same bytes get the earlier answer again, other bytes are refused
    /// (compare <see cref="IngestReceipt.BodySha256"/>).
    /// </summary>
    public sealed record Replayed(IngestReceipt Earlier) : IngestResult;

    /// <summary>The database refuses it, and would refuse it again; nothing of it was stored.</summary>
    public sealed record Failed(string Message) : IngestResult;
}
