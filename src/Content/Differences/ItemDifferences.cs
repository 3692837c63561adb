using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Differences;

/// <summary>Forms, rule sets, calendars, codes, scenarios: what came, what went, and what became of each member.</summary>
internal static class ItemDifferences
{
    private static readonly Dictionary<string, (string Chinese, string English)> Members = new()
    {
        ["label"] = ("名称", "label"),
        ["title"] = ("标题", "title"),
        ["type"] = ("种类", "kind"),
        ["maxLength"] = ("最多字数", "longest text"),
        ["minLength"] = ("最少字数", "shortest text"),
        ["max"] = ("最大值", "largest value"),
        ["min"] = ("最小值", "smallest value"),
        ["maxItems"] = ("最多条数", "most entries"),
        ["minItems"] = ("最少条数", "fewest entries"),
        ["options"] = ("选项", "choices"),
        ["help"] = ("说明", "help"),
        ["requiredWhenOutcome"] = ("必填的办理结果", "outcomes that require it"),
        ["Expression"] = ("判断", "expression"),
        ["ErrorMessage"] = ("提示", "message"),
        ["Level"] = ("严重程度", "severity"),
        ["LegalBasis"] = ("依据", "basis"),
        ["Enabled"] = ("是否启用", "whether it is in force"),
    };

    public static List<Difference> Between(DifferenceKind kind, string path, string name, JsonNode before, JsonNode after)
    {
        var (noun, english) = kind switch
        {
            DifferenceKind.Form => ("表单", "form"),
            DifferenceKind.Rule => ("规则集", "rule set"),
            DifferenceKind.Calendar => ("工作日历", "calendar"),
            DifferenceKind.Template => ("文书", "letter"),
            DifferenceKind.Example => ("示例", "examples"),
            _ => ("标准", "standard"),
        };
        return [.. JsonParts.Places(before, after, "").Select(place => Told(kind, path, $"{noun}“{name}”", $"{english} '{name}'", place))];
    }

    private static Difference Told(DifferenceKind kind, string path, string item, string englishItem, (string Path, JsonNode? Before, JsonNode? After) place)
    {
        // The path ends with the member that changed; an entry that came or went ends with its name.
        var isEntry = place.Path.EndsWith('”');
        var cut = isEntry ? -1 : place.Path.LastIndexOf('/');
        var owner = isEntry ? place.Path : cut < 0 ? "" : place.Path[..cut];
        var member = isEntry ? "" : place.Path[(cut + 1)..];
        var entry = Entry(owner);
        var of = entry.Length == 0 ? item : $"{item}的{entry}";
        var englishOf = entry.Length == 0 ? englishItem : $"{englishItem}, {entry}";
        if (isEntry && (place.Before is null || place.After is null))
        {
            var isNew = place.Before is null;
            var label = JsonParts.Text((place.After ?? place.Before)?["label"]) is { } written ? $"（{written}）" : "";
            return new Difference(kind, path, null, $"{item}{(isNew ? "新增" : "删除")}{entry}{label}", $"{englishItem}: {entry}{label} was {(isNew ? "added" : "removed")}");
        }

        if (member == "required" && kind == DifferenceKind.Form)
        {
            var isRequired = place.After is JsonValue value && value.TryGetValue<bool>(out var required) && required;
            return new Difference(kind, path, null, $"{of}{(isRequired ? "改为必填" : "不再必填")}", $"{englishOf} is {(isRequired ? "required now" : "no longer required")}");
        }

        if (kind == DifferenceKind.Calendar && place.Path.Split('/') is ["days", var day, ..] parts && parts is [_, _] or [_, _, "isOffDay"])
        {
            var (old, englishOld) = Day(place.Before);
            var (now, englishNow) = Day(place.After);
            return new Difference(kind, path, null, $"{item}：{day} {old} → {now}", $"{englishItem}: {day} {englishOld} → {englishNow}");
        }

        var (name, englishName) = Members.GetValueOrDefault(member, ($"“{member}”", member));
        return new Difference(
            kind, path, null,
            $"{of}的{name}：{JsonParts.Shown(place.Before)} → {JsonParts.Shown(place.After)}",
            $"{englishOf}: {englishName} {JsonParts.Shown(place.Before)} → {JsonParts.Shown(place.After)}");
    }

    /// <summary>A day that the calendar does not list is what its weekday makes it.</summary>
    private static (string Chinese, string English) Day(JsonNode? day) => (day is JsonObject listed ? listed["isOffDay"] : day) switch
    {
        JsonValue value when value.TryGetValue<bool>(out var isOff) => isOff ? ("休息", "off") : ("上班", "worked"),
        _ => ("平常", "as its weekday"),
    };

    /// <summary><c>fields“day”</c> is “day”; the lists that an entry stands in go without saying.</summary>
    private static string Entry(string owner) => owner.Contains('“', StringComparison.Ordinal)
        ? string.Concat(owner.Split('”', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Contains('“', StringComparison.Ordinal) ? part[part.IndexOf('“', StringComparison.Ordinal)..] + "”" : part))
        : owner.Length == 0 ? "" : $"“{owner}”";
}
