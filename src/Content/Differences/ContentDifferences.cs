using System.Text.Json;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Differences;

/// <summary>
/// What has changed between two versions of the content, in sentences, in an order that does not depend on the files'. Pure, and asks for no checks: a draft that
/// cannot be published yet can be compared as well.
/// </summary>
public static class ContentDifferences
{
    /// <summary>Sentences of one file that are written out; what is beyond is counted.</summary>
    public const int MostOfFile = 200;

    /// <param name="before">Texts by repository path.</param>
    /// <param name="after">The same, later.</param>
    public static IReadOnlyList<Difference> Between(IReadOnlyDictionary<string, string> before, IReadOnlyDictionary<string, string> after) =>
    [
        .. before.Keys.Union(after.Keys)
            .Where(path => before.GetValueOrDefault(path) != after.GetValueOrDefault(path))
            .Order(StringComparer.Ordinal)
            .SelectMany(path => OfFile(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path)))
            .OrderBy(difference => difference.Kind),
    ];

    private static IEnumerable<Difference> OfFile(string path, string? before, string? after)
    {
        var kind = KindOf(path);
        if (before is null || after is null)
        {
            var name = NameOf(path, before ?? after!);
            return [new Difference(kind, path, null, $"{(before is null ? "新增" : "删除")}{Noun(kind)}“{name}”", $"the {EnglishNoun(kind)} '{name}' was {(before is null ? "added" : "removed")}")];
        }

        var changes = Changes(path, kind, before, after);
        return changes.Count <= MostOfFile
            ? changes
            : [.. changes.Take(MostOfFile), new Difference(kind, path, null, $"“{NameOf(path, after)}”另有 {changes.Count - MostOfFile} 处改动", $"{changes.Count - MostOfFile} more changes of '{NameOf(path, after)}'")];
    }

    private static List<Difference> Changes(string path, DifferenceKind kind, string before, string after)
    {
        var name = NameOf(path, after);
        if (!path.EndsWith(".json", StringComparison.Ordinal))
        {
            return TextDifferences.Between(path, name, before, after);
        }

        if (Parse(before) is not { } old || Parse(after) is not { } now)
        {
            return [new Difference(kind, path, null, $"“{name}”有改动，但其中一个版本不是合法的 JSON，无法比较", $"'{name}' changed, but one of the two is no JSON and cannot be compared")];
        }

        List<Difference> changes = kind switch
        {
            DifferenceKind.Step => FlowDifferences.Between(path, old, now),
            _ => ItemDifferences.Between(kind, path, name, old, now),
        };
        return changes.Count > 0 || JsonNode.DeepEquals(old, now)
            ? changes.Count > 0 ? changes : [new Difference(DifferenceKind.Layout, path, null, $"“{name}”只改了排版（空白、换行）", $"only blanks and line breaks of '{name}' changed")]
            : [new Difference(kind, path, null, $"“{name}”有其他改动", $"'{name}' changed otherwise")];
    }

    /// <summary>What people call a file: the name or title that it says it has, else the file's.</summary>
    public static string NameOf(string path, string text)
    {
        var file = Path.GetFileName(path);
        if (path.EndsWith(".json", StringComparison.Ordinal) && Parse(text) is JsonObject json)
        {
            return JsonParts.Text(json["name"]) ?? JsonParts.Text(json["title"]) ?? JsonParts.Text(json["WorkflowName"]) ?? file;
        }

        return file;
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DifferenceKind KindOf(string path) => FileKinds.Of(path) switch
    {
        FileKind.Stories or FileKind.RuleExamples => DifferenceKind.Example,
        FileKind.Form => DifferenceKind.Form,
        FileKind.Flow => DifferenceKind.Step,
        FileKind.Calendar => DifferenceKind.Calendar,
        FileKind.Standard => DifferenceKind.Standard,
        FileKind.Rules => DifferenceKind.Rule,
        _ => DifferenceKind.Template,
    };

    private static string Noun(DifferenceKind kind) => kind switch
    {
        DifferenceKind.Step => "流程",
        DifferenceKind.Form => "表单",
        DifferenceKind.Rule => "规则集",
        DifferenceKind.Template => "文书文件",
        DifferenceKind.Calendar => "工作日历",
        DifferenceKind.Example => "情景或示例文件",
        _ => "标准文件",
    };

    private static string EnglishNoun(DifferenceKind kind) => kind switch
    {
        DifferenceKind.Step => "flow",
        DifferenceKind.Form => "form",
        DifferenceKind.Rule => "rule set",
        DifferenceKind.Template => "file of a letter",
        DifferenceKind.Calendar => "calendar",
        DifferenceKind.Example => "file of scenarios or examples",
        _ => "file of a standard",
    };
}
