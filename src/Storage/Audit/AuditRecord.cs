using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Audit;

/// <summary>The canonical forms and hashes of the audit trail. They are kept for ever: changing one breaks the verification of what was written before.</summary>
internal static class AuditRecord
{
    /// <summary>The hash before the first record of a chain.</summary>
    public static byte[] Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    public static string ChainOf(Guid instanceId) => $"case:{instanceId:N}";

    /// <summary>SHA-256 over the hash before, the place in the chain, the instant and the content.</summary>
    public static byte[] Hash(byte[] previous, string chain, long sequence, DateTimeOffset at, string content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(number, sequence);
        hash.AppendData(previous);
        hash.AppendData(number);
        hash.AppendData(Encoding.UTF8.GetBytes($"{chain}\n{Instant(at)}\n{content}"));
        return hash.GetHashAndReset();
    }

    /// <summary>What is recorded of a burst: who, which decisions, and the hashes of the journal rows and of the state that were written with it.</summary>
    /// <param name="state">The stored state's text; <c>null</c> for a burst that was followed by another one in the same commit.</param>
    public static string OfBurst(CommitUnit unit, Burst burst, string? state)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = StoredJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteNumber("revision", burst.State.Revision);
            WriteActor(json, unit.Actor);
            WriteNames(json, "timers", unit.ConsumedTimers);
            WriteNames(json, "signals", unit.ConsumedSignals);
            json.WriteStartArray("effects");
            foreach (var effect in burst.Effects)
            {
                json.WriteStartObject();
                json.WriteNumber("ordinal", effect.Id.Ordinal);
                json.WriteString("kind", effect.GetType().Name);
                foreach (var (name, value) in Decision(effect))
                {
                    json.WriteString(name, value);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteString("journal", Convert.ToHexStringLower(HashJournal(burst.Journal.Select(entry => JournalLine.Of(burst.State.Revision, entry)))));
            if (state is not null)
            {
                json.WriteString("state", HashText(state));
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>What is recorded of an act outside a case.</summary>
    public static string OfAct(string what, string details, Actor? by)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = StoredJson.Options.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("what", what);
            WriteActor(json, by);
            json.WritePropertyName("details");
            json.WriteRawValue(details);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    public static string HashText(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Over the rows in order, each field with its length before it, so that no two different rows read alike.</summary>
    public static byte[] HashJournal(IEnumerable<JournalLine> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var line in lines)
        {
            foreach (var field in line.Fields)
            {
                var bytes = field is null ? null : Encoding.UTF8.GetBytes(field);
                BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? -1);
                hash.AppendData(length);
                hash.AppendData(bytes ?? []);
            }
        }

        return hash.GetHashAndReset();
    }

    /// <summary>As the database keeps it: UTC, microseconds.</summary>
    public static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void WriteActor(Utf8JsonWriter json, Actor? by)
    {
        if (by is not null)
        {
            json.WriteStartObject("by");
            json.WriteString("user", by.UserId);
            json.WriteString("name", by.Name);
            json.WriteString("organisation", by.OrganisationId);
            json.WriteString("role", by.Role);
            json.WriteEndObject();
        }
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    private static IEnumerable<(string Name, string? Value)> Decision(Effect effect) => effect switch
    {
        Effect.OpenTask task => [("activity", task.ActivityId), ("organisation", task.OrganisationId), ("due", Date(task.DueDate))],
        Effect.CloseTask task => [("task", task.TaskId), ("end", task.End.ToString()), ("outcome", task.Outcome)],
        Effect.Disclose disclosed => [("decision", disclosed.Decision)],
        Effect.ChangeDeadline change => [("task", change.TaskId), ("from", Date(change.OldDue)), ("to", Date(change.NewDue)), ("reason", change.Reason)],
        Effect.RaiseWarning warning => [("organisation", warning.OrganisationId), ("colour", warning.Colour.ToString()), ("about", warning.AboutTaskId)],
        Effect.AnswerWarning answer => [("warning", answer.WarningId)],
        Effect.ChangeVersion changed => [("from", changed.FromRelease), ("to", changed.ToRelease), ("reason", changed.Reason)],
        Effect.RestateTask task => [("task", task.TaskId), ("activity", task.ActivityId)],
        Effect.IssueCredential credential => [("stage", credential.Stage.ToString()), ("holder", credential.HolderId), ("authority", credential.AuthorityId)],
        Effect.RevokeCredential credential => [("credential", credential.CredentialId), ("reason", credential.Reason)],
        Effect.QueueNotice notice => [("notice", notice.Notice), ("organisation", notice.OrganisationId)],
        Effect.SendRequest order => [("activity", order.ActivityId), ("method", order.Request.Method), ("to", new Uri(order.Request.Url).GetLeftPart(UriPartial.Path))],
        Effect.WriteResponse answer => [("status", answer.Reply.Status.ToString(CultureInfo.InvariantCulture))],
        Effect.CloseCase close => [("outcome", close.Outcome)],
        Effect.RaiseIncident incident => [("activity", incident.ActivityId), ("message", incident.Message)],
        Effect.SettleIncident settled => [("incident", settled.IncidentId), ("end", settled.End.ToString()), ("reason", settled.Reason)],
        _ => [],
    };

    private static string? Date(DateOnly? date) => date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A journal row as it is hashed: the texts that the database gives back unchanged.</summary>
internal readonly record struct JournalLine(IReadOnlyList<string?> Fields)
{
    public static JournalLine Of(int revision, JournalEntry entry) => new(
    [
        revision.ToString(CultureInfo.InvariantCulture),
        entry.Ordinal.ToString(CultureInfo.InvariantCulture),
        AuditRecord.Instant(entry.At),
        entry.ActivityId,
        entry.ActivityType,
        entry.Event,
        StoredJson.Of(entry.Outcomes),
        StoredJson.Of(entry.Details),
        entry.By?.UserId,
        entry.By?.Name,
        entry.By?.OrganisationId,
        entry.By?.Role,
    ]);
}
