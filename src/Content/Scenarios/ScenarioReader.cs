using System.Text.Json.Nodes;
using WorkflowEngine.Content.Codes;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>What came of reading a file of stories.</summary>
/// <param name="Scenarios">In the order of the file; null when there is a problem.</param>
public sealed record ScenarioResult(IReadOnlyList<Scenario>? Scenarios, IReadOnlyList<Problem> Problems)
{
    /// <summary>Edges that no story takes on purpose.</summary>
    public IReadOnlyList<EdgeExemption> Exemptions { get; init; } = [];
}

/// <summary>An edge that can only be taken after something went wrong inside the platform, so that no story tells of it.</summary>
/// <param name="Line">In the file, 1-based.</param>
public sealed record EdgeExemption(string Flow, string Step, string Port, string? Target, string Reason, string File, int Line)
{
    public bool Names(WorkflowDefinition flow, Connection edge) =>
        flow.DefinitionId == Flow && edge.Source == Step && (edge.SourcePort ?? "Done") == Port && (Target is null || edge.Target == Target);
}

/// <summary>
/// Reads <c>NAME.scenarios.json</c> and checks every word of it against the content: flows, steps, outcomes, form fields, notices,
/// authorities. Pure: the same file and content give the same result.
/// </summary>
public static class ScenarioReader
{
    public const string Ending = ".scenarios.json";

    /// <summary>What all stories start from: enterprises, and what people fill in by default. It has no stories of its own.</summary>
    public const string DefaultsFile = "workflows/guangdong/defaults" + Ending;

    internal const string CalendarFile = ContentReader.CalendarFile;

    private const int MostScenarios = 500;
    private const int MostExemptions = 50;

    /// <param name="path">Told with problems; need not lie in the content.</param>
    /// <param name="content">The words the stories may use.</param>
    public static ScenarioResult Read(string path, string json, ContentSet content)
    {
        var problems = new ProblemList();
        var vocabulary = new ScenarioVocabulary(content);
        var enterprises = new Dictionary<string, StoryEnterprise>();
        var forms = FormDefaults.None;
        if (path != DefaultsFile && content.Files.TryGetValue(DefaultsFile, out var defaults))
        {
            forms = new FileReader(DefaultsFile, vocabulary, problems).Read(defaults, enterprises, forms, []);
        }

        var scenarios = new List<Scenario>();
        var reader = new FileReader(path, vocabulary, problems);
        reader.Read(json, enterprises, forms, scenarios);
        return new ScenarioResult(problems.HasErrors ? null : scenarios, problems.All) { Exemptions = reader.Exemptions };
    }

    /// <summary>The stories that come with the content.</summary>
    public static ScenarioResult ReadShipped(ContentSet content)
    {
        var scenarios = new List<Scenario>();
        var problems = new List<Problem>();
        var exemptions = new List<EdgeExemption>();
        foreach (var (path, json) in content.Files.Where(file => file.Key.EndsWith(Ending, StringComparison.Ordinal) && file.Key != DefaultsFile))
        {
            var result = Read(path, json, content);
            scenarios.AddRange(result.Scenarios ?? []);
            problems.AddRange(result.Problems);
            exemptions.AddRange(result.Exemptions);
        }

        return new ScenarioResult(problems.Count == 0 ? scenarios : null, problems) { Exemptions = exemptions };
    }

    /// <summary>One file.</summary>
    private sealed class FileReader(string file, ScenarioVocabulary vocabulary, ProblemList problems)
    {
        private readonly MemberReader _reader = new(file, problems);

        public List<EdgeExemption> Exemptions { get; } = [];

        /// <returns>The defaults with those of this file over them.</returns>
        public FormDefaults Read(string json, Dictionary<string, StoryEnterprise> enterprises, FormDefaults forms, List<Scenario> scenarios)
        {
            if (LocatedJson.Parse(file, json, problems) is not { } root || !_reader.IsObject(root, "a file of stories", "情景文件")) return forms;

            problems.RefuseUnknownMembers(file, root, ["enterprises", "forms", "notTaken", "scenarios"]);
            Enterprises(root, enterprises);
            forms = Forms(root, forms);
            foreach (var item in _reader.Array(root, "notTaken", MostExemptions, required: false)) Exempt(item);
            foreach (var item in _reader.Array(root, "scenarios", MostScenarios, required: file != DefaultsFile))
            {
                if (!_reader.IsObject(item, "a story", "情景")) continue;

                var scenario = Scenario(item, enterprises, forms);
                if (scenarios.Exists(other => other.Id == scenario.Id))
                {
                    problems.Add(ProblemCodes.DuplicateName, file, item["id"] ?? item, $"there is already a story '{scenario.Id}' in this file", $"本文件里已有编号为“{scenario.Id}”的情景");
                }

                scenarios.Add(scenario);
            }

            return forms;
        }

        private void Exempt(LocatedJson item)
        {
            if (!_reader.IsObject(item, "an edge that no story takes", "不走的连线")) return;

            problems.RefuseUnknownMembers(file, item, ["flow", "step", "port", "to", "reason"]);
            var (flow, step, port, reason) = (_reader.RequiredText(item, "flow"), _reader.RequiredText(item, "step"), _reader.RequiredText(item, "port"), _reader.RequiredText(item, "reason"));
            if (flow.Length == 0 || step.Length == 0 || port.Length == 0 || reason.Length == 0) return;

            var exemption = new EdgeExemption(flow, step, port, _reader.OptionalText(item, "to"), reason, file, item.Line);
            if (vocabulary.Flow(flow) is { } known && known.Activities.SelectMany(activity => activity.Connections).Any(edge => exemption.Names(known, edge))) Exemptions.Add(exemption);
            else
            {
                problems.Add(
                    ProblemCodes.UnknownStep, file, item, $"flow '{flow}' has no edge from '{step}' by {port}{(exemption.Target is null ? "" : $" to '{exemption.Target}'")}",
                    $"流程“{flow}”没有从“{step}”经 {port} 的连线{(exemption.Target is null ? "" : $"到“{exemption.Target}”")}");
            }
        }

        private Scenario Scenario(LocatedJson item, IReadOnlyDictionary<string, StoryEnterprise> enterprises, FormDefaults forms)
        {
            problems.RefuseUnknownMembers(file, item, ["id", "title", "source", "given", "acts"]);
            IReadOnlyList<ContentChange> content = [];
            if (item["given"] is { } given && _reader.IsObject(given, "'given'", "“given”"))
            {
                problems.RefuseUnknownMembers(file, given, ["content", "forms"]);
                content = new ContentChangeReader(file, vocabulary, problems).Changes(given, "content");
                forms = Forms(given, forms);
            }

            return new Scenario
            {
                Id = _reader.RequiredText(item, "id"),
                Title = _reader.RequiredText(item, "title"),
                Source = _reader.OptionalText(item, "source"),
                File = file,
                Line = item.Line,
                Content = content,
                Enterprises = new Dictionary<string, StoryEnterprise>(enterprises),
                Acts = new ActReader(file, vocabulary, enterprises, forms, problems).Acts(item),
            };
        }

        private void Enterprises(LocatedJson root, Dictionary<string, StoryEnterprise> enterprises)
        {
            foreach (var item in _reader.Array(root, "enterprises", 100, required: false))
            {
                if (!_reader.IsObject(item, "an enterprise", "企业")) continue;

                problems.RefuseUnknownMembers(file, item, ["name", "fullName", "code", "kind"]);
                var name = _reader.RequiredText(item, "name");
                var code = _reader.RequiredText(item, "code");
                if (code.Length > 0 && UnifiedSocialCreditCode.Fault(code) is { } fault)
                {
                    // Whoever invents a company wants to know the check character that goes with it.
                    var meant = "0123456789ABCDEFGHJKLMNPQRTUWXY".Select(check => code[..^1] + check).FirstOrDefault(CreditCode.IsValid);
                    problems.Add(
                        ProblemCodes.WrongValue, file, item["code"]!,
                        $"'{code}' is not a unified social credit code{(meant is null ? "" : $", did you mean '{meant}'?")}",
                        $"“{code}”不是有效的统一社会信用代码：{fault}{(meant is null ? "" : $"，是否想写“{meant}”？")}");
                }

                string[] kinds = ["vendor", "contractor"];
                var kind = _reader.OptionalText(item, "kind") ?? kinds[0];
                if (!kinds.Contains(kind))
                {
                    problems.Add(ProblemCodes.WrongValue, file, item["kind"]!, $"'kind' must be vendor or contractor{DidYouMean.Of(kind, kinds)}", "“kind”应为 vendor（软硬件企业）或 contractor（施工企业）");
                }

                enterprises[name] = new StoryEnterprise(name, _reader.OptionalText(item, "fullName") ?? name, code, kind == kinds[1] ? EnterpriseKind.Contractor : EnterpriseKind.Vendor);
            }
        }

        private FormDefaults Forms(LocatedJson owner, FormDefaults forms)
        {
            if (owner["forms"] is not { } json || !_reader.IsObject(json, "'forms'", "“forms”")) return forms;

            var layer = new Dictionary<string, JsonObject>();
            foreach (var member in json.Members)
            {
                var id = member.Name.Split(':')[0];
                if (!vocabulary.Forms.TryGetValue(id, out var form))
                {
                    problems.Add(
                        ProblemCodes.UnknownName, file, member.Line, member.Column, null,
                        $"there is no form '{id}'{DidYouMean.Of(id, vocabulary.Forms.Keys)}", $"没有名为“{id}”的表单{DidYouMean.Chinese(id, vocabulary.Forms.Keys)}");
                }
                else if (_reader.IsObject(member.Value, "the values of a form", "表单的填写内容"))
                {
                    FormWords.Check(member.Value, form, file, problems);
                    layer[member.Name] = member.Value.ToNode()!.AsObject();
                }
            }

            return forms.Over(layer);
        }
    }
}

/// <summary>Checks that a story names fields that a form has.</summary>
internal static class FormWords
{
    public static void Check(LocatedJson values, Forms.FormDefinition form, string file, ProblemList problems)
    {
        var known = form.Fields.Select(field => field.Name).ToList();
        foreach (var member in values.Members.Where(member => !known.Contains(member.Name)))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, member.Line, member.Column, null,
                $"form '{form.Id}' has no field '{member.Name}'{DidYouMean.Of(member.Name, known)}", $"表单“{form.Id}”没有“{member.Name}”这一项{DidYouMean.Chinese(member.Name, known)}");
        }
    }
}
