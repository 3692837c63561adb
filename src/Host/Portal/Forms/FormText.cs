using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;

namespace WorkflowEngine.Host.Portal.Forms;

/// <summary>An answer in the words of its form.</summary>
public static class FormText
{
    public static string Of(FormField field, JsonNode? value) => value switch
    {
        null => "",
        JsonValue tick when field.Type == FormFieldType.Checkbox => tick.GetValueKind() == JsonValueKind.True ? "是" : "否",
        JsonValue choice when field.Type == FormFieldType.Select =>
            field.Options.FirstOrDefault(option => option.Value == Plain(choice))?.Label ?? Plain(choice),
        JsonValue scalar => Plain(scalar),
        _ => "",
    };

    /// <summary>Text as it is, anything else as JSON writes it.</summary>
    public static string Plain(JsonNode? value) => value switch
    {
        null => "",
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };
}
