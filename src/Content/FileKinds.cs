using System.Text.RegularExpressions;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Content.RuleSets;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content;

/// <summary>What a file of the content is about.</summary>
public enum FileKind
{
    Flow,
    Stories,
    Form,
    Rules,
    RuleExamples,

    /// <summary>A letter's model: what it may use.</summary>
    Letter,

    /// <summary>A letter's subject, mail or plain text.</summary>
    LetterText,

    /// <summary>What several letters have in common.</summary>
    LetterPart,
    Calendar,

    /// <summary>Interface standards and regions.</summary>
    Standard,
}

/// <summary>Files of the content by their paths.</summary>
public static partial class FileKinds
{
    private const int LongestPath = 200;

    private static readonly string[] LetterEndings = [NoticeReader.ModelEnding, ".subject", ".html", ".txt"];

    public static FileKind Of(string path) => path switch
    {
        _ when Below(path, ContentReader.FormsFolder) => FileKind.Form,
        _ when Below(path, "workflows/") => path.EndsWith(ScenarioReader.Ending, StringComparison.Ordinal) ? FileKind.Stories : FileKind.Flow,
        _ when path.EndsWith(RuleCases.Ending, StringComparison.Ordinal) => FileKind.RuleExamples,
        _ when Below(path, "rules/calendars/") => FileKind.Calendar,
        _ when Below(path, MessageStandards.Folder) || path == ContentReader.RegionsFile => FileKind.Standard,
        _ when Below(path, "rules/") => FileKind.Rules,
        _ when path.EndsWith(NoticeReader.ModelEnding, StringComparison.Ordinal) => FileKind.Letter,
        _ when path.EndsWith(NoticeReader.IncludeEnding, StringComparison.Ordinal) => FileKind.LetterPart,
        _ => FileKind.LetterText,
    };

    /// <summary>The files that are written together, itself among them, whether or not they are there: a rule set and its examples, a flow and its stories, a letter's four.</summary>
    public static IReadOnlyList<string> WrittenTogether(string path) => Of(path) switch
    {
        FileKind.Flow => [path, Stem(path, ".json") + ScenarioReader.Ending],
        FileKind.Stories => [Stem(path, ScenarioReader.Ending) + ".json", path],
        FileKind.Rules => [path, Stem(path, ".json") + RuleCases.Ending],
        FileKind.RuleExamples => [Stem(path, RuleCases.Ending) + ".json", path],
        FileKind.Letter or FileKind.LetterText when LetterEndings.FirstOrDefault(ending => path.EndsWith(ending, StringComparison.Ordinal)) is { } ending =>
            [.. LetterEndings.Select(other => Stem(path, ending) + other)],
        _ => [path],
    };

    /// <summary>Whether a file of this path can be part of the content: below one of its folders, and nowhere else.</summary>
    public static bool IsContentPath(string path) => path.Length <= LongestPath && Path().IsMatch(path);

    public static string Chinese(this FileKind kind) => kind switch
    {
        FileKind.Flow => "流程",
        FileKind.Stories => "情景",
        FileKind.Form => "表单",
        FileKind.Rules => "规则",
        FileKind.RuleExamples => "示例",
        FileKind.Letter => "可引用的内容",
        FileKind.LetterText => "文书正文",
        FileKind.LetterPart => "公用片段",
        FileKind.Calendar => "工作日历",
        FileKind.Standard => "接口标准和地区",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static bool Below(string path, string folder) => path.StartsWith(folder, StringComparison.Ordinal);

    private static string Stem(string path, string ending) => path[..^ending.Length];

    [GeneratedRegex(@"^(workflows|rules|templates)(/[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*){0,6}/[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*\.(json|html|txt|subject|scriban)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Path();
}
