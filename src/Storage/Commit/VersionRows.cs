using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// Rows of instances that go on in another version of their flow: the pin, and the step's name wherever it still decides something. What is over keeps the name that it had; the journal tells
/// which became which.
/// </summary>
internal sealed class VersionRows
{
    private readonly Rows _instances = Rows.Update("instances",
        [new("id", NpgsqlDbType.Uuid), new("release_id", NpgsqlDbType.Text), new("version", NpgsqlDbType.Integer)],
        "release_id = r.release_id, definition_version = r.version", "t.id = r.id");

    private readonly Rows _cases = Rows.Update("cases",
        [new("id", NpgsqlDbType.Uuid), new("release_id", NpgsqlDbType.Text)], "release_id = r.release_id", "t.instance_id = r.id");

    private readonly Rows _tasks = Rows.Update("tasks",
        [
            new("id", NpgsqlDbType.Text), new("activity_id", NpgsqlDbType.Text), new("title", NpgsqlDbType.Text), new("form_id", NpgsqlDbType.Text), new("outcomes", NpgsqlDbType.Json),
            new("clock", NpgsqlDbType.Text), new("release_id", NpgsqlDbType.Text),
        ],
        "activity_id = r.activity_id, title = r.title, form_id = r.form_id, outcomes = r.outcomes::json, clock = r.clock, release_id = r.release_id",
        "t.id = r.id and t.closed_at is null");

    /// <summary>Where a step's name still decides something, and until when.</summary>
    private static readonly string[] Renamed =
    [
        Step("warnings", "t.answered_at is null"), Step("incidents", "t.resolved_at is null"), Step("http_requests", "t.status = 'pending'"), Step("internal_papers", "true"),
        // The decisions that open an internal paper are named by their step.
        """
        update internal_papers t set until = array(
          select coalesce((select n.new || substr(u, length(n.old) + 1) from unnest($2, $3) n(old, new) where starts_with(u, n.old || '.')), u)
          from unnest(t.until) with ordinality as x(u, place) order by place)
        where t.instance_id = any ($1) and exists (select from unnest(t.until) u join unnest($2, $3) n(old, new) on starts_with(u, n.old || '.'))
        """,
    ];

    /// <summary>Instances that follow one plan share its names.</summary>
    private readonly Dictionary<IReadOnlyDictionary<string, string>, List<Guid>> _renaming = new(ReferenceEqualityComparer.Instance);

    public void Add(Effect.ChangeVersion changed)
    {
        _instances.Add(changed.Id.InstanceId, changed.ToRelease, changed.Version);
        _cases.Add(changed.Id.InstanceId, changed.ToRelease);
        if (changed.Renamed.Count == 0)
        {
            return;
        }

        if (!_renaming.TryGetValue(changed.Renamed, out var instances))
        {
            _renaming.Add(changed.Renamed, instances = []);
        }

        instances.Add(changed.Id.InstanceId);
    }

    /// <param name="releaseId">On which the instance is with this burst.</param>
    public void Add(Effect.RestateTask task, string releaseId) =>
        _tasks.Add(task.TaskId, task.ActivityId, task.Title, task.FormId, StoredJson.Of(task.Outcomes), task.Clock, releaseId);

    public void AddTo(NpgsqlBatch batch)
    {
        foreach (var rows in (Rows[])[_instances, _cases, _tasks])
        {
            rows.AddTo(batch);
        }

        foreach (var (names, instances) in _renaming)
        {
            foreach (var sql in Renamed)
            {
                batch.Add(sql, instances.ToArray(), names.Keys.ToArray(), names.Values.ToArray());
            }
        }
    }

    private static string Step(string table, string where) =>
        $"update {table} t set activity_id = n.new from unnest($2, $3) n(old, new) where t.instance_id = any ($1) and t.activity_id = n.old and {where}";
}
