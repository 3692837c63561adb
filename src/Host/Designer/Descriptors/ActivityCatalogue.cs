using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Host.Designer.Descriptors;

/// <summary>The kinds of activities as Elsa's designers ask for them, from the one registry. Made once for each release: what can be chosen is the content's.</summary>
public sealed class ActivityCatalogue
{
    private volatile Made? _last;

    /// <summary>JSON, as it is answered.</summary>
    public string Of(ContentSet content)
    {
        if (_last is { } last && last.Release == content.Id) return last.Json;

        var forms = new InputForms(content);
        var items = new JsonArray([.. ActivityRegistry.Descriptors.Select(kind => Describe(kind, forms))]);
        var json = new JsonObject { ["count"] = items.Count, ["items"] = items }.ToJsonString();
        _last = new Made(content.Id, json);
        return json;
    }

    private static JsonObject Describe(ActivityDescriptor kind, InputForms forms)
    {
        var dot = kind.Type.LastIndexOf('.');
        return new JsonObject
        {
            ["typeName"] = kind.Type,
            ["clrType"] = null,
            ["namespace"] = kind.Type[..dot],
            ["name"] = kind.Type[(dot + 1)..],
            ["version"] = kind.Version,
            ["category"] = kind.Category,
            ["displayName"] = kind.DisplayName,
            ["description"] = kind.Description,
            ["inputs"] = forms.Of(kind),
            ["outputs"] = new JsonArray([.. kind.Outputs.Select((output, order) => new JsonObject
            {
                ["name"] = output.Name, ["typeName"] = output.TypeName, ["displayName"] = output.DisplayName, ["description"] = "", ["order"] = order,
                ["isBrowsable"] = true, ["isSynthetic"] = false, ["isSerializable"] = true,
            })]),
            ["kind"] = kind.IsTrigger ? "Trigger" : "Action",
            ["ports"] = kind.IsTerminal ? [] : new JsonArray(
            [
                .. kind.Ports.Concat(kind.SidePorts).Select(port => Port(port, "Flow")),
                .. kind.EmbeddedPorts.Select(port => Port(port, "Embedded")),
            ]),
            ["customProperties"] = new JsonObject(),
            ["constructionProperties"] = new JsonObject(),
            ["isContainer"] = kind.IsContainer,
            // A flowchart is what steps are drawn on; it is no step to be drawn.
            ["isBrowsable"] = kind.IsBrowsable && kind.Type != "Elsa.Flowchart",
            ["isStart"] = kind.Type == "Elsa.Start",
            ["isTerminal"] = kind.IsTerminal,
        };
    }

    private static JsonObject Port(string name, string type) => new() { ["name"] = name, ["displayName"] = DesignerWords.Port(name), ["type"] = type, ["isBrowsable"] = true };

    private sealed record Made(string Release, string Json);
}
