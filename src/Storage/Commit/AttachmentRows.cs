using NpgsqlTypes;

namespace WorkflowEngine.Storage.Commit;

/// <summary>The rows that a commit writes for files that a form names.</summary>
internal sealed class AttachmentRows
{
    // Only files that nobody has made part of a case yet: a handle copied from another case stays where it is. One of a draft goes along with who names it next.
    public Rows Taken { get; } = Rows.Update("attachments",
        [new("id", NpgsqlDbType.Uuid), new("instance_id", NpgsqlDbType.Uuid), new("internal_task", NpgsqlDbType.Text)], "instance_id = r.instance_id, internal_task = r.internal_task",
        "t.id = r.id and (t.instance_id is null or (t.instance_id = r.instance_id and t.internal_task is not null))");

    // A file that is part of an earlier case of the same organisation, which now names it again.
    public Rows Used { get; } = Rows.Insert("attachment_uses",
        [new("attachment_id", NpgsqlDbType.Uuid), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("internal_task", NpgsqlDbType.Text)],
        """
        where exists (select from attachments a where a.id = r.attachment_id and a.organisation_id = r.organisation_id and a.instance_id <> r.instance_id)
        on conflict (attachment_id, instance_id) do update set internal_task = excluded.internal_task where attachment_uses.internal_task is not null
        """);
}
