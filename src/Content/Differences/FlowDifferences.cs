using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Content.Differences;

/// <summary>What changed in a flow: limits, outcomes, letters, steps and ways, in the words of whoever reads the procedure.</summary>
internal static class FlowDifferences
{
    private static readonly string[] Limits = ["limit", "reminder", "days", "clock", "clockMode", "onOverdue", "alsoBinds"];

    private static readonly string[] NotCompared = ["id", "type", "version", "nodeId", "name", "metadata", "activities", "connections", "variables"];

    private static readonly Dictionary<string, ActivityDescriptor> Kinds = ActivityRegistry.Descriptors.ToDictionary(descriptor => descriptor.Type);

    private sealed record Step(string Id, string Type, string Title, JsonObject Json);

    public static List<Difference> Between(string path, JsonNode before, JsonNode after)
    {
        var flow = JsonParts.Text(after["name"]) ?? JsonParts.Text(after["definitionId"]) ?? path;
        var changes = new List<Difference>();
        var (old, now) = (StepsOf(before["root"]), StepsOf(after["root"]));
        void Say(DifferenceKind kind, string? step, string chinese, string english) => changes.Add(new Difference(kind, path, step, $"{flow}：{chinese}", $"{flow}: {english}"));

        foreach (var (member, name) in new[] { ("name", "名称"), ("definitionId", "流程标识"), ("version", "版本"), ("description", "说明"), ("options", "选项"), ("customProperties", "执行方式"), ("inputs", "输入"), ("outputs", "输出") })
        {
            if (!JsonNode.DeepEquals(before[member], after[member]))
            {
                Say(DifferenceKind.Step, null, $"{name}：{JsonParts.Shown(before[member])} → {JsonParts.Shown(after[member])}", $"{member} {JsonParts.Shown(before[member])} → {JsonParts.Shown(after[member])}");
            }
        }

        foreach (var (variable, gone, come) in JsonParts.Places(before["variables"], after["variables"], ""))
        {
            Say(DifferenceKind.Step, null, $"变量{variable}：{JsonParts.Shown(gone)} → {JsonParts.Shown(come)}", $"variable {variable}: {JsonParts.Shown(gone)} → {JsonParts.Shown(come)}");
        }

        foreach (var step in now.Values.Where(step => !old.ContainsKey(step.Id)))
        {
            Say(KindOf(step.Type), step.Id, $"新增步骤“{step.Title}”（{NameOf(step.Type)}）", $"the step '{step.Title}' ({step.Type}) was added");
        }

        foreach (var step in old.Values.Where(step => !now.ContainsKey(step.Id)))
        {
            Say(KindOf(step.Type), step.Id, $"删除步骤“{step.Title}”（{NameOf(step.Type)}）", $"the step '{step.Title}' ({step.Type}) was removed");
        }

        foreach (var step in now.Values.Where(step => old.ContainsKey(step.Id)))
        {
            Changed(old[step.Id], step, Say);
        }

        Ways(before["root"], after["root"], old, now, Say);
        if (changes.Count == 0 && !JsonNode.DeepEquals(before, after))
        {
            changes.Add(new Difference(DifferenceKind.Layout, path, null, $"{flow}：只调整了步骤在图上的位置或注释", $"{flow}: only the places of steps in the picture, or notes on them, changed"));
        }

        return changes;
    }

    private static void Changed(Step before, Step after, Action<DifferenceKind, string?, string, string> say)
    {
        if (before.Title != after.Title)
        {
            say(DifferenceKind.Step, after.Id, $"步骤“{before.Title}”改名为“{after.Title}”", $"the step '{before.Title}' is called '{after.Title}' now");
        }

        if (before.Type != after.Type)
        {
            say(DifferenceKind.Step, after.Id, $"步骤“{after.Title}”由“{NameOf(before.Type)}”改为“{NameOf(after.Type)}”", $"the step '{after.Title}' was {before.Type} and is {after.Type}");
        }

        foreach (var member in after.Json.Select(member => member.Key).Union(before.Json.Select(member => member.Key)).Where(name => !NotCompared.Contains(name)))
        {
            // A step inside a step is told by itself.
            if (IsActivity(before.Json[member]) || IsActivity(after.Json[member]))
            {
                continue;
            }

            var (old, now) = (Value(before.Json[member]), Value(after.Json[member]));
            if (!JsonNode.DeepEquals(old, now))
            {
                Input(after, member, old, now, say);
            }
        }
    }

    private static void Input(Step step, string member, JsonNode? before, JsonNode? after, Action<DifferenceKind, string?, string, string> say)
    {
        switch (member)
        {
            case "limit" or "days":
                say(DifferenceKind.Limit, step.Id, $"{step.Title}时限 {Days(before)} → {Days(after)} 个工作日", $"the limit of '{step.Title}' {EnglishDays(before)} → {EnglishDays(after)} working days");
                return;
            case "reminder":
                say(DifferenceKind.Limit, step.Id, $"{step.Title}到期前提醒 {Days(before)} → {Days(after)} 个工作日", $"the reminder of '{step.Title}' {EnglishDays(before)} → {EnglishDays(after)} working days before the end");
                return;
            case "outcomes" or "guards" or "events" or "refusals" or "cases":
                Entries(step, member, before as JsonArray ?? [], after as JsonArray ?? [], say);
                return;
        }

        var kind = Limits.Contains(member) ? DifferenceKind.Limit : member == "outcome" ? DifferenceKind.Outcome : KindOf(step.Type);
        var name = Kinds.GetValueOrDefault(step.Type)?.Inputs.FirstOrDefault(input => input.Name == member)?.DisplayName ?? member;
        say(kind, step.Id, $"{step.Title}的{name}：{JsonParts.Shown(before)} → {JsonParts.Shown(after)}", $"{member} of '{step.Title}' {JsonParts.Shown(before)} → {JsonParts.Shown(after)}");
    }

    private static void Entries(Step step, string member, JsonArray before, JsonArray after, Action<DifferenceKind, string?, string, string> say)
    {
        var (noun, english) = member switch
        {
            "outcomes" => ("办理结果", "outcome"),
            "guards" => ("办理条件", "guard"),
            "events" => ("事件", "event"),
            "refusals" => ("不予受理情形", "refusal"),
            _ => ("分支条件", "case"),
        };
        var kind = member == "cases" ? DifferenceKind.Branch : DifferenceKind.Outcome;
        var (old, now) = (Described(before), Described(after));
        var (gone, come) = (old.Where(entry => !now.Exists(other => JsonNode.DeepEquals(other.Json, entry.Json))).ToList(), now.Where(entry => !old.Exists(other => JsonNode.DeepEquals(other.Json, entry.Json))).ToList());
        foreach (var entry in come.ToList())
        {
            if (gone.FirstOrDefault(other => other.Key == entry.Key) is { Json: not null } same)
            {
                gone.Remove(same);
                come.Remove(entry);
                say(kind, step.Id, $"{step.Title}的{noun}“{same.Words}”改为“{entry.Words}”", $"the {english} '{same.Words}' of '{step.Title}' is '{entry.Words}' now");
            }
        }

        foreach (var entry in come)
        {
            say(kind, step.Id, $"{step.Title}新增{noun}“{entry.Words}”", $"'{step.Title}' has the new {english} '{entry.Words}'");
        }

        foreach (var entry in gone)
        {
            say(kind, step.Id, $"{step.Title}删除{noun}“{entry.Words}”", $"'{step.Title}' lost the {english} '{entry.Words}'");
        }

        if (come.Count + gone.Count == 0 && old.Count == now.Count && !old.Select(entry => entry.Words).SequenceEqual(now.Select(entry => entry.Words)) && old.All(entry => now.Exists(other => other.Words == entry.Words)))
        {
            say(kind, step.Id, $"{step.Title}的{noun}调整了顺序", $"the order of the {english}s of '{step.Title}' changed");
        }
    }

    /// <summary>The condition of a guard is what changes; its outcome and message stay, or the other way round.</summary>
    private static List<(string Key, string Words, JsonNode Json)> Described(JsonArray list) =>
    [
        .. list.OfType<JsonObject>().Select(entry => (
            JsonParts.Text(entry["name"]) ?? JsonParts.Text(entry["label"]) ?? JsonParts.Text(entry["event"]) ?? $"{JsonParts.Text(entry["outcome"])} {JsonParts.Text(entry["message"])}",
            string.Join("：", new[] { JsonParts.Text(entry["label"]) ?? JsonParts.Text(entry["name"]) ?? JsonParts.Text(entry["outcome"]), JsonParts.Text(entry["event"]), Value(entry["condition"]) is { } condition ? JsonParts.Shown(condition) : null, JsonParts.Text(entry["message"]) }.OfType<string>()),
            (JsonNode)entry)),
    ];

    private static void Ways(JsonNode? before, JsonNode? after, Dictionary<string, Step> oldSteps, Dictionary<string, Step> newSteps, Action<DifferenceKind, string?, string, string> say)
    {
        var (old, now) = (EdgesOf(before).ToHashSet(), EdgesOf(after).ToHashSet());
        foreach (var edge in EdgesOf(after).Where(edge => !old.Contains(edge)).Distinct())
        {
            say(DifferenceKind.Branch, edge.From, $"新增分支：{Way(edge, newSteps)}", $"a new way: {EnglishWay(edge)}");
        }

        foreach (var edge in EdgesOf(before).Where(edge => !now.Contains(edge)).Distinct())
        {
            say(DifferenceKind.Branch, edge.From, $"删除分支：{Way(edge, oldSteps)}", $"a way was removed: {EnglishWay(edge)}");
        }
    }

    private static string Way((string From, string Port, string To) edge, Dictionary<string, Step> steps)
    {
        string Title(string id) => steps.GetValueOrDefault(id)?.Title ?? id;
        var label = steps.GetValueOrDefault(edge.From) is { } step && Value(step.Json["outcomes"]) is JsonArray outcomes
            ? outcomes.OfType<JsonObject>().FirstOrDefault(outcome => JsonParts.Text(outcome["name"]) == edge.Port)?["label"] : null;
        var port = edge.Port switch { "Done" => "", "Overdue" => "（超时）", "Reminder" => "（提醒）", "True" => "（是）", "False" => "（否）", _ => $"（{JsonParts.Text(label) ?? edge.Port}）" };
        return $"{Title(edge.From)}{port} → {Title(edge.To)}";
    }

    private static string EnglishWay((string From, string Port, string To) edge) => $"{edge.From}{(edge.Port == "Done" ? "" : $" ({edge.Port})")} → {edge.To}";

    private static IEnumerable<(string From, string Port, string To)> EdgesOf(JsonNode? node)
    {
        var own = (node?["connections"] as JsonArray ?? []).OfType<JsonObject>().Select(edge => (
            JsonParts.Text(edge["source"]) ?? JsonParts.Text((edge["source"] as JsonObject)?["activity"]) ?? "",
            JsonParts.Text((edge["source"] as JsonObject)?["port"]) ?? JsonParts.Text(edge["sourcePort"]) ?? "Done",
            JsonParts.Text(edge["target"]) ?? JsonParts.Text((edge["target"] as JsonObject)?["activity"]) ?? ""));
        return own.Concat(Inner(node).SelectMany(EdgesOf));
    }

    private static Dictionary<string, Step> StepsOf(JsonNode? root)
    {
        var steps = new Dictionary<string, Step>();
        foreach (var inner in Inner(root))
        {
            var id = JsonParts.Text(inner["id"]) ?? $"#{steps.Count}";
            steps.TryAdd(id, new Step(id, JsonParts.Text(inner["type"]) ?? "", JsonParts.Text((inner["metadata"] as JsonObject)?["displayText"]) ?? JsonParts.Text(inner["name"]) ?? id, inner));
            foreach (var (key, deeper) in StepsOf(inner))
            {
                steps.TryAdd(key, deeper);
            }
        }

        return steps;
    }

    private static IEnumerable<JsonObject> Inner(JsonNode? node) => (node as JsonObject ?? [])
        .Where(member => member.Key is not ("metadata" or "customProperties"))
        .SelectMany(member => member.Value is JsonArray list ? list.OfType<JsonObject>() : member.Value is JsonObject one ? [one] : [])
        .Where(IsActivity);

    private static bool IsActivity(JsonNode? node) => node switch
    {
        JsonObject one => JsonParts.Text(one["type"]) is { } type && type.Contains('.', StringComparison.Ordinal) && one["id"] is not null,
        JsonArray list => list.Count > 0 && list.All(IsActivity),
        _ => false,
    };

    /// <summary>What an input is set to, without its wrapper: the literal, the Lambda's text, the variable, the list.</summary>
    private static JsonNode? Value(JsonNode? written)
    {
        if (written is JsonObject wrapper && wrapper["expression"] is JsonObject expression)
        {
            written = expression;
        }

        if (written is JsonObject typed && typed["type"] is not null && typed.ContainsKey("value"))
        {
            return typed["value"] is JsonObject variable && variable["id"] is { } id ? id : typed["value"];
        }

        return written is JsonObject output && output["memoryReference"] is JsonObject target ? target["id"] : written;
    }

    private static DifferenceKind KindOf(string type) => type switch
    {
        "Gov.SendNotice" => DifferenceKind.Notice,
        "Elsa.FlowDecision" or "Elsa.FlowSwitch" or "Elsa.FlowFork" or "Elsa.FlowJoin" => DifferenceKind.Branch,
        "Gov.StartClock" or "Gov.SuspendClock" or "Gov.ResumeClock" or "Gov.ExtendClock" or "Gov.WorkingDayTimer" => DifferenceKind.Limit,
        "Gov.CloseCase" => DifferenceKind.Outcome,
        _ => DifferenceKind.Step,
    };

    private static string NameOf(string type) => Kinds.GetValueOrDefault(type)?.DisplayName ?? type;

    private static string Days(JsonNode? days) => days is null ? "无" : JsonParts.Shown(days);

    private static string EnglishDays(JsonNode? days) => days is null ? "none" : JsonParts.Shown(days);
}
