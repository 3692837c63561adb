using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>Words that acts and expectations share: people, instants, dates, the cases that the story has named so far.</summary>
internal sealed class StoryWords(string file, ScenarioVocabulary vocabulary, IReadOnlyDictionary<string, StoryEnterprise> enterprises, ProblemList problems)
{
    /// <summary>What a case is called that the story does not name.</summary>
    public const string OnlyCase = "办件";

    /// <summary>The flow of each case by the name of the case.</summary>
    public Dictionary<string, string> Cases { get; } = [];

    /// <summary><c>甲科技</c>, <c>甲科技/vendor-tech</c>, <c>440300/officer</c>.</summary>
    /// <param name="anyRole">Without a role everybody of the organisation is meant, and not the first role.</param>
    public Participant? Person(LocatedJson? json, bool anyRole = false)
    {
        if (json is null) return null;
        if (!json.IsString)
        {
            problems.Add(
                ProblemCodes.WrongValue, file, json,
                "a person is a text: an enterprise's name or an authority's code, and after a slash the role, e.g. \"440300/officer\"",
                "人员应写成文字：企业简称或主管部门代码，斜线后写角色，例如“440300/officer”");
            return null;
        }

        var parts = json.Text.Split('/', 2);
        var enterprise = enterprises.GetValueOrDefault(parts[0]);
        var roles = enterprise is null ? vocabulary.RolesOf(parts[0]) : ScenarioVocabulary.RolesOf(enterprise.Kind);
        if (roles is null)
        {
            var known = enterprises.Keys.Concat(vocabulary.Authorities).ToList();
            problems.Add(
                ProblemCodes.UnknownName, file, json,
                $"there is no enterprise and no authority '{parts[0]}'{DidYouMean.Of(parts[0], known)}", $"没有名为“{parts[0]}”的企业或主管部门{DidYouMean.Chinese(parts[0], known)}");
            return null;
        }

        var role = parts.Length > 1 ? parts[1] : anyRole ? null : roles[0];
        if (role is not null && !roles.Contains(role))
        {
            problems.Add(
                ProblemCodes.UnknownName, file, json,
                $"nobody at '{parts[0]}' is '{role}'{DidYouMean.Of(role, roles)} (roles: {string.Join(", ", roles)})", $"“{parts[0]}”没有角色“{role}”{DidYouMean.Chinese(role, roles)}（可用：{string.Join("、", roles)}）");
        }

        return new Participant(enterprise?.Code ?? parts[0], role, json.Text);
    }

    public IReadOnlyList<Participant> People(IEnumerable<LocatedJson> items, bool anyRole = false) => [.. items.Select(item => Person(item, anyRole)).OfType<Participant>()];

    /// <summary><c>2022-09-30 16:40</c>.</summary>
    public DateTimeOffset? Instant(LocatedJson? json)
    {
        if (json is null) return null;
        if (json.IsString && LocalInstant.Parse(json.Text) is { } instant) return instant;

        problems.Add(ProblemCodes.WrongValue, file, json, $"'{json.Text}' is not an instant of the form 2022-09-30 16:40", $"“{json.Text}”不是“2022-09-30 16:40”形式的时间");
        return null;
    }

    public DateOnly? Date(LocatedJson? json)
    {
        if (json is null) return null;
        if (json.IsString && DateOnly.TryParseExact(json.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)) return date;

        problems.Add(ProblemCodes.WrongValue, file, json, $"'{json.Text}' is not a date of the form 2022-09-30", $"“{json.Text}”不是“2022-09-30”形式的日期");
        return null;
    }

    /// <summary>The case that is written, or <paramref name="otherwise"/>, or the only one there is.</summary>
    public string? Case(LocatedJson owner, string? otherwise = null)
    {
        if (owner["case"] is { } json)
        {
            if (Cases.ContainsKey(json.Text)) return json.Text;

            problems.Add(
                ProblemCodes.UnknownName, file, json,
                $"no act before this one opened a case '{json.Text}'{DidYouMean.Of(json.Text, Cases.Keys)}", $"前面没有开立名为“{json.Text}”的办件{DidYouMean.Chinese(json.Text, Cases.Keys)}");
            return null;
        }

        if (otherwise is not null) return otherwise;
        if (Cases.Count == 1) return Cases.Keys.Single();

        problems.Add(
            ProblemCodes.Missing, file, owner,
            Cases.Count == 0 ? "no case has been opened yet" : $"'case' must say which of the cases is meant: {string.Join(", ", Cases.Keys)}",
            Cases.Count == 0 ? "此前还没有开立办件" : $"请用“case”写明是哪个办件：{string.Join("、", Cases.Keys)}");
        return null;
    }

    /// <summary>A step of the case's flow.</summary>
    public StoryStep? Step(LocatedJson json, string? @case)
    {
        if (@case is null || !Cases.TryGetValue(@case, out var flow)) return null;
        var steps = vocabulary.StepsOf(flow);
        if (steps.TryGetValue(json.Text, out var step)) return step;

        problems.Add(
            ProblemCodes.UnknownStep, file, json,
            $"flow '{flow}' has no task or warning '{json.Text}'{DidYouMean.Of(json.Text, steps.Keys)}", $"流程“{flow}”没有任务或预警“{json.Text}”{DidYouMean.Chinese(json.Text, steps.Keys)}");
        return null;
    }
}
