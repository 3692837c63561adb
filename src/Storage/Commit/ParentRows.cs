using System.Text.Json.Nodes;
using NpgsqlTypes;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>Signals that tell a parent of its child's end: one for each child.</summary>
internal static class ParentRows
{
    public static Rows Insert() => Rows.Insert(
        "signals",
        [
            new("id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("kind", NpgsqlDbType.Text),
            new("bookmark_id", NpgsqlDbType.Text), new("name", NpgsqlDbType.Text), new("payload", NpgsqlDbType.Json), new("status", NpgsqlDbType.Text),
            new("created_at", NpgsqlDbType.TimestampTz),
        ],
        "on conflict (id) do nothing");

    /// <summary>Of a child that has ended.</summary>
    public static void Tell(Rows rows, WorkflowState child, Guid parent, string bookmark, string organisation, DateTimeOffset now)
    {
        var output = new JsonObject(child.Output.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));
        Tell(
            rows, child.InstanceId, parent, bookmark, organisation,
            new JsonObject { ["child"] = child.InstanceId, ["faulted"] = child.SubStatus == InstanceSubStatus.Faulted, ["output"] = output }, now);
    }

    /// <param name="end">As <see cref="PendingSignal.Payload"/> says.</param>
    public static void Tell(Rows rows, Guid child, Guid parent, string bookmark, string organisation, JsonObject end, DateTimeOffset now) => rows.Add(
        $"child:{child:N}", parent, organisation, nameof(SignalKind.ChildFinished), bookmark, nameof(SignalKind.ChildFinished), StoredJson.Of(end), "pending", now);
}
