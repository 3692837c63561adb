using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Outbox;

/// <summary>A letter that was sent, for trying a changed template on it.</summary>
/// <param name="SentAt">Business time.</param>
public sealed record SentLetter(string Id, DateTimeOffset SentAt);

/// <summary>What letters were written from. Of all organisations: what leaves the host is masked by whoever shows it.</summary>
public sealed class SentLetters(Database database)
{
    /// <summary>The latest of one template, newest first; of confidential cases none.</summary>
    public async Task<IReadOnlyList<SentLetter>> LatestAsync(string template, int most, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            $"select n.id, n.sent_at {Open} order by n.sent_at desc, n.id limit $2", row => new SentLetter(row.GetString(0), row.Instant(1)), ct, template, most);
    }

    /// <summary>Null: there is no such letter of this template.</summary>
    public async Task<JsonObject?> ModelAsync(string template, string id, CancellationToken ct)
    {
        if (id.Contains('\0', StringComparison.Ordinal)) return null;

        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var models = await transaction.QueryAsync($"select n.model::text {Open} and n.id = $2", row => row.GetString(0), ct, template, id);
        return models.Count == 0 ? null : JsonNode.Parse(models[0]) as JsonObject;
    }

    private const string Open = """
        from notices n left join cases c on c.instance_id = n.instance_id
        where n.template = $1 and n.model is not null and not coalesce(c.confidential, false)
        """;
}
