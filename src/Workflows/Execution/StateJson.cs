using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Expressions;
using WorkflowEngine.Workflows.Flowcharts;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>The stored form of a state: compact JSON with a schema version. Members that hold nothing are left out.</summary>
internal static class StateJson
{
    /// <summary>Lifts the JSON of schema n (the index) to n + 1. Every schema ever released stays readable.</summary>
    private static readonly Action<JsonObject>[] Upcasters = [];

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(WorkflowState state)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            Write(writer, state);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static WorkflowState Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var schema = document.RootElement.GetProperty("schemaVersion").GetInt32();
            if (schema == WorkflowState.CurrentSchemaVersion)
            {
                return Read(document.RootElement);
            }

            if (schema > WorkflowState.CurrentSchemaVersion || schema < 1)
            {
                throw new FormatException($"The state is of schema {schema}; this program reads 1 to {WorkflowState.CurrentSchemaVersion}.");
            }

            var lifted = JsonNode.Parse(json)!.AsObject();
            for (; schema < WorkflowState.CurrentSchemaVersion; schema++)
            {
                Upcasters[schema - 1](lifted);
            }

            using var current = JsonDocument.Parse(lifted.ToJsonString());
            return Read(current.RootElement);
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"The text is not the state of an instance: {odd.Message}", odd);
        }
    }

    private static void Write(Utf8JsonWriter json, WorkflowState state)
    {
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", WorkflowState.CurrentSchemaVersion);
        json.WriteString("instance", state.InstanceId);
        json.WriteString("definition", state.DefinitionId);
        json.WriteNumber("version", state.DefinitionVersion);
        json.WriteNumber("revision", state.Revision);
        json.WriteString("status", state.SubStatus.ToString());
        json.WriteNumber("next", state.NextInstanceId);
        Text(json, "correlation", state.CorrelationId);
        Text(json, "name", state.Name);
        Text(json, "trigger", state.TriggerActivityId);
        Text(json, "outcome", state.Outcome);
        Flag(json, "tokens", state.UsesTokens);

        if (state.Case is { } @case)
        {
            json.WriteStartObject("case");
            json.WriteString("number", @case.Number);
            json.WriteString("title", @case.Title);
            json.WriteStartObject("parties");
            foreach (var (party, id) in @case.Parties)
            {
                json.WriteString(party, id);
            }

            json.WriteEndObject();
            if (@case.LinkedTo is { } linked)
            {
                json.WriteString("linkedTo", linked);
            }

            Flag(json, "confidential", @case.IsConfidential);
            Flag(json, "linkedConfidential", @case.IsLinkedConfidential);

            json.WriteEndObject();
        }

        Values(json, "inputs", state.Inputs);
        Values(json, "outputs", state.Outputs);
        Clocks(json, state.Clocks);
        IncidentJson.Write(json, state.Incidents);
        json.WriteStartArray("open");
        foreach (var instance in state.Instances)
        {
            Instance(json, instance);
        }

        json.WriteEndArray();
        List(json, "callbacks", state.Callbacks, static (j, c) =>
        {
            j.WriteNumber("owner", c.Owner);
            j.WriteString("child", c.ChildNodeId);
            Text(j, "name", c.Name);
            Number(j, "tag", c.Tag);
        });
        List(json, "bookmarks", state.BookmarkRecords, static (j, b) =>
        {
            j.WriteString("id", b.Id);
            j.WriteString("kind", b.Kind.ToString());
            j.WriteNumber("of", b.Instance);
            Text(j, "resume", b.Resume);
            Flag(j, "stays", !b.Burns);

            if (b.Payload is { } payload)
            {
                j.WritePropertyName("payload");
                payload.WriteTo(j);
            }
        });
        List(json, "waits", state.Bookmarks, static (j, b) =>
        {
            j.WriteString("id", b.Id);
            j.WriteString("activity", b.ActivityId);
            j.WriteString("name", b.Name);
        });
        json.WriteEndObject();
    }

    private static void Instance(Utf8JsonWriter json, InstanceRecord instance)
    {
        json.WriteStartObject();
        json.WriteNumber("id", instance.Id);
        json.WriteString("node", instance.NodeId);
        json.WriteString("status", instance.Status.ToString());
        Number(json, "parent", instance.Parent);
        Number(json, "lexical", instance.Lexical);
        Number(json, "tag", instance.Tag);
        Flag(json, "backward", instance.CameBackward);

        if (instance.Variables is { } variables)
        {
            Values(json, "variables", variables);
        }

        if (instance.Memory is { } memory)
        {
            json.WriteStartObject("memory");
            foreach (var (key, value) in memory)
            {
                json.WritePropertyName(key);
                Conversion.Write(json, value);
            }

            json.WriteEndObject();
        }

        if (instance.Counts is { } counts)
        {
            json.WriteStartObject("counts");
            Numbers(json, "activities", counts.Activities);
            Numbers(json, "edges", counts.Edges);
            Numbers(json, "followed", [.. counts.Followed.Select(f => f ? 1 : 0)]);
            json.WriteEndObject();
        }

        List(json, "tokens", instance.Tokens ?? [], static (j, t) =>
        {
            j.WriteNumber("from", t.From);
            j.WriteNumber("to", t.To);
            Text(j, "port", t.Port);
            Flag(j, "blocked", t.Blocked);
            Flag(j, "spent", t.Spent);
        });
        if (instance.Side is { } side)
        {
            json.WriteStartObject("side");
            json.WriteNumber("of", side.InstanceId);
            json.WriteNumber("source", side.Source);
            json.WriteString("port", side.Port);
            json.WriteNumber("ordinal", side.Ordinal);
            json.WriteEndObject();
        }

        if (instance.Deadline is { } deadline)
        {
            json.WriteStartObject("deadline");
            Text(json, "task", deadline.TaskId);
            json.WriteString("bookmark", deadline.BookmarkId);
            Text(json, "clock", deadline.Clock);
            json.WriteNumber("limit", deadline.Limit);
            json.WriteString("startedAt", deadline.StartedAt);
            Date(json, "start", deadline.StartDate);
            Date(json, "due", deadline.Due);
            if (deadline.OverdueAt != Deadlines.StartOf(deadline.Due.AddDays(1)))
            {
                json.WriteString("overdueAt", deadline.OverdueAt);
            }

            json.WriteNumber("reminderDays", deadline.ReminderDays);
            Flag(json, "bindsParty", deadline.BindsParty);
            Flag(json, "provisional", deadline.Provisional);

            Text(json, "reminder", deadline.ReminderTimerId);
            if (deadline.ReminderAt is { } reminderAt)
            {
                json.WriteString("reminderAt", reminderAt);
            }

            Text(json, "overdue", deadline.OverdueTimerId);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Clocks(Utf8JsonWriter json, IReadOnlyDictionary<string, NamedClock> clocks)
    {
        List(json, "clocks", [.. clocks.Values], static (j, c) =>
        {
            j.WriteString("name", c.Name);
            j.WriteNumber("allotted", c.Allotted);
            j.WriteNumber("used", c.Used);
            Date(j, "since", c.RunningSince);
            Date(j, "suspended", c.SuspendedSince);
            Date(j, "stopped", c.StoppedOn);
            Date(j, "promised", c.Promised);
        });
    }

    private static WorkflowState Read(JsonElement json) =>
        new(json.GetProperty("instance").GetGuid(), json.GetProperty("definition").GetString()!, json.GetProperty("version").GetInt32(), ReadCase(json))
        {
            Revision = json.GetProperty("revision").GetInt32(),
            SubStatus = Named<InstanceSubStatus>(json, "status"),
            NextInstanceId = json.GetProperty("next").GetInt32(),
            CorrelationId = Text(json, "correlation"),
            Name = Text(json, "name"),
            TriggerActivityId = Text(json, "trigger"),
            Outcome = Text(json, "outcome"),
            UsesTokens = Flag(json, "tokens"),
            Inputs = ReadValues(json, "inputs") ?? [],
            Outputs = ReadValues(json, "outputs") ?? [],
            Clocks = Items(json, "clocks").Select(ReadClock).ToDictionary(c => c.Name, StringComparer.Ordinal),
            Incidents = [.. Items(json, "incidents").Select(IncidentJson.Read)],
            Instances = [.. Items(json, "open").Select(ReadInstance)],
            Callbacks = [.. Items(json, "callbacks").Select(c => new CallbackRecord(
                c.GetProperty("owner").GetInt32(), Text(c, "child")!, Text(c, "name"), Number(c, "tag")))],
            BookmarkRecords = [.. Items(json, "bookmarks").Select(b => new BookmarkRecord(
                Text(b, "id")!, Named<WaitKind>(b, "kind"), b.GetProperty("of").GetInt32(), Text(b, "resume"), !Flag(b, "stays"), ReadPayload(b)))],
            Bookmarks = ReadWaits(json),
        };

    private static List<Bookmark> ReadWaits(JsonElement json)
    {
        var payloads = Items(json, "bookmarks").ToDictionary(b => Text(b, "id")!, ReadPayload, StringComparer.Ordinal);
        return [.. Items(json, "waits").Select(w => new Bookmark(Text(w, "id")!, Text(w, "activity")!, Text(w, "name")!, payloads.GetValueOrDefault(Text(w, "id")!)))];
    }

    private static CaseHeader? ReadCase(JsonElement json) => json.TryGetProperty("case", out var @case)
        ? new CaseHeader(
            Text(@case, "number")!,
            Text(@case, "title")!,
            @case.GetProperty("parties").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!, StringComparer.Ordinal))
        {
            LinkedTo = Text(@case, "linkedTo"),
            IsConfidential = @case.TryGetProperty("confidential", out var confidential) && confidential.GetBoolean(),
            IsLinkedConfidential = @case.TryGetProperty("linkedConfidential", out var linkedConfidential) && linkedConfidential.GetBoolean(),
        }
        : null;

    private static InstanceRecord ReadInstance(JsonElement json) =>
        new(json.GetProperty("id").GetInt32(), Text(json, "node")!, Number(json, "parent"), Number(json, "lexical"), Named<ActivityStatus>(json, "status"))
        {
            Tag = Number(json, "tag"),
            CameBackward = Flag(json, "backward"),
            Variables = ReadValues(json, "variables"),
            Memory = json.TryGetProperty("memory", out var memory)
                ? memory.EnumerateObject().ToDictionary(m => m.Name, m => ReadMemory(m.Value), StringComparer.Ordinal)
                : null,
            Counts = json.TryGetProperty("counts", out var counts)
                ? new FlowCounts(ReadNumbers(counts, "activities"), ReadNumbers(counts, "edges"), [.. ReadNumbers(counts, "followed").Select(f => f == 1)])
                : null,
            Tokens = json.TryGetProperty("tokens", out _)
                ? [.. Items(json, "tokens").Select(t => new FlowToken(t.GetProperty("from").GetInt32(), t.GetProperty("to").GetInt32(), Text(t, "port"), Flag(t, "blocked"), Flag(t, "spent")))]
                : null,
            Side = json.TryGetProperty("side", out var side)
                ? new SideKey(side.GetProperty("of").GetInt32(), side.GetProperty("source").GetInt32(), Text(side, "port")!, side.GetProperty("ordinal").GetInt32())
                : null,
            Deadline = json.TryGetProperty("deadline", out var deadline) ? ReadDeadline(deadline) : null,
        };

    private static OpenDeadline ReadDeadline(JsonElement json) => new(
        Text(json, "task"),
        Text(json, "bookmark")!,
        Text(json, "clock"),
        json.GetProperty("limit").GetInt32(),
        json.GetProperty("startedAt").GetDateTimeOffset(),
        Date(json, "start")!.Value,
        Date(json, "due")!.Value,
        json.TryGetProperty("overdueAt", out var overdueAt) ? overdueAt.GetDateTimeOffset() : Deadlines.StartOf(Date(json, "due")!.Value.AddDays(1)),
        json.GetProperty("reminderDays").GetInt32(),
        Flag(json, "bindsParty"),
        Text(json, "reminder"),
        Text(json, "overdue"),
        Flag(json, "provisional"))
    {
        ReminderAt = json.TryGetProperty("reminderAt", out var reminderAt) ? reminderAt.GetDateTimeOffset() : null,
    };

    private static NamedClock ReadClock(JsonElement json) => new(
        Text(json, "name")!,
        json.GetProperty("allotted").GetInt32(),
        json.GetProperty("used").GetInt32(),
        Date(json, "since"),
        Date(json, "suspended"),
        Date(json, "stopped"),
        Date(json, "promised"));

    private static object ReadMemory(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Number => json.GetInt32(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => json.GetString()!,
    };

    private static JsonObject? ReadPayload(JsonElement json) =>
        json.TryGetProperty("payload", out var payload) ? JsonObject.Create(payload.Clone()) : null;

    private static Dictionary<string, object?>? ReadValues(JsonElement json, string name) => json.TryGetProperty(name, out var values)
        ? values.EnumerateObject().ToDictionary(v => v.Name, v => StateCopy.Settle(v.Value, null), StringComparer.Ordinal)
        : null;

    private static void Values(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, object?> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in values)
        {
            json.WritePropertyName(key);
            Conversion.Write(json, value);
        }

        json.WriteEndObject();
    }

    internal static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    internal static void Number(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Numbers(Utf8JsonWriter json, string name, int[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static void Flag(Utf8JsonWriter json, string name, bool value)
    {
        if (value)
        {
            json.WriteBoolean(name, true);
        }
    }

    private static void Date(Utf8JsonWriter json, string name, DateOnly? value)
    {
        if (value is { } date)
        {
            json.WriteString(name, date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
    }

    internal static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    internal static int? Number(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt32() : null;

    internal static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.GetBoolean();

    private static DateOnly? Date(JsonElement json, string name) =>
        Text(json, name) is { } text ? DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;

    internal static T Named<T>(JsonElement json, string name)
        where T : struct, Enum =>
        Enum.TryParse<T>(Text(json, name), out var value) ? value : throw new FormatException($"The state has an unknown {name}.");

    private static IEnumerable<JsonElement> Items(JsonElement json, string name) =>
        json.TryGetProperty(name, out var items) ? items.EnumerateArray() : [];

    private static int[] ReadNumbers(JsonElement json, string name) => [.. Items(json, name).Select(n => n.GetInt32())];
}
