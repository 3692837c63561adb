using System.Text.Json.Nodes;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Templates;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Notices;

/// <summary>
/// Reads all notices of a release. Each template is checked against the declared model and rendered once with the sample, so
/// a misspelt member is found when the notice is published and not when it should have been sent.
/// </summary>
internal static class NoticeReader
{
    public const string ModelEnding = ".model.json";
    public const string IncludeEnding = ".scriban";
    private static readonly string[] PartEndings = [".subject", ".html", ".txt"];

    /// <summary>Notices with the path of their model file, by name.</summary>
    public static Dictionary<string, (Notice Notice, string Path)> Read(IReadOnlyDictionary<string, string> files, ProblemList problems, ContentMemory memory)
    {
        var shared = TextHash.Of(
            files.Where(file => file.Key.EndsWith(IncludeEnding, StringComparison.Ordinal)).OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(file => new[] { file.Key, file.Value }));
        var includes = memory.Find("shared parts", [shared], problems, own => Includes(files, own));
        var notices = new Dictionary<string, (Notice Notice, string Path)>();
        foreach (var (path, json) in files.Where(file => file.Key.EndsWith(ModelEnding, StringComparison.Ordinal)))
        {
            var texts = PartEndings.Select(ending => files.GetValueOrDefault(path[..^ModelEnding.Length] + ending)).SelectMany(text => text is null ? [""] : new[] { "+", text });
            if (memory.Find("notice", [path, json, .. texts, shared], problems, own => Read(path, json, files, includes, own)) is not { } notice)
            {
                continue;
            }

            if (notices.TryGetValue(notice.Name, out var other))
            {
                problems.Add(
                    ProblemCodes.DuplicateName, path, 1, 1, null,
                    $"there is already a notice '{notice.Name}' in {other.Path}", $"{other.Path} 里已有名为“{notice.Name}”的文书");
            }
            else
            {
                notices.Add(notice.Name, (notice, path));
            }
        }

        foreach (var path in files.Keys.Where(path => PartEndings.Contains(Path.GetExtension(path)) && !files.ContainsKey(Path.ChangeExtension(path, null) + ModelEnding)))
        {
            problems.Add(
                ProblemCodes.MissingFile, path, 1, 1, null,
                $"this letter has no model file; add '{Path.GetFileNameWithoutExtension(path)}{ModelEnding}' beside it",
                $"这份文书没有模型文件，请在旁边添加“{Path.GetFileNameWithoutExtension(path)}{ModelEnding}”");
        }

        return notices;
    }

    private static Dictionary<string, Template> Includes(IReadOnlyDictionary<string, string> files, ProblemList problems)
    {
        var includes = new Dictionary<string, Template>();
        foreach (var (path, text) in files.Where(file => file.Key.EndsWith(IncludeEnding, StringComparison.Ordinal)))
        {
            if (Parse(path, text, problems) is { } template && !includes.TryAdd(Path.GetFileNameWithoutExtension(path), template))
            {
                problems.Add(
                    ProblemCodes.DuplicateName, path, 1, 1, null,
                    $"another shared part is also called '{Path.GetFileNameWithoutExtension(path)}'", $"另有一个公用片段也叫“{Path.GetFileNameWithoutExtension(path)}”");
            }
        }

        return includes;
    }

    private static Notice? Read(
        string path, string json, IReadOnlyDictionary<string, string> files, Dictionary<string, Template> includes, ProblemList problems)
    {
        if (LocatedJson.Parse(path, json, problems) is not { } root)
        {
            return null;
        }

        var reader = new MemberReader(path, problems);
        if (!reader.IsObject(root, "a notice's model file", "文书模型"))
        {
            return null;
        }

        problems.RefuseUnknownMembers(path, root, ["letter", "title", "urgent", "model", "sample"]);
        var letter = reader.RequiredText(root, "letter");
        var title = reader.RequiredText(root, "title");
        var stem = path[..^ModelEnding.Length];
        var parts = PartEndings.Select(ending => Part(stem + ending, path, files, problems)).ToList();
        if (root["model"] is not { IsObject: true } declared || root["sample"] is not { IsObject: true } sample)
        {
            problems.Add(
                ProblemCodes.Missing, path, root,
                "'model' (what the letter may use) and 'sample' (values to show it with) are both needed, as objects",
                "必须写明“model”（文书可以引用的内容）和“sample”（试看用的示例），都是对象");
            return null;
        }

        if (NoticeModel.Read(declared, path, problems) is not { } model || parts.Exists(part => part is null))
        {
            return null;
        }

        Template? Include(string name) => includes.GetValueOrDefault(name);
        var notice = new Notice(
            Path.GetFileName(stem), letter, title, reader.Flag(root, "urgent"), model, (JsonObject)sample.ToNode()!, (parts[0]!, parts[1]!, parts[2]!), Include);
        return Check(notice, parts!, sample, path, Include, problems) ? notice : null;
    }

    private static bool Check(
        Notice notice, List<Template> parts, LocatedJson sample, string path, Func<string, Template?> include, ProblemList problems)
    {
        var schema = notice.Model.Schema();
        var faults = parts.SelectMany(part => part.Check(schema, include)).ToList();
        foreach (var unknown in faults)
        {
            problems.Add(
                ProblemCodes.NoticeUnknownMember, unknown.File, unknown.Line, unknown.Column, null,
                $"{unknown.Message} (declared in {path})", $"引用了 {path} 没有声明的内容：{DidYouMean.InChinese(unknown.Message)}");
        }

        foreach (var raw in parts.SelectMany(part => part.UsesRaw))
        {
            problems.Add(
                ProblemCodes.NoticeRaw, raw.File, raw.Line, raw.Column, null,
                $"this value is put into the letter unescaped; make sure that it can never come from outside",
                "此处内容未经转义直接写入文书，请确认它绝不会来自外部输入", ProblemSeverity.Warning);
        }

        if (faults.Count > 0)
        {
            return false;
        }

        if (notice.Try(notice.Sample).Fault is { } fault)
        {
            var (file, line, column) = fault.File == notice.Name ? (path, sample.Line, sample.Column) : (fault.File, fault.Line, fault.Column);
            problems.Add(
                ProblemCodes.NoticeSampleFails, file, line, column, null,
                $"the sample in {path} cannot be shown: {fault.Message}", $"{path} 中的示例无法生成文书：{fault.Message}");
            return false;
        }

        return true;
    }

    private static Template? Part(string path, string modelPath, IReadOnlyDictionary<string, string> files, ProblemList problems)
    {
        if (files.TryGetValue(path, out var text))
        {
            return Parse(path, text, problems);
        }

        problems.Add(
            ProblemCodes.MissingFile, modelPath, 1, 1, null,
            $"'{path}' is missing: a notice has a .subject, an .html and a .txt file beside its model", $"缺少“{path}”：每份文书在模型旁边要有 .subject、.html、.txt 三个文件");
        return null;
    }

    private static Template? Parse(string path, string text, ProblemList problems)
    {
        var result = Template.Parse(text, path);
        foreach (var problem in result.Problems)
        {
            problems.Add(
                ProblemCodes.NoticeSyntax, problem.File, problem.Line, problem.Column, null,
                $"the template cannot be read: {problem.Message}", $"文书模板语法有误：{problem.Message}");
        }

        return result.Template;
    }
}
