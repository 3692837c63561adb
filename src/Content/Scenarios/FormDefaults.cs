using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;

namespace WorkflowEngine.Content.Scenarios;

/// <summary>
/// What people fill in when a story does not say otherwise, by <c>FORM</c> or <c>FORM:OUTCOME</c>. Later layers (the file's, the
/// story's) go over earlier ones; within a layer the outcome's own goes over the form's.
/// </summary>
internal sealed class FormDefaults
{
    private readonly List<IReadOnlyDictionary<string, JsonObject>> _layers;

    private FormDefaults(List<IReadOnlyDictionary<string, JsonObject>> layers) => _layers = layers;

    public static FormDefaults None { get; } = new([]);

    public FormDefaults Over(IReadOnlyDictionary<string, JsonObject> layer) => new([.. _layers, layer]);

    /// <summary>The whole answer: defaults as far as they are asked, the act's own values over them, what the act leaves blank (null) taken out.</summary>
    public Answers Fill(FormDefinition form, string? outcome, JsonObject own)
    {
        var values = new JsonObject();
        foreach (var layer in _layers)
        {
            foreach (var key in (string[])[form.Id, $"{form.Id}:{outcome}"]) Lay(layer.GetValueOrDefault(key), values);
        }

        Lay(own, values);
        foreach (var field in form.Fields.Where(field => field.When is { } when && !own.ContainsKey(field.Name) && Text(values[when.Field]) != when.EqualTo)) values.Remove(field.Name);
        foreach (var blank in values.Where(value => value.Value is null).Select(value => value.Key).ToList()) values.Remove(blank);

        var files = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var field in form.Fields.Where(field => field.Type == FormFieldType.File && values.ContainsKey(field.Name)))
        {
            files[field.Name] = values[field.Name] is JsonArray names ? [.. names.Select(Text).OfType<string>()] : [Text(values[field.Name])!];
            values.Remove(field.Name);
        }

        return new Answers(values, files);
    }

    private static void Lay(JsonObject? layer, JsonObject over)
    {
        foreach (var (name, value) in layer ?? []) over[name] = value?.DeepClone();
    }

    private static string? Text(JsonNode? node) => node?.ToString();
}
