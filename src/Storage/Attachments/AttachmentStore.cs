using System.Security.Cryptography;
using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Attachments;

/// <summary>What is known of a stored file without opening it. The id is the handle that forms and flow state carry.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the content, lower-case hexadecimal.</param>
public sealed record Attachment(
    Guid Id, string Name, string ContentType, long Size, string Sha256, string OrganisationId, Guid? InstanceId, DateTimeOffset StoredAt, string StoredBy);

/// <summary>A file that is stored with what takes it, in one transaction. Sealed on its way into the database.</summary>
/// <param name="OrganisationId">Who gave it, or whose instance fetched it.</param>
/// <param name="StoredBy">Name of the person; of a file that was fetched, of the host that it came from.</param>
public sealed record NewAttachment(Guid Id, string Name, string ContentType, string Sha256, ReadOnlyMemory<byte> Content, string OrganisationId, string StoredBy);

/// <summary>Files that people hand in, sealed. Whether a file is allowed (type, size) is the caller's to check.</summary>
public sealed class AttachmentStore(Database database)
{
    /// <summary>Most bytes of one file.</summary>
    public const int MaxSize = 20 * 1024 * 1024;

    private const string Columns = "id, name, content_type, size, sha256, organisation_id, instance_id, stored_at, stored_by";

    /// <summary>Not a draft that nobody has signed yet.</summary>
    private const string IsOpen = "(internal_task is null or exists (select from internal_answers d where d.task_id = internal_task and d.disclosed_at is not null))";

    private const string OfInstance =
        $"where id = $1 and ((instance_id = $2 and {IsOpen}) or exists (select from attachment_uses u where u.attachment_id = attachments.id and u.instance_id = $2 and {IsOpen}))";

    /// <summary>Stores a file for its organisation; a <see cref="Commit.CommitUnit"/> makes it part of a case.</summary>
    /// <exception cref="ArgumentException">Larger than <see cref="MaxSize"/>.</exception>
    public async Task<Attachment> StoreAsync(
        Tenant tenant, string name, string contentType, ReadOnlyMemory<byte> content, Actor by, DateTimeOffset businessNow, CancellationToken ct)
    {
        if (content.Length > MaxSize)
        {
            throw new ArgumentException($"The file has {content.Length} bytes, more than {MaxSize}.", nameof(content));
        }

        var attachment = new Attachment(
            Guid.CreateVersion7(businessNow), name, contentType, content.Length, Convert.ToHexStringLower(SHA256.HashData(content.Span)),
            tenant.OrganisationId, null, businessNow, by.Name);
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        await transaction.RunAsync(
            $"insert into attachments ({Columns}, content) values ($1, $2, $3, $4, $5, $6, null, $7, $8, $9)",
            ct, attachment.Id, attachment.Name, attachment.ContentType, attachment.Size, attachment.Sha256, attachment.OrganisationId, attachment.StoredAt,
            attachment.StoredBy, database.Envelope.Seal(content.Span, Places.Attachment(attachment.Id)));
        await transaction.CommitAsync(ct);
        return attachment;
    }

    /// <summary>Those that exist and that the tenant may see.</summary>
    public async Task<IReadOnlyList<Attachment>> DescribeAsync(Tenant tenant, IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        return await transaction.QueryAsync($"select {Columns} from attachments where id = any ($1) order by id", Read, ct, ids.ToArray());
    }

    /// <summary>The file and its content; <c>null</c> when there is none or it is not the tenant's to see.</summary>
    public async Task<(Attachment Attachment, byte[] Content)?> OpenAsync(Tenant tenant, Guid id, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        var found = await transaction.QueryAsync(
            $"select {Columns}, content from attachments where id = $1", reader => (Read(reader), Sealed: reader.GetFieldValue<byte[]>(9)), ct, id);
        return found.Count == 0 ? null : (found[0].Item1, database.Envelope.Open(found[0].Sealed, Places.Attachment(id)));
    }

    /// <summary>A file of the instance: one that came with it, or that its case was given; <c>null</c> when it is none. For the engine, which has no tenant.</summary>
    public async Task<Attachment?> DescribeAsync(Guid instanceId, Guid id, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return (await transaction.QueryAsync($"select {Columns} from attachments {OfInstance}", Read, ct, id, instanceId)).FirstOrDefault();
    }

    /// <summary>The same with its content.</summary>
    public async Task<byte[]?> OpenAsync(Guid instanceId, Guid id, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync($"select content from attachments {OfInstance}", reader => reader.GetFieldValue<byte[]>(0), ct, id, instanceId);
        return found.Count == 0 ? null : database.Envelope.Open(found[0], Places.Attachment(id));
    }

    private static Attachment Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), reader.GetString(4), reader.GetString(5),
        reader.IsDBNull(6) ? null : reader.GetGuid(6), reader.Instant(7), reader.GetString(8));
}
