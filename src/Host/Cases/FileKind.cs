using System.IO.Compression;
using System.Text;

namespace WorkflowEngine.Host.Cases;

/// <summary>
/// A kind of file that may be attached, known by its content and not by its name: a program renamed to <c>.pdf</c> is
/// refused, and so is a document whose name says something else than it is.
/// </summary>
public sealed record FileKind(string MediaType, IReadOnlyList<string> Endings)
{
    private static readonly FileKind Pdf = new("application/pdf", [".pdf"]);
    private static readonly FileKind Png = new("image/png", [".png"]);
    private static readonly FileKind Jpeg = new("image/jpeg", [".jpg", ".jpeg"]);
    private static readonly FileKind Word = new("application/vnd.openxmlformats-officedocument.wordprocessingml.document", [".docx"]);
    private static readonly FileKind Excel = new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", [".xlsx"]);

    /// <summary>OFD, GB/T 33190: the layout format of government papers.</summary>
    private static readonly FileKind Ofd = new("application/ofd", [".ofd"]);

    /// <summary>The endings that can be attached at all, for the message that refuses one.</summary>
    public static IReadOnlyList<string> AllEndings { get; } = [.. new[] { Pdf, Png, Jpeg, Word, Excel, Ofd }.SelectMany(kind => kind.Endings)];

    /// <summary>Null when the content is none of the kinds allowed.</summary>
    public static FileKind? Of(byte[] content)
    {
        var bytes = content.AsSpan();
        if (bytes.StartsWith("%PDF-"u8)) return Pdf;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])) return Png;
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF])) return Jpeg;
        return bytes.StartsWith("PK\x03\x04"u8) ? OfArchive(content) : null;
    }

    /// <summary>Why a file of this name and content is not taken (zh-CN); null when it is, and then <paramref name="kind"/> is set.</summary>
    public static string? ProblemOf(string name, byte[] content, out FileKind? kind)
    {
        kind = Of(content);
        return content.Length == 0 ? $"“{name}”是空文件，请检查后重新上传。"
            : kind is null ? $"不接受“{name}”这种文件。可上传：{string.Join("、", AllEndings)}（按文件内容识别，改扩展名无效）。"
            : kind.Fits(name) ? null
            : $"“{name}”的内容与扩展名不符，实际是 {kind.Endings[0]} 文件，请改正文件名后再上传。";
    }

    public bool Fits(string fileName) => Endings.Any(ending => fileName.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <summary>Office and OFD documents are archives; only the directory is read, nothing is unpacked.</summary>
    private static FileKind? OfArchive(byte[] content)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(content, writable: false), ZipArchiveMode.Read, leaveOpen: false, Encoding.UTF8);
            if (archive.GetEntry("OFD.xml") is not null) return Ofd;
            if (archive.GetEntry("[Content_Types].xml") is null) return null;
            if (archive.GetEntry("word/document.xml") is not null) return Word;
            return archive.GetEntry("xl/workbook.xml") is not null ? Excel : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
