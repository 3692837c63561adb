using NpgsqlTypes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>The rows of the instances themselves: the state, and beside it what others look instances up by.</summary>
internal sealed class InstanceRows
{
    /// <summary>No id of a wait has a comma.</summary>
    private const string Waits = "string_to_array(r.waits, ',')";

    public Rows New { get; } = Rows.Insert("instances",
    [
        new("id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("definition_id", NpgsqlDbType.Text), new("definition_version", NpgsqlDbType.Integer),
        new("release_id", NpgsqlDbType.Text), new("revision", NpgsqlDbType.Integer), new("status", NpgsqlDbType.Text), new("sub_status", NpgsqlDbType.Text),
        new("correlation_id", NpgsqlDbType.Text), new("parent_id", NpgsqlDbType.Uuid), new("parent_bookmark_id", NpgsqlDbType.Text), new("state", NpgsqlDbType.Text),
        new("created_at", NpgsqlDbType.TimestampTz), new("updated_at", NpgsqlDbType.TimestampTz), new("waits", NpgsqlDbType.Text, Waits),
        new("waits_of", NpgsqlDbType.Integer),
    ]);

    public Rows Changed { get; } = Rows.Update("instances",
        [
            new("id", NpgsqlDbType.Uuid), new("revision", NpgsqlDbType.Integer), new("status", NpgsqlDbType.Text), new("sub_status", NpgsqlDbType.Text),
            new("correlation_id", NpgsqlDbType.Text), new("state", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz), new("waits", NpgsqlDbType.Text),
        ],
        "revision = r.revision, status = r.status, sub_status = r.sub_status, correlation_id = r.correlation_id, state = r.state, updated_at = r.at, "
        + $"waits = {Waits}, waits_of = r.revision",
        "t.id = r.id");

    /// <param name="state">The last state's text.</param>
    public void Add(CommitUnit unit, WorkflowState last, string state, string organisation)
    {
        var (status, subStatus, waits) = (last.Status.ToString(), last.SubStatus.ToString(), string.Join(',', last.Waits));
        if (unit.New is { } @new)
        {
            New.Add(
                unit.InstanceId, organisation, @new.DefinitionId, @new.DefinitionVersion, @new.ReleaseId, last.Revision, status, subStatus, last.CorrelationId,
                @new.ParentInstanceId, @new.ParentBookmarkId, state, unit.BusinessNow, unit.BusinessNow, waits, last.Revision);
        }
        else
        {
            Changed.Add(unit.InstanceId, last.Revision, status, subStatus, last.CorrelationId, state, unit.BusinessNow, waits);
        }
    }
}
