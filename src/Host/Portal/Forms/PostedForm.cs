using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;

namespace WorkflowEngine.Host.Portal.Forms;

/// <summary>
/// What a browser posted, as the answer that the form describes. Only members of the form are read, whatever else came;
/// empty inputs and rows in which nothing was written are left out. Whether the answer is acceptable is not decided here.
/// </summary>
public sealed class PostedForm(FormDefinition form, IFormCollection posted)
{
    /// <summary>The outcome chosen, if the form offers any.</summary>
    public string? Outcome => Text(FieldNames.Outcome);

    /// <summary>Made when the form was shown: a second click on the same page is the same act.</summary>
    public Guid? Key => Guid.TryParse(posted[FieldNames.Key], out var key) ? key : null;

    /// <summary>The list to which the person asked for one more row, without wanting to submit yet.</summary>
    public string? AddRowTo => Text(FieldNames.AddRow) is { } name && form.Field(name)?.Type == FormFieldType.List ? name : null;

    /// <summary>True when a button was pressed that only changes the page: add or remove a row, discard a file.</summary>
    public bool IsRearrangement =>
        AddRowTo is not null || Text(FieldNames.RemoveRow) is not null || Text(FieldNames.RemoveFile) is not null;

    /// <summary>New files of a field, as uploaded; empty choosers of the browser are left out.</summary>
    public IEnumerable<IFormFile> NewFiles(FormField field) =>
        posted.Files.GetFiles(FieldNames.Input(field.Name)).Where(file => file.Length > 0 || file.FileName.Length > 0);

    /// <summary>The answer, with the handles of files stored before; the caller adds those of new files.</summary>
    public JsonObject Values() => Read(form.Fields, prefix: "");

    private JsonObject Read(IReadOnlyList<FormField> fields, string prefix)
    {
        var values = new JsonObject();
        foreach (var field in fields)
        {
            var path = prefix + field.Name;
            JsonNode? value = field.Type switch
            {
                FormFieldType.Checkbox => Text(FieldNames.Input(path)) is null ? null : JsonValue.Create(true),
                FormFieldType.File => StoredFiles(path),
                FormFieldType.List => Rows(field, path),
                FormFieldType.Number => Number(Text(FieldNames.Input(path))),
                // Browsers send CR LF; a text has the same length for the validator as it had for its author.
                _ => Text(FieldNames.Input(path))?.ReplaceLineEndings("\n") is { } text ? JsonValue.Create(text) : null,
            };
            if (value is not null) values[field.Name] = value;
        }

        return values;
    }

    private JsonArray? Rows(FormField list, string path)
    {
        var removed = Text(FieldNames.RemoveRow);
        var rows = new JsonArray();

        // One row more than allowed is read, so that the validator can say that there are too many.
        for (var i = 0; i <= list.MaxItems; i++)
        {
            if (removed == $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]") continue;
            var row = Read(list.Columns, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}].");
            if (row.Count > 0) rows.Add(row);
        }

        return rows.Count == 0 ? null : rows;
    }

    private JsonArray? StoredFiles(string path)
    {
        var discarded = Text(FieldNames.RemoveFile);
        var handles = new JsonArray();
        foreach (var text in posted[FieldNames.StoredFiles(path)])
        {
            if (ParseHandle(text) is { } handle && (string?)handle["id"] != discarded) handles.Add(handle);
        }

        return handles.Count == 0 ? null : handles;
    }

    /// <summary>A handle comes back from the browser; whether it is real and this person's is checked where it is used.</summary>
    private static JsonObject? ParseHandle(string? text)
    {
        if (text is not { Length: > 0 and <= 1000 }) return null;
        try
        {
            return JsonNode.Parse(text) is JsonObject handle && handle["id"] is JsonValue id && id.GetValueKind() == JsonValueKind.String ? handle : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonValue? Number(string? text) => text is null
        ? null
        : decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : JsonValue.Create(text);

    private string? Text(string name) => posted[name] is [{ } text, ..] && text.Trim() is { Length: > 0 } trimmed ? trimmed : null;
}
