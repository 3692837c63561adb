using System.IO.Compression;
using System.Text;
using WorkflowEngine.Content;

namespace WorkflowEngine.Host.ContentSync;

/// <summary>A release as the files that it was made from, byte for byte: one file each, in the order of their paths, so that git shows what changed and nothing else.</summary>
public static class ContentExport
{
    /// <summary>The earliest that the format knows: the same release gives the same bytes.</summary>
    private static readonly DateTimeOffset Undated = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static byte[] Zip(IReadOnlyDictionary<string, string> files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, text) in InOrder(files))
            {
                var entry = zip.CreateEntry(path);
                entry.LastWriteTime = Undated;
                using var content = entry.Open();
                content.Write(Utf8.GetBytes(text));
            }
        }

        return buffer.ToArray();
    }

    /// <summary>Writes the files below a folder. A folder that has other content is left alone, unless it may be replaced: then what the release has not is removed, and nothing but content.</summary>
    /// <returns>Why nothing was written; null when it was.</returns>
    public static string? Write(IReadOnlyDictionary<string, string> files, string folder, bool mayReplace)
    {
        var (there, _) = ContentFolder.ReadFiles(folder);
        if (!mayReplace && there is not null && there.Any(file => files.GetValueOrDefault(file.Key) != file.Value))
        {
            return $"{folder} 中已有不同的内容；要以导出的覆盖，请加 --replace。{folder} has other content in it; add --replace to write over it.";
        }

        foreach (var path in there?.Keys.Where(path => !files.ContainsKey(path)) ?? []) File.Delete(Path.Combine(folder, path));
        foreach (var (path, text) in InOrder(files).Where(file => there?.GetValueOrDefault(file.Key) != file.Value))
        {
            var target = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text, Utf8);
        }

        return null;
    }

    private static IEnumerable<KeyValuePair<string, string>> InOrder(IReadOnlyDictionary<string, string> files) => files.OrderBy(file => file.Key, StringComparer.Ordinal);
}
