using NpgsqlTypes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>
/// What internal tasks (<see cref="Effect.OpenTask.InternalUntil"/>) are given, and what is answered. Both are kept apart from the tasks' own rows, so that
/// row-level security can tell who may read them: the organisation that does the task and its superiors; of the answer, once it is disclosed, everybody who
/// reads the case.
/// </summary>
internal sealed class InternalPaperRows
{
    public Rows Opened { get; } = Rows.Insert("internal_papers",
    [
        new("task_id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text),
        new("readers", NpgsqlDbType.Text, "organisation_readers(array[r.organisation_id])"), new("activity_id", NpgsqlDbType.Text),
        new("until", NpgsqlDbType.Text, "string_to_array(r.until, ',')"), new("data", NpgsqlDbType.Json),
    ]);

    public Rows Answered { get; } = Rows.Insert("internal_answers",
        [
            new("task_id", NpgsqlDbType.Text, "p.task_id"), new("instance_id", NpgsqlDbType.Uuid, "p.instance_id"), new("organisation_id", NpgsqlDbType.Text, "p.organisation_id"),
            new("readers", NpgsqlDbType.Text, "p.readers"), new("outcome", NpgsqlDbType.Text), new("answers", NpgsqlDbType.Json),
        ],
        "join internal_papers p on p.task_id = r.task_id");

    // Of each step only what it came to last: a draft that was sent back was never decided on.
    public Rows Disclosed { get; } = Rows.Update("internal_answers",
        [new("instance_id", NpgsqlDbType.Uuid), new("decision", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)],
        "disclosed_at = r.at",
        """
        t.instance_id = r.instance_id and t.disclosed_at is null
        and exists (select from internal_papers p where p.task_id = t.task_id and r.decision = any (p.until)
          and not exists (select from internal_papers newer where newer.instance_id = p.instance_id and newer.activity_id = p.activity_id and newer.sequence > p.sequence))
        """);

    /// <summary>The internal task that a unit answers; <c>null</c> when it answers none.</summary>
    public static string? TaskOf(CommitUnit unit) =>
        unit.Bursts.SelectMany(burst => burst.Effects).OfType<Effect.CloseTask>().FirstOrDefault(task => task.InternalStep is not null)?.TaskId;

    /// <summary>The internal task by which the burst says in its journal what was decided, by step.</summary>
    public static IReadOnlyDictionary<string, string> StepsOf(Burst burst) => burst.Effects.OfType<Effect.CloseTask>()
        .Where(task => task.InternalStep is not null).ToDictionary(task => task.InternalStep!, task => task.TaskId);

    public void Add(Effect.OpenTask task) => Opened.Add(
        task.Id.ToString(), task.Id.InstanceId, task.OrganisationId, null, task.ActivityId, string.Join(',', task.InternalUntil), StoredJson.Of(task.Data));

    public void Add(Effect.CloseTask task) => Answered.Add(task.TaskId, null, null, null, task.Outcome, StoredJson.Of(task.Values));

    public void Add(Effect.Disclose disclosed, DateTimeOffset now) => Disclosed.Add(disclosed.Id.InstanceId, disclosed.Decision, now);
}
