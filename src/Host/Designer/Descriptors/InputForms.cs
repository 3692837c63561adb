using System.Text.Json.Nodes;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Workflows.Activities;

namespace WorkflowEngine.Host.Designer.Descriptors;

/// <summary>With which of Elsa Studio's editors each input of an activity is filled in, and what it offers to choose from.</summary>
internal sealed class InputForms(ContentSet content)
{
    /// <summary>Beyond this a list is no help; the name is typed instead.</summary>
    private const int MostChoices = 300;

    private readonly IReadOnlyList<(string, string)> _forms = [.. content.Forms.Values.Select(form => (form.Id, form.Title))];
    private readonly IReadOnlyList<(string, string)> _ruleSets = [.. content.RuleSets.Keys.Select(name => (name, name))];
    private readonly IReadOnlyList<(string, string)> _notices = [.. content.Notices.Values.Select(notice => (notice.Name, $"{notice.Letter} {notice.Title}"))];
    private readonly IReadOnlyList<(string, string)> _profiles = [.. content.Standards.Keys.Select(name => (name, name))];
    private readonly IReadOnlyList<(string, string)> _flows = [.. content.Flows.Values.Select(flow => (flow.DefinitionId, flow.Name))];
    private readonly IReadOnlyList<(string, string)> _roles = [.. Roles.All.Select(role => (role, Roles.NameOf(role)))];

    public JsonArray Of(ActivityDescriptor kind)
    {
        var inputs = new JsonArray();
        foreach (var input in kind.Inputs) inputs.Add(Form(kind, input, inputs.Count));
        if (kind.Type == ChosenPorts.Task) inputs.Insert(6, Described(ChosenPorts.Labels, "String", "按钮上的文字", "每行一个：结果 = 文字，如 Approved = 符合要求，发放测试密钥。", "multiline", null, 6));
        return inputs;
    }

    private JsonObject Form(ActivityDescriptor kind, InputDescriptor input, int order)
    {
        var (hint, specification) = Editor(kind, input);
        var described = Described(input.Name, hint == "dynamic-outcomes" ? "ICollection<String>" : input.TypeName, input.DisplayName, Explanation(kind, input), hint, specification, order);
        described["isWrapped"] = !input.IsPlain;
        described["defaultSyntax"] = hint is "dynamic-outcomes" || input.TypeName == "Object" ? "Object" : "Literal";
        described["defaultValue"] = input.TypeName == "Boolean" ? input.Default == "true" : input.Default;
        return described;
    }

    private (string Hint, JsonObject? Specification) Editor(ActivityDescriptor kind, InputDescriptor input) => (kind.Type, input.Name) switch
    {
        (ChosenPorts.Task, "outcomes") => ("dynamic-outcomes", new JsonObject { ["DynamicOutcomesOptions"] = new JsonObject { ["fixedOutcomes"] = new JsonArray([.. kind.SidePorts.Select(port => JsonValue.Create(port))]) } }),
        ("Elsa.FlowFork", "branches") => ("dynamic-outcomes", null),
        ("Elsa.FlowSwitch", "cases") => ("flow-switch-editor", null),
        ("Elsa.Switch", "cases") => ("switch-editor", null),
        ("Elsa.FlowSendHttpRequest", "expectedStatusCodes") => ("http-status-codes", null),
        ("Elsa.SetVariable", "variable") => ("variable-picker", null),
        (_, "form") => Dropdown(_forms),
        (_, "ruleSet") => Dropdown(_ruleSets),
        (_, "notice") => Dropdown(_notices),
        (_, "profile") => Dropdown(_profiles),
        (_, "workflowDefinitionId" or "flow") => Dropdown(_flows),
        (_, "role") => Dropdown(_roles),
        (_, "party" or "holder") => Dropdown(DesignerWords.Parties),
        ("Gov.RaiseWarning", "level") => Dropdown(DesignerWords.Parties),
        _ when input.Options.Count > 0 => Dropdown([.. input.Options.Select(option => (option, DesignerWords.Choice(option)))]),
        _ when input.TypeName == "Boolean" && input.Name != "condition" => ("checkbox", null),
        _ when input.TypeName == "Int32" && Unit(input.Name) is { } unit => ("singleline", new JsonObject { ["singleline"] = new JsonObject { ["adornmentText"] = unit, ["enableCopyAdornment"] = false } }),
        _ when input.TypeName == "Object" || input.Name is "text" or "message" or "refusals" => ("multiline", null),
        _ => ("singleline", null),
    };

    private static (string, JsonObject?) Dropdown(IReadOnlyList<(string Value, string Text)> choices) => choices.Count is 0 or > MostChoices
        ? ("singleline", null)
        : ("dropdown", new JsonObject
        {
            ["dropdown"] = new JsonObject
            {
                ["selectList"] = new JsonObject
                {
                    ["items"] = new JsonArray([.. choices.Select(choice => new JsonObject { ["text"] = choice.Text == choice.Value ? choice.Text : $"{choice.Text}（{choice.Value}）", ["value"] = choice.Value })]),
                    ["isFlagsEnum"] = false,
                },
            },
        });

    private static string? Unit(string input) => input is "limit" or "reminder" or "days" ? "个工作日" : null;

    private static string Explanation(ActivityDescriptor kind, InputDescriptor input)
    {
        var words = (kind.Type, input.Name) switch
        {
            (ChosenPorts.Task, "outcomes") => "每个办理结果是一个出口，用字母写，如 Approved；输入后按回车。",
            (_, "limit") => "自开始之日的次日起算，按国务院办公厅公布的节假日安排。",
            (_, "reminder") => "到期前几个工作日提醒。",
            (_, "guards") or (_, "refusals") or (_, "events") => "JSON 列表，写法见内容编写说明。",
            _ => "",
        };
        return input.IsRequired ? $"必填。{words}" : words;
    }

    private static JsonObject Described(string name, string typeName, string displayName, string description, string hint, JsonObject? specification, int order) => new()
    {
        ["name"] = name, ["typeName"] = typeName, ["displayName"] = displayName, ["description"] = description, ["uiHint"] = hint, ["uiSpecifications"] = specification,
        ["isWrapped"] = true, ["defaultSyntax"] = "Literal", ["defaultValue"] = null, ["category"] = null, ["order"] = order, ["isBrowsable"] = true, ["isReadOnly"] = false,
        ["isSensitive"] = false, ["isSynthetic"] = false, ["isSerializable"] = true, ["autoEvaluate"] = true, ["storageDriverType"] = null,
    };
}
