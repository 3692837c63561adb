using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>
/// Writes what a designer sends into the flow's file. What it did not change stays as it is written, in its notation and order; members that it does not know, and therefore
/// does not send back, stay; what it adds by itself to what nobody touched (<see cref="FlowNodes.Same"/>) is left out.
/// </summary>
internal static class FlowMerge
{
    private static readonly string[] Lists = ["variables", "inputs", "outputs"];

    /// <param name="file">As <see cref="FlowNodes.Parse"/> read it; it is not changed.</param>
    /// <param name="sent">A definition as <see cref="FlowView"/> shows it, with somebody's changes.</param>
    public static JsonObject Into(JsonObject file, JsonObject sent)
    {
        var view = FlowView.Of(file);
        var result = (JsonObject)file.DeepClone();
        foreach (var name in (string[])["name", "description", "outcomes"])
        {
            if (sent.ContainsKey(name) && !FlowNodes.Same(view[name], sent[name])) Set(result, name, sent[name]?.DeepClone());
        }

        foreach (var name in Lists.Where(name => sent[name] is JsonArray && !FlowNodes.Same(view[name], sent[name])))
        {
            result[name] = Items((JsonArray)view[name]!, (JsonArray)sent[name]!);
        }

        if (sent["options"] is JsonObject options && !FlowNodes.Same(view["options"], options)) result["options"] = Members(file["options"] as JsonObject, view["options"] as JsonObject, options);
        if (sent["customProperties"] is JsonObject custom && !FlowNodes.Same(view["customProperties"], custom)) result["customProperties"] = Said(custom);
        if (sent["root"] is JsonObject root && !FlowNodes.Same(view["root"], root)) result["root"] = Step(file["root"] as JsonObject, view["root"] as JsonObject, root);
        return result;
    }

    private static JsonObject Step(JsonObject? file, JsonObject? view, JsonObject sent)
    {
        var type = FlowNodes.Text(sent, "type") ?? "";
        var kind = FlowNodes.KindOf(type);
        if (FlowNodes.Text(view, "type") != type) (file, view) = (null, null);

        var result = file?.DeepClone() as JsonObject ?? new JsonObject { ["id"] = FlowNodes.Text(sent, "id") ?? "", ["type"] = type };
        foreach (var (name, value) in sent)
        {
            if (name is "id" or "nodeId" or "type" || ChosenPorts.IsOf(type, name) || (view is null ? value is null : FlowNodes.Same(view[name], value))) continue;

            Set(result, name, Member(kind, name, file?[name], view?[name], value));
        }

        // Members that a designer knows and no longer sends were taken away there; what it does not know it merely forgets.
        foreach (var name in view?.Select(member => member.Key).Where(name => !sent.ContainsKey(name) && IsKnown(kind, name)).ToList() ?? []) result.Remove(name);

        ChosenPorts.Keep(result, view, sent);
        return result;
    }

    private static JsonNode? Member(ActivityDescriptor? kind, string name, JsonNode? file, JsonNode? view, JsonNode? sent) => (name, sent) switch
    {
        (_, null) => null,
        ("metadata", JsonObject metadata) => Metadata(file as JsonObject, view as JsonObject, metadata),
        ("customProperties", JsonObject custom) => Said(custom) is var said && said.Count == 0 && file is null ? null : said,
        ("activities", JsonArray steps) => Steps(kind, file, view as JsonArray, steps),
        ("connections", JsonArray connections) => Connections(file, view as JsonArray, connections),
        ("variables", JsonArray variables) => Items(view as JsonArray ?? [], variables),
        (_, JsonObject step) when FlowNodes.IsStep(step) => Step(file as JsonObject, view as JsonObject, step),
        (_, JsonObject input) when input.ContainsKey("expression") => Input(kind?.Inputs.FirstOrDefault(known => known.Name == name), file, input),
        _ => WithoutPaths(sent.DeepClone()),
    };

    /// <summary>The steps of a container: those of a flowchart stay in the order of the file, new ones behind them; elsewhere the order is what they are for.</summary>
    private static JsonArray Steps(ActivityDescriptor? kind, JsonNode? file, JsonArray? view, JsonArray sent)
    {
        var before = (view ?? []).Zip(FlowNodes.Items(file)).Where(pair => pair.First is JsonObject)
            .DistinctBy(pair => FlowNodes.Text(pair.First, "id")).ToDictionary(pair => FlowNodes.Text(pair.First, "id")!, pair => (View: pair.First as JsonObject, File: pair.Second as JsonObject));
        var merged = sent.OfType<JsonObject>().Select(step => (Id: FlowNodes.Text(step, "id") ?? "", Sent: step)).ToList();
        if (kind?.Type == "Elsa.Flowchart")
        {
            var order = before.Keys.Index().ToDictionary(item => item.Item, item => item.Index);
            merged = [.. merged.OrderBy(step => order.GetValueOrDefault(step.Id, int.MaxValue))];
        }

        return
        [
            .. merged.Select(step => before.TryGetValue(step.Id, out var known) && known is { View: { } seen, File: { } kept }
                ? FlowNodes.Same(seen, step.Sent) ? kept.DeepClone() : Step(kept, seen, step.Sent)
                : Step(null, null, step.Sent)),
        ];
    }

    /// <summary>In the order of the file, new ones behind them. What the designer could not draw stays, unless a step that it was about is gone.</summary>
    private static JsonArray Connections(JsonNode? file, JsonArray? view, JsonArray sent)
    {
        var wanted = sent.Select(item => (Ends: FlowView.Ends(item), Sent: item)).Where(item => item.Ends is not null).DistinctBy(item => item.Ends).ToDictionary(item => item.Ends!.Value, item => item.Sent!);
        var shown = (view ?? []).Select(FlowView.Ends).ToHashSet();
        var result = new JsonArray();
        foreach (var item in FlowNodes.Items(file))
        {
            if (FlowView.Ends(item) is not { } ends || !shown.Contains(ends))
            {
                result.Add(item?.DeepClone());
            }
            else if (wanted.Remove(ends, out var kept))
            {
                result.Add(Connection(item as JsonObject, ends, kept));
            }
        }

        foreach (var (ends, added) in wanted) result.Add(Connection(null, ends, added));
        return result;
    }

    private static JsonObject Connection(JsonObject? file, (string Source, string Port, string Target, string TargetPort) ends, JsonNode sent)
    {
        // Elsa does not load a list that mixes its two notations.
        var result = file is not null && file["source"] is JsonObject ? (JsonObject)file.DeepClone() : FlowView.Connection(ends, null);
        if (sent["vertices"] is JsonArray { Count: > 0 } bends) result["vertices"] = bends.DeepClone();
        else result.Remove("vertices");
        return result;
    }

    private static JsonNode? Input(InputDescriptor? input, JsonNode? file, JsonObject sent)
    {
        var expression = sent["expression"] as JsonObject;
        var type = FlowNodes.Text(expression, "type") ?? "Literal";
        var value = expression?["value"];
        var text = value is JsonValue written && written.TryGetValue<string>(out var words) ? words : null;
        // An emptied box says that nothing is set.
        if (type == "Literal" && (value is null || text?.Length == 0)) return null;

        var before = file is JsonObject wrapper ? (wrapper["expression"] as JsonObject)?["value"] : file;
        var beforeType = file is JsonObject ? FlowNodes.Text((file as JsonObject)!["expression"], "type") : "Literal";
        var typeName = input?.TypeName ?? FlowNodes.Text(sent, "typeName") ?? "Object";
        var content = value?.DeepClone();
        if (text is not null && type is "Literal" or "Object")
        {
            if (typeName == "Object" && (before is JsonArray or JsonObject || input is not null) && FlowNodes.Structure(text!) is { } structure)
            {
                (type, content) = (beforeType is "Literal" && before is JsonArray or JsonObject ? beforeType : "Object", structure);
            }
            else if (type == "Literal" && FlowNodes.Simple(text!, typeName) is { } simple && (before is null || before.GetValueKind() != System.Text.Json.JsonValueKind.String))
            {
                content = simple;
            }
        }

        var result = file is JsonObject known ? (JsonObject)known.DeepClone() : new JsonObject { ["typeName"] = FlowNodes.Text(sent, "typeName") ?? typeName };
        if (JsonNode.DeepEquals(before, content) && beforeType == type && file is not null) return file.DeepClone();

        result["expression"] = new JsonObject { ["type"] = type, ["value"] = content };
        return result;
    }

    /// <summary>A designer writes place and size of a step anew and forgets what else is there.</summary>
    private static JsonObject Metadata(JsonObject? file, JsonObject? view, JsonObject sent)
    {
        var result = Members(file, view, sent);
        if (sent["designer"] is JsonObject designer && !FlowNodes.Same(view?["designer"], designer)) result["designer"] = Members(file?["designer"] as JsonObject, view?["designer"] as JsonObject, designer);
        return result;
    }

    /// <summary>Items that are known by their id or name: those that are unchanged as they were, the others with what the designer does not know of them.</summary>
    private static JsonArray Items(JsonArray view, JsonArray sent)
    {
        var before = view.OfType<JsonObject>().DistinctBy(KeyOf).ToDictionary(KeyOf, StringComparer.Ordinal);
        return [.. sent.Select(item => item is JsonObject changed && before.TryGetValue(KeyOf(changed), out var known) ? Members(known, known, changed) : Said(item))];

        static string KeyOf(JsonObject item) => FlowNodes.Text(item, "id") ?? FlowNodes.Text(item, "name") ?? "";
    }

    private static JsonObject Members(JsonObject? file, JsonObject? view, JsonObject sent)
    {
        var result = file?.DeepClone() as JsonObject ?? [];
        foreach (var (name, value) in sent)
        {
            if (!FlowNodes.Same(view?[name], value)) Set(result, name, value?.DeepClone());
        }

        return result;
    }

    private static bool IsKnown(ActivityDescriptor? kind, string name) =>
        kind is not null && (kind.Inputs.Any(input => input.Name == name) || kind.Outputs.Any(output => output.Name == name) || kind.EmbeddedPorts.Contains(name));

    private static void Set(JsonObject owner, string name, JsonNode? value)
    {
        if (value is null) owner.Remove(name);
        else owner[name] = value;
    }

    private static JsonObject Said(JsonObject members)
    {
        var said = new JsonObject();
        foreach (var (name, value) in members)
        {
            if (!FlowNodes.Same(new JsonObject { [name] = value?.DeepClone() }, new JsonObject())) said[name] = value!.DeepClone();
        }

        return said;
    }

    private static JsonNode? Said(JsonNode? item) => item is JsonObject members ? Said(members) : item?.DeepClone();

    /// <summary>Paths to steps are told to designers and stand in no file.</summary>
    private static JsonNode? WithoutPaths(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                members.Remove("nodeId");
                foreach (var (_, value) in members) WithoutPaths(value);
                break;
            case JsonArray items:
                foreach (var item in items) WithoutPaths(item);
                break;
        }

        return node;
    }
}
