using WorkflowEngine.Content;

namespace WorkflowEngine.Host.Portal.Contents.Files;

/// <summary>The lists in which files that are written as texts stand.</summary>
/// <param name="Id">In addresses.</param>
/// <param name="NewPath">What the path of a new one looks like; null: nobody begins one here.</param>
public sealed record FileGroup(string Id, string Name, string? NewPath, params FileKind[] Kinds)
{
    public static IReadOnlyList<FileGroup> All { get; } =
    [
        new("rules", "规则", "rules/guangdong/新规则集.json", FileKind.Rules, FileKind.RuleExamples),
        new("letters", "文书", "templates/新文书.model.json", FileKind.Letter, FileKind.LetterText, FileKind.LetterPart),
        new("forms", "表单", "workflows/forms/新表单.json", FileKind.Form),
        new("calendars", "工作日历", null, FileKind.Calendar),
        new("stories", "情景", "workflows/guangdong/新情景.scenarios.json", FileKind.Stories),
        new("standards", "接口标准和地区", null, FileKind.Standard),
    ];

    public string Path => $"{FilePages.ListRoot}?kind={Id}";

    /// <summary>Null for flows, which have a list of their own.</summary>
    public static FileGroup? Of(FileKind kind) => All.FirstOrDefault(group => group.Kinds.Contains(kind));
}
