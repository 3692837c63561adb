using System.Text.Json.Nodes;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Attachments;

namespace WorkflowEngine.Host.Cases;

/// <summary>What came of handing in a file.</summary>
public abstract record StoreAttachmentResult
{
    private StoreAttachmentResult()
    {
    }

    /// <summary>Stored, sealed, for this organisation; a form that names the handle makes it part of a case.</summary>
    public sealed record Stored(AttachmentHandle Handle) : StoreAttachmentResult;

    /// <summary>Too large, empty, or of a kind that is not accepted; the message (zh-CN) says which and what to do.</summary>
    public sealed record Refused(string Message) : StoreAttachmentResult;
}

/// <summary>What a form carries instead of a file.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Type">Media type, by content.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record AttachmentHandle(Guid Id, string Name, long Size, string Type, string Sha256)
{
    public static AttachmentHandle Of(Attachment stored) => new(stored.Id, stored.Name, stored.Size, stored.ContentType, stored.Sha256);

    public JsonObject ToJson() => new()
    {
        ["id"] = Id.ToString(),
        ["name"] = Name,
        ["size"] = Size,
        ["type"] = Type,
        ["sha256"] = Sha256,
    };
}

/// <summary>Takes files in: bounded, checked by content, sealed at rest.</summary>
public sealed class AttachmentService(AttachmentStore attachments, BusinessClock clock)
{
    /// <summary>Most bytes of one file.</summary>
    public const int MaxSize = 10 * 1024 * 1024;

    public async Task<StoreAttachmentResult> StoreAsync(Stream content, string fileName, SignedInPerson by, CancellationToken ct)
    {
        var name = FileName.Of(fileName);
        if (name.Length == 0) return new StoreAttachmentResult.Refused(FileName.Missing);

        if (await ReadBoundedAsync(content, ct) is not { } bytes)
        {
            return new StoreAttachmentResult.Refused($"“{name}”超过 {MaxSize / 1024 / 1024} MB，请压缩或拆分后再上传。");
        }

        if (FileKind.ProblemOf(name, bytes, out var kind) is { } problem) return new StoreAttachmentResult.Refused(problem);

        var stored = await attachments.StoreAsync(by.Tenant, name, kind!.MediaType, bytes, by.Actor, clock.Now, ct);
        return new StoreAttachmentResult.Stored(AttachmentHandle.Of(stored));
    }

    /// <summary>Null when there is more than may be stored; at most one byte too many is read.</summary>
    private static async Task<byte[]?> ReadBoundedAsync(Stream content, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        var chunk = new byte[81_920];
        int read;
        while ((read = await content.ReadAsync(chunk, ct)) > 0)
        {
            if (buffer.Length + read > MaxSize) return null;
            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }
}
