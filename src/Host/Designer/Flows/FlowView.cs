using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Host.Designer.Flows;

/// <summary>
/// A flow's file in the one notation that Elsa's designers read: names in their case, lists unwrapped, connections nested, values within expressions, structured values as
/// texts that can be edited, and each step with the path to it. <see cref="FlowMerge"/> writes what comes back into the file again.
/// </summary>
internal sealed class FlowView
{
    /// <summary>The activity that wraps what is drawn, as the engine numbers it.</summary>
    private const string Wrapper = "Workflow1";

    private static readonly string[] Common = ["id", "nodeId", "name", "version", "customProperties", "metadata", "activities", "connections", "variables"];

    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counters = new(StringComparer.Ordinal);

    private FlowView(JsonNode? root) => Gather(root);

    /// <summary>Without what is known of the version: id, number, state, links.</summary>
    public static JsonObject Of(JsonObject file) => new()
    {
        ["definitionId"] = FlowNodes.Text(file, "definitionId") ?? FlowNodes.Text(file, "id") ?? "",
        ["name"] = FlowNodes.Text(file, "name"),
        ["description"] = FlowNodes.Text(file, "description"),
        ["toolVersion"] = FlowNodes.Text(file, "toolVersion"),
        ["variables"] = List(file["variables"]),
        ["inputs"] = List(file["inputs"]),
        ["outputs"] = List(file["outputs"]),
        ["outcomes"] = List(file["outcomes"]),
        ["customProperties"] = file["customProperties"] as JsonObject is { } custom ? custom.DeepClone() : new JsonObject(),
        ["isReadonly"] = false,
        ["isSystem"] = false,
        ["options"] = file["options"] as JsonObject is { } options ? options.DeepClone() : new JsonObject(),
        ["root"] = file["root"] is JsonObject root
            ? new FlowView(root).Step(root, Wrapper)
            : new JsonObject { ["id"] = "Sequence1", ["nodeId"] = $"{Wrapper}:Sequence1", ["type"] = "Elsa.Sequence", ["version"] = 1, ["customProperties"] = new JsonObject(), ["metadata"] = new JsonObject(), ["activities"] = new JsonArray() },
    };

    /// <summary>A connection's ends, from whichever of Elsa's two notations.</summary>
    public static (string Source, string Port, string Target, string TargetPort)? Ends(JsonNode? connection) =>
        FlowNodes.Text(connection, "source") is { } from && FlowNodes.Text(connection, "target") is { } to
            ? (from, FlowNodes.Text(connection, "sourcePort") ?? "Done", to, FlowNodes.Text(connection, "targetPort") ?? "In")
            : connection is JsonObject nested && FlowNodes.Text(nested["source"], "activity") is { } source && FlowNodes.Text(nested["target"], "activity") is { } target
                ? (source, FlowNodes.Text(nested["source"], "port") ?? "Done", target, FlowNodes.Text(nested["target"], "port") ?? "In")
                : null;

    private static JsonArray List(JsonNode? list) => [.. FlowNodes.Items(list).Select(item => item?.DeepClone())];

    private JsonObject Step(JsonObject step, string parent)
    {
        var type = FlowNodes.Text(step, "type") ?? "";
        var kind = FlowNodes.KindOf(type);
        var id = FlowNodes.Text(step, "id") is { Length: > 0 } given ? given : NextId(type);
        var nodeId = $"{parent}:{id}";
        var view = new JsonObject { ["id"] = id, ["nodeId"] = nodeId, ["type"] = type, ["version"] = FlowNodes.Number(step, "version") ?? kind?.Version ?? 1 };
        foreach (var (written, value) in step)
        {
            var name = NameOf(kind, written);
            if (name is "id" or "nodeId" or "type" or "version") continue;
            view[name] = Member(kind, name, value, nodeId, step);
        }

        if (view["customProperties"] is not JsonObject) view["customProperties"] = new JsonObject();
        if (view["metadata"] is not JsonObject) view["metadata"] = new JsonObject();
        ChosenPorts.Show(view, step);
        return view;
    }

    private JsonNode? Member(ActivityDescriptor? kind, string name, JsonNode? value, string nodeId, JsonObject step) => name switch
    {
        "activities" => new JsonArray([.. FlowNodes.Items(value).Select(child => child is JsonObject inner ? Step(inner, nodeId) : child?.DeepClone())]),
        "connections" => Connections(value, step),
        "variables" => List(value),
        _ when value is JsonObject inner && FlowNodes.IsStep(inner) => Step(inner, nodeId),
        _ when kind?.Inputs.FirstOrDefault(input => input.Name == name) is { IsPlain: false } input => Input(input, value),
        _ when value is JsonArray list => new JsonArray([.. list.Select(item => Listed(item, nodeId))]),
        _ => value?.DeepClone(),
    };

    /// <summary>An item of a list of an activity's own making: a branch, or a case with its activity.</summary>
    private JsonNode? Listed(JsonNode? item, string nodeId)
    {
        if (item is JsonObject branch && FlowNodes.IsStep(branch)) return Step(branch, nodeId);

        var view = item?.DeepClone();
        if (view is JsonObject choice && item!["activity"] is JsonObject chosen && FlowNodes.IsStep(chosen)) choice["activity"] = Step(chosen, nodeId);
        return view;
    }

    /// <summary>Only those between steps that are there; a designer cannot draw the others.</summary>
    private static JsonArray Connections(JsonNode? list, JsonObject flowchart)
    {
        var steps = FlowNodes.Items(flowchart["activities"]).Select(step => FlowNodes.Text(step, "id")).ToHashSet();
        return
        [
            .. from connection in FlowNodes.Items(list)
               let ends = Ends(connection)
               where ends is not null && steps.Contains(ends.Value.Source) && steps.Contains(ends.Value.Target)
               select Connection(ends.Value, (connection as JsonObject)?["vertices"]),
        ];
    }

    public static JsonObject Connection((string Source, string Port, string Target, string TargetPort) ends, JsonNode? vertices) => new()
    {
        ["source"] = new JsonObject { ["activity"] = ends.Source, ["port"] = ends.Port },
        ["target"] = new JsonObject { ["activity"] = ends.Target, ["port"] = ends.TargetPort },
        ["vertices"] = vertices?.DeepClone() ?? new JsonArray(),
    };

    private static JsonNode? Input(InputDescriptor input, JsonNode? value)
    {
        if (value is not JsonObject wrapper)
        {
            return value is null ? null : Wrapped(input.TypeName, "Literal", value.DeepClone());
        }

        if (wrapper["expression"] is not JsonObject expression) return wrapper.DeepClone();

        var view = new JsonObject();
        foreach (var (name, member) in wrapper)
        {
            view[name.Equals("typeName", StringComparison.OrdinalIgnoreCase) ? "typeName" : name.Equals("expression", StringComparison.OrdinalIgnoreCase) ? "expression" : name] = member?.DeepClone();
        }

        // A box shows a text, and of anything else its last letter.
        var content = expression["value"];
        view["expression"] = new JsonObject
        {
            ["type"] = FlowNodes.Text(expression, "type") ?? "Literal",
            ["value"] = content is JsonArray || (content is JsonObject && FlowNodes.Text(expression, "type") == "Object") ? FlowNodes.Readable(content) : content?.DeepClone(),
        };
        return view;
    }

    public static JsonObject Wrapped(string typeName, string expression, JsonNode? value) =>
        new() { ["typeName"] = typeName, ["expression"] = new JsonObject { ["type"] = expression, ["value"] = value } };

    /// <summary>The name of a member as designers look for it.</summary>
    private static string NameOf(ActivityDescriptor? kind, string written)
    {
        foreach (var name in Common)
        {
            if (name.Equals(written, StringComparison.OrdinalIgnoreCase)) return name;
        }

        return kind?.Inputs.Select(input => input.Name).Concat(kind.Outputs.Select(output => output.Name)).Concat(kind.EmbeddedPorts)
            .FirstOrDefault(name => name.Equals(written, StringComparison.OrdinalIgnoreCase)) ?? written;
    }

    private string NextId(string type)
    {
        var simple = type[(type.LastIndexOf('.') + 1)..];
        while (true)
        {
            var next = _counters.GetValueOrDefault(simple) + 1;
            _counters[simple] = next;
            var id = string.Create(CultureInfo.InvariantCulture, $"{simple}{next}");
            if (_ids.Add(id)) return id;
        }
    }

    private void Gather(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                if (FlowNodes.IsStep(members) && FlowNodes.Text(members, "id") is { } id) _ids.Add(id);
                foreach (var (_, value) in members) Gather(value);
                break;
            case JsonArray items:
                foreach (var item in items) Gather(item);
                break;
        }
    }
}
