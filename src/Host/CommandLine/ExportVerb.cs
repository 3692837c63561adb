using System.CommandLine;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>export TO</c>: what is in force, as a folder for git or as one zip file.</summary>
public static class ExportVerb
{
    public static Command Create()
    {
        var to = new Argument<string>("to") { Description = "导出到的文件夹，或以 .zip 结尾的文件。A folder, or a file that ends with .zip." };
        var release = new Option<string?>("--release") { Description = "导出哪个版本；默认：现行版本。Which release (default: the one in force)." };
        var replace = new Option<bool>("--replace") { Description = "覆盖文件夹中已有的内容。Writes over other content in the folder." };
        var data = new Option<string?>("--data") { Description = "内置数据库的目录（默认 .data），系统可以正在运行。Folder of the embedded database; its host may be running." };
        var verb = new Command("export", "导出现行的流程、规则和文书。Writes the content in force as files, byte for byte as it is published.") { to, release, replace, data };
        verb.SetAction(async (parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment() with { Quiet = true };
            settings = settings with { DataFolder = parsed.GetValue(data) ?? settings.DataFolder };
            return await ExportAsync(Path.GetFullPath(parsed.GetValue(to)!), parsed.GetValue(release), parsed.GetValue(replace), settings, ct);
        });
        return verb;
    }

    private static async Task<int> ExportAsync(string to, string? release, bool mayReplace, HostSettings settings, CancellationToken ct)
    {
        if (await PublishedContent.OpenAsync(settings, release, ct) is not { } opened)
        {
            await Console.Error.WriteLineAsync($"没有运行中的数据库，或没有这个版本。There is no running database, or no such release: {release ?? "in force"}.");
            return 1;
        }

        if (to.EndsWith(".zip", StringComparison.Ordinal))
        {
            await File.WriteAllBytesAsync(to, ContentExport.Zip(opened.Files), ct);
        }
        else if (ContentExport.Write(opened.Files, to, mayReplace) is { } refused)
        {
            await Console.Error.WriteLineAsync(refused);
            return 1;
        }

        Console.WriteLine($"{to}: {opened.Files.Count} 个文件，版本 {opened.ReleaseId} ({opened.Files.Count} files of this release).");
        return 0;
    }
}
