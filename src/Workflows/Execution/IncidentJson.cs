using System.Text.Json;
using System.Text.Json.Nodes;
using static WorkflowEngine.Workflows.Execution.StateJson;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>Incidents as a state stores them.</summary>
internal static class IncidentJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Incident> incidents)
    {
        List(json, "incidents", incidents, static (j, i) =>
        {
            j.WriteString("activity", i.ActivityId);
            j.WriteString("type", i.ActivityType);
            j.WriteString("message", i.Message);
            j.WriteString("at", i.At);
            Text(j, "id", i.Id.Length > 0 ? i.Id : null);
            Number(j, "of", i.Execution);
            if (i.HasEnded)
            {
                j.WriteBoolean("ended", true);
            }

            if (i.IsSettled)
            {
                j.WriteBoolean("settled", true);
            }

            if (i.IsStalled)
            {
                j.WriteBoolean("stalled", true);
            }

            if (i.IsAside)
            {
                j.WriteBoolean("aside", true);
            }

            if (i.Way is { } way)
            {
                Way(j, way);
            }

            if (i.Arrival is { } arrival)
            {
                Arrival(j, arrival);
            }
        });
    }

    private static void Way(Utf8JsonWriter json, FailedWay way)
    {
        json.WriteStartObject("way");
        json.WriteNumber("owner", way.Owner);
        json.WriteNumber("child", way.Child);
        Text(json, "callback", way.Callback);
        Number(json, "tag", way.Tag);
        if (way.Outcomes is { } outcomes)
        {
            json.WriteStartArray("outcomes");
            foreach (var outcome in outcomes)
            {
                json.WriteStringValue(outcome);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private static void Arrival(Utf8JsonWriter json, KeptArrival arrival)
    {
        json.WriteStartObject("arrival");
        json.WriteString("bookmark", arrival.BookmarkId);
        json.WriteString("kind", arrival.Kind.ToString());
        if (arrival.Payload is { } payload)
        {
            json.WritePropertyName("payload");
            payload.WriteTo(json);
        }

        if (arrival.Child is { } child)
        {
            json.WriteString("child", child);
        }

        if (arrival.Faulted)
        {
            json.WriteBoolean("faulted", true);
        }

        json.WriteEndObject();
    }

    public static Incident Read(JsonElement json) =>
        new(Text(json, "activity")!, Text(json, "type")!, Text(json, "message")!, json.GetProperty("at").GetDateTimeOffset())
        {
            Id = Text(json, "id") ?? "",
            Execution = Number(json, "of"),
            HasEnded = Flag(json, "ended"),
            IsSettled = Flag(json, "settled"),
            IsStalled = Flag(json, "stalled"),
            IsAside = Flag(json, "aside"),
            Way = json.TryGetProperty("way", out var way) ? ReadWay(way) : null,
            Arrival = json.TryGetProperty("arrival", out var arrival) ? ReadArrival(arrival) : null,
        };

    private static FailedWay ReadWay(JsonElement json) => new(
        json.GetProperty("owner").GetInt32(),
        json.GetProperty("child").GetInt32(),
        Text(json, "callback"),
        Number(json, "tag"),
        json.TryGetProperty("outcomes", out var outcomes) ? [.. outcomes.EnumerateArray().Select(o => o.GetString()!)] : null);

    private static KeptArrival ReadArrival(JsonElement json) => new(
        Text(json, "bookmark")!,
        Named<WaitKind>(json, "kind"),
        json.TryGetProperty("payload", out var payload) ? JsonNode.Parse(payload.GetRawText()) : null,
        json.TryGetProperty("child", out var child) ? child.GetGuid() : null,
        Flag(json, "faulted"));
}
