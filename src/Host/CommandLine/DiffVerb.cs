using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowEngine.Content;
using WorkflowEngine.Content.Differences;

namespace WorkflowEngine.Host.CommandLine;

/// <summary><c>diff BEFORE AFTER</c>: what changed between two content folders, in sentences.</summary>
public static class DiffVerb
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Command Create()
    {
        var before = new Argument<string>("before") { Description = "A content folder: the older version." };
        var after = new Argument<string>("after") { Description = "A content folder: the newer version." };
        var json = new Option<bool>("--json") { Description = "Print JSON." };
        var diff = new Command("diff", "Says what changed between two versions of the content: limits, outcomes, letters, steps, branches, forms, rules.") { before, after, json };
        diff.SetAction(parsed => Compare(parsed.GetValue(before)!, parsed.GetValue(after)!, parsed.GetValue(json)));
        return diff;
    }

    private static int Compare(string before, string after, bool asJson)
    {
        var (old, oldProblem) = ContentFolder.ReadFiles(Path.GetFullPath(before));
        var (now, newProblem) = ContentFolder.ReadFiles(Path.GetFullPath(after));
        if (old is null || now is null)
        {
            Console.Error.WriteLine(oldProblem ?? newProblem);
            return 1;
        }

        var differences = ContentDifferences.Between(old, now);
        Console.Out.WriteLine(asJson ? JsonSerializer.Serialize(differences, Readable) : Told(differences));
        return 0;
    }

    private static string Told(IReadOnlyList<Difference> differences) => differences.Count == 0
        ? "两个版本相同。\nThe two versions are the same."
        : string.Join("\n\n", differences.GroupBy(difference => difference.Kind).Select(group =>
            $"{group.Key.Chinese()} · {group.Key.English()}\n{string.Join('\n', group.Select(difference => $"  {difference.Chinese}\n    {difference.English}"))}"));
}
