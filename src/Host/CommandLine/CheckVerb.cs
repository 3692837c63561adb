using System.CommandLine;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>check [PATH…]</c>: everything that publishing would check, without publishing.</summary>
public static class CheckVerb
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("path")
        {
            Description = "Content folders, or files and folders within one: then only their problems are shown. Default: the content of this clone.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var data = new Option<string?>("--data") { Description = "Folder of the embedded database with which the content of this clone is compared, when its host is running (default .data)." };
        var json = new Option<bool>("--json") { Description = "Prints data instead of text." };
        var check = new Command("check", "Checks flows, rules with their cases, notices, forms and calendars, and plays the stories beside the flows in memory.") { paths, json, data };
        check.SetAction(async (parsed, ct) =>
        {
            var settings = HostSettings.FromEnvironment() with { Quiet = true };
            settings = settings with { DataFolder = parsed.GetValue(data) ?? settings.DataFolder };
            var given = parsed.GetValue(paths) ?? [];
            var isWell = Check(given.Length > 0 ? given : [settings.ContentRoot], parsed.GetValue(json));
            return isWell & (given.Length > 0 || parsed.GetValue(json) || await AgreesAsync(settings, ct)) ? 0 : 1;
        });
        return check;
    }

    /// <summary>Tells where the folder and what is in force are apart, when a host's database is running here.</summary>
    /// <returns>False: a file was changed in both, and somebody has to decide.</returns>
    private static async Task<bool> AgreesAsync(HostSettings settings, CancellationToken ct)
    {
        if (ContentFolder.ReadFiles(settings.ContentRoot).Files is not { } folder || await PublishedContent.OpenAsync(settings, release: null, ct) is not { } published) return true;

        var drift = ContentDrift.Of(folder, published.Synced, published.Files);
        Console.WriteLine(drift.Count == 0 ? "文件夹与现行内容一致。The folder and what is in force say the same." : $"文件夹与现行内容有 {drift.Count} 个文件不同。{drift.Count} files differ from what is in force:");
        foreach (var file in drift) await (file.Where == ChangedIn.Both ? Console.Error : Console.Out).WriteLineAsync($"  {file}");
        return drift.All(file => file.Where != ChangedIn.Both);
    }

    private static bool Check(string[] paths, bool asJson)
    {
        var allWell = true;
        foreach (var path in paths.Select(Path.GetFullPath))
        {
            if (RootOf(path) is not { } root)
            {
                Console.Error.WriteLine($"{path}: there is no content here; a content folder has {string.Join(", ", ContentFolder.Folders)} in it.");
                allWell = false;
                continue;
            }

            allWell &= CheckFolder(root, within: Path.GetRelativePath(root, path), asJson);
        }

        return allWell;
    }

    private static bool CheckFolder(string root, string within, bool asJson)
    {
        var (files, error) = ContentFolder.ReadFiles(root);
        if (files is null)
        {
            Console.Error.WriteLine(error);
            return false;
        }

        var report = ContentCheck.Run(files, HostSettings.FromEnvironment().Http.ReachableHosts).Report;
        if (within != ".")
        {
            report = report with { Problems = [.. report.Problems.Where(problem => problem.File == within || problem.File.StartsWith(within.TrimEnd('/') + "/", StringComparison.Ordinal))] };
        }

        if (asJson)
        {
            Console.WriteLine(report.ToJson());
            return report.IsPublishable;
        }

        var output = report.IsPublishable ? Console.Out : Console.Error;
        output.Write(report.ToString());
        return report.IsPublishable;
    }

    /// <summary>The path itself, or the folder above it, that has the content folders in it.</summary>
    private static string? RootOf(string path)
    {
        for (var folder = new DirectoryInfo(path); folder is not null; folder = folder.Parent)
        {
            if (ContentFolder.Folders.Any(name => Directory.Exists(Path.Combine(folder.FullName, name)))) return folder.FullName;
        }

        return null;
    }
}
