using NpgsqlTypes;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Commit;

/// <summary>The rows that a commit writes for files that a form names, or that came with a request.</summary>
internal sealed class AttachmentRows(Envelope envelope)
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

    private readonly Rows _brought = Rows.Insert("attachments",
    [
        new("id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("name", NpgsqlDbType.Text),
        new("content_type", NpgsqlDbType.Text), new("size", NpgsqlDbType.Bigint), new("sha256", NpgsqlDbType.Text), new("content", NpgsqlDbType.Bytea),
        new("stored_at", NpgsqlDbType.TimestampTz), new("stored_by", NpgsqlDbType.Text),
    ]);

    /// <summary>In the order in which they are written, after the instances.</summary>
    public IEnumerable<Rows> All => [Taken, _brought, Used];

    /// <summary>Stores files that came with the stimulus.</summary>
    public void Bring(CommitUnit unit)
    {
        foreach (var file in unit.Files)
        {
            _brought.Add(
                file.Id, file.OrganisationId, unit.InstanceId, file.Name, file.ContentType, (long)file.Content.Length, file.Sha256,
                envelope.Seal(file.Content.Span, Places.Attachment(file.Id)), unit.BusinessNow, file.StoredBy);
        }
    }
}
