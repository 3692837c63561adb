using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Sealing;

/// <summary>The personal values of a stored record as they lie in the database.</summary>
internal readonly record struct SealedRecord(byte[]? Value, SealedPlace Place)
{
    public int? MonthKey => Value is [(byte)SealedUnder.MonthKey, ..] ? SealedValue.KeyOf(Value, SealedUnder.MonthKey, Place) : null;
}

/// <summary>Opens what devices sent of persons.</summary>
internal static class SealedRecords
{
    /// <returns>In the same order. Empty: there was nothing of a person; null: it is gone, with its month's key or before there were such keys.</returns>
    public static async Task<IReadOnlyList<JsonObject?>> OpenAsync(Database database, IReadOnlyCollection<SealedRecord> records, CancellationToken ct)
    {
        var wanted = records.Select(record => record.MonthKey).OfType<int>().Distinct().ToList();
        var keys = wanted.Count == 0 ? new Dictionary<int, MonthKey>() : await database.MonthKeys.FindAsync(wanted, ct);
        return [.. records.Select(Opened)];

        JsonObject? Opened(SealedRecord record)
        {
            if (record.Value is not { } value) return [];

            if (record.MonthKey is { } id) return keys.TryGetValue(id, out var key) ? StoredJson.Object(key.OpenText(value, record.Place)) : null;

            // Of before there were month keys; a single byte where it was forgotten.
            return value.Length == 1 ? null : StoredJson.Object(database.Envelope.OpenText(value, record.Place));
        }
    }
}
