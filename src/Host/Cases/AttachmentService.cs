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

    private const int MaxNameLength = 120;

    public async Task<StoreAttachmentResult> StoreAsync(Stream content, string fileName, SignedInPerson by, CancellationToken ct)
    {
        var name = SafeName(fileName);
        if (name.Length == 0) return new StoreAttachmentResult.Refused("文件没有名称，请重命名后再上传。");

        if (await ReadBoundedAsync(content, ct) is not { } bytes)
        {
            return new StoreAttachmentResult.Refused($"“{name}”超过 {MaxSize / 1024 / 1024} MB，请压缩或拆分后再上传。");
        }

        if (bytes.Length == 0) return new StoreAttachmentResult.Refused($"“{name}”是空文件，请检查后重新上传。");

        if (FileKind.Of(bytes) is not { } kind)
        {
            return new StoreAttachmentResult.Refused($"不接受“{name}”这种文件。可上传：{string.Join("、", FileKind.AllEndings)}（按文件内容识别，改扩展名无效）。");
        }

        if (!kind.Fits(name))
        {
            return new StoreAttachmentResult.Refused($"“{name}”的内容与扩展名不符，实际是 {kind.Endings[0]} 文件，请改正文件名后再上传。");
        }

        var stored = await attachments.StoreAsync(by.Tenant, name, kind.MediaType, bytes, by.Actor, clock.Now, ct);
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

    /// <summary>The last part of the name, without control characters and without what a path or a header could be made of.</summary>
    private static string SafeName(string fileName)
    {
        var last = fileName.Split('/', '\\')[^1].Trim();
        var clean = new string([.. last.Where(c => !char.IsControl(c) && c is not ('"' or '<' or '>' or '|' or ':' or '*' or '?'))]);
        return clean.Length <= MaxNameLength ? clean : clean[^MaxNameLength..];
    }
}
