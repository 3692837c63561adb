namespace WorkflowEngine.Content;

/// <summary>The files of a content folder, or why they were not read.</summary>
/// <param name="Files">Texts by path relative to the folder, with forward slashes; null when there is an error.</param>
/// <param name="Error">English and Chinese, with the path.</param>
public sealed record FolderResult(IReadOnlyDictionary<string, string>? Files, string? Error);

/// <summary>Reads content from disk: the folders <c>workflows</c>, <c>rules</c> and <c>templates</c>, and nothing else.</summary>
public static class ContentFolder
{
    public const int MaxFiles = 5_000;
    public const int MaxFileBytes = 4 * 1024 * 1024;
    public const int MaxTotalBytes = 64 * 1024 * 1024;

    /// <summary>Watch these for changes.</summary>
    public static IReadOnlyList<string> Folders { get; } = ["workflows", "rules", "templates"];

    private static readonly string[] Endings = [".json", ".html", ".txt", ".subject", ".scriban"];

    /// <summary>Reads everything at once. Links that lead out of the folder are not followed; hidden files are left aside.</summary>
    public static FolderResult ReadFiles(string root)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
            MaxRecursionDepth = 8,
        };
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        long total = 0;
        try
        {
            foreach (var folder in Folders.Select(folder => new DirectoryInfo(Path.Combine(root, folder))).Where(folder => folder.Exists))
            {
                foreach (var file in folder.EnumerateFiles("*", options).Where(file => Endings.Contains(file.Extension)))
                {
                    total += file.Length;
                    if (file.Length > MaxFileBytes || total > MaxTotalBytes || files.Count == MaxFiles)
                    {
                        return new FolderResult(null, $"{file.FullName}: content is limited to {MaxFiles} files, {MaxFileBytes} bytes each, {MaxTotalBytes} together; 内容文件超出数量或大小限制");
                    }

                    files[Path.GetRelativePath(root, file.FullName).Replace('\\', '/')] = File.ReadAllText(file.FullName);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new FolderResult(null, $"{root}: the content cannot be read: {e.Message}; 无法读取内容文件");
        }

        return files.Count > 0
            ? new FolderResult(files, null)
            : new FolderResult(null, $"{root}: there is no content here (expected the folders {string.Join(", ", Folders)}); 此目录下没有内容文件");
    }
}
