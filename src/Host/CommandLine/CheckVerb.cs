using System.CommandLine;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Rehearsal;
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
        var json = new Option<bool>("--json") { Description = "Prints data instead of text." };
        var check = new Command("check", "Checks flows, rules with their cases, notices, forms and calendars, and plays the stories beside the flows in memory.") { paths, json };
        check.SetAction(parsed => Check(parsed.GetValue(paths) is { Length: > 0 } given ? given : [HostSettings.FromEnvironment().ContentRoot], parsed.GetValue(json)));
        return check;
    }

    private static int Check(string[] paths, bool asJson)
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

        return allWell ? 0 : 1;
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
