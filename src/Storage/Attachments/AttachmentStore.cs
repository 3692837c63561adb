using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Attachments;

/// <summary>What is known of a stored file without opening it. The id is the handle that forms and flow state carry.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the content, lower-case hexadecimal.</param>
public sealed record Attachment(
    Guid Id, string Name, string ContentType, long Size, string Sha256, string OrganisationId, Guid? InstanceId, DateTimeOffset StoredAt, string StoredBy);

/// <summary>Files that people hand in, sealed. Whether a file is allowed (type, size) is the caller's to check.</summary>
public sealed class AttachmentStore(Database database)
{
    /// <summary>Most bytes of one file.</summary>
    public const int MaxSize = 20 * 1024 * 1024;

    /// <summary>Stores a file for its organisation; a <see cref="Commit.CommitUnit"/> makes it part of a case.</summary>
    public Task<Attachment> StoreAsync(
        Tenant tenant, string name, string contentType, ReadOnlyMemory<byte> content, Actor by, DateTimeOffset businessNow, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Those that exist and that the tenant may see.</summary>
    public Task<IReadOnlyList<Attachment>> DescribeAsync(Tenant tenant, IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>The file and its content; <c>null</c> when there is none or it is not the tenant's to see.</summary>
    public Task<(Attachment Attachment, byte[] Content)?> OpenAsync(Tenant tenant, Guid id, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
