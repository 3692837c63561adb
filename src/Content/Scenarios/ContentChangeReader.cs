using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>Reads what a story changes in the content: one value a line, or a year of the calendar.</summary>
internal sealed class ContentChangeReader(string file, ScenarioVocabulary vocabulary, ProblemList problems)
{
    private const int Most = 50;

    private readonly MemberReader _reader = new(file, problems);

    public IReadOnlyList<ContentChange> Changes(LocatedJson owner, string member) =>
        [.. _reader.Array(owner, member, Most, required: false).Where(item => _reader.IsObject(item, "a change", "修改")).Select(Change)];

    /// <summary><c>{ "year", "paper"?, "version"?, "days"? }</c>: the year becomes official; days go over those that are there.</summary>
    public IReadOnlyList<ContentChange> Calendar(LocatedJson json)
    {
        problems.RefuseUnknownMembers(file, json, ["year", "paper", "version", "days"]);
        var year = _reader.Count(json, "year", 2000, 2100);
        if (json["year"] is null) problems.Add(ProblemCodes.Missing, file, json, "'year' is missing", "缺少“year”");

        var published = new JsonObject { ["status"] = "official", ["paper"] = _reader.OptionalText(json, "paper") ?? "（虚构）" };
        ContentChange Set(string path, JsonNode value) => new(ScenarioReader.CalendarFile, null, null, path, value, json.Line);
        var changes = new List<ContentChange> { Set($"published.{year}", published) };
        if (_reader.OptionalText(json, "version") is { } version) changes.Add(Set("version", JsonValue.Create(version)));
        if (json["days"] is { } days && _reader.IsObject(days, "'days'", "“days”"))
        {
            foreach (var day in days.Members.Where(day => !DateOnly.TryParseExact(day.Name, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)))
            {
                problems.Add(ProblemCodes.WrongValue, file, day.Line, day.Column, null, $"'{day.Name}' is not a date of the form 2027-01-04", $"“{day.Name}”不是“2027-01-04”形式的日期");
            }

            changes.Add(Set("days", days.ToNode()!));
        }

        return changes;
    }

    private ContentChange Change(LocatedJson item)
    {
        problems.RefuseUnknownMembers(file, item, ["file", "step", "input", "path", "value"]);
        var changed = _reader.RequiredText(item, "file");
        var (step, input, path) = (_reader.OptionalText(item, "step"), _reader.OptionalText(item, "input"), _reader.OptionalText(item, "path"));
        if (changed.Length > 0 && !vocabulary.Files.ContainsKey(changed))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, item["file"]!,
                $"the content has no file '{changed}'{DidYouMean.Of(changed, vocabulary.Files.Keys)}", $"内容里没有文件“{changed}”{DidYouMean.Chinese(changed, vocabulary.Files.Keys)}");
        }
        else if (step is not null)
        {
            CheckStep(item, changed, step, input);
        }

        if (item["value"] is null || (step is null) == (path is null) || (step is null) != (input is null))
        {
            problems.Add(
                ProblemCodes.Missing, file, item,
                "a change needs 'value', and either 'step' with 'input' (a property of a step) or 'path' (member names with dots between)",
                "修改必须写明“value”，以及“step”加“input”（步骤的属性）或“path”（用点连接的成员名）之一");
        }

        return new ContentChange(changed, step, input, path, item["value"]?.ToNode(), item.Line);
    }

    private void CheckStep(LocatedJson item, string changed, string step, string? input)
    {
        if (vocabulary.InputsIn(changed) is not { } steps)
        {
            problems.Add(ProblemCodes.WrongValue, file, item["file"]!, $"'{changed}' is not a flow; only flows have steps", $"“{changed}”不是流程文件，只有流程才有步骤");
        }
        else if (!steps.TryGetValue(step, out var inputs))
        {
            problems.Add(
                ProblemCodes.UnknownStep, file, item["step"]!,
                $"'{changed}' has no step '{step}'{DidYouMean.Of(step, steps.Keys)}", $"“{changed}”没有步骤“{step}”{DidYouMean.Chinese(step, steps.Keys)}");
        }
        else if (input is not null && !inputs.Contains(input))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, item["input"]!,
                $"step '{step}' has no property '{input}'{DidYouMean.Of(input, inputs)}", $"步骤“{step}”没有属性“{input}”{DidYouMean.Chinese(input, inputs)}");
        }
    }
}
