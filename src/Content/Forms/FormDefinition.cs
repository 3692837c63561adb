using System.Text.Json.Nodes;

namespace WorkflowEngine.Content.Forms;

/// <summary>
/// A form that a person fills in: <c>workflows/forms/NAME.json</c>, where NAME is the id that flows name. Read by
/// <see cref="FormReader"/>, which refuses unknown members; answers are checked by <see cref="FormValidator"/>.
/// </summary>
public sealed record FormDefinition
{
    /// <summary>The file's name without <c>.json</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Chinese, shown as the heading.</summary>
    public required string Title { get; init; }

    public string? TitleEn { get; init; }

    /// <summary>One or two sentences above the fields, in Chinese.</summary>
    public string? Intro { get; init; }

    public required IReadOnlyList<FormField> Fields { get; init; }

    public FormField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>
    /// Splits an answer into what may enter the flow (rules, notices, journal) and what must be sealed: names, telephone
    /// numbers and addresses of persons are kept out of flow state and are reached only through the submission. The open
    /// part has every field of the form, null where nothing was answered, so that Lambdas and letters may always name it.
    /// </summary>
    public (JsonObject Public, JsonObject Personal) Split(JsonObject values)
    {
        var personal = new JsonObject();
        foreach (var field in Fields.Where(field => field.Personal && values.ContainsKey(field.Name)))
        {
            personal[field.Name] = values[field.Name]?.DeepClone();
        }

        return (Complete([.. Fields.Where(field => !field.Personal)], values), personal);
    }

    private static JsonObject Complete(IReadOnlyList<FormField> fields, JsonObject values)
    {
        var complete = new JsonObject();
        foreach (var field in fields)
        {
            complete[field.Name] = field.Columns.Count > 0 && values[field.Name] is JsonArray rows
                ? new JsonArray([.. rows.Select(row => row is JsonObject answered ? Complete(field.Columns, answered) : row?.DeepClone())])
                : values[field.Name]?.DeepClone();
        }

        return complete;
    }
}

/// <summary>One question of a form.</summary>
public sealed record FormField
{
    /// <summary>The member of the answer, e.g. <c>productName</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Chinese.</summary>
    public required string Label { get; init; }

    public string? LabelEn { get; init; }

    /// <summary>How to answer, in Chinese; shown below the field and repeated when the answer is missing.</summary>
    public string? Help { get; init; }

    public required FormFieldType Type { get; init; }

    public bool Required { get; init; }

    /// <summary>The outcomes of the task with which this must be answered, e.g. the defects with <c>Returned</c>.</summary>
    public IReadOnlyList<string> RequiredWhenOutcome { get; init; } = [];

    /// <summary>The answer to another field with which this must be answered; without it the field is not asked.</summary>
    public FormCondition? When { get; init; }

    /// <summary>Characters of text; for a list, of each of its texts unless the column says otherwise.</summary>
    public int MaxLength { get; init; }

    /// <summary>For numbers.</summary>
    public decimal? Min { get; init; }

    /// <summary>For numbers.</summary>
    public decimal? Max { get; init; }

    /// <summary>For <see cref="FormFieldType.Select"/>.</summary>
    public IReadOnlyList<FormOption> Options { get; init; } = [];

    /// <summary>True: sealed at rest and never in flow state, journal, notices or logs.</summary>
    public bool Personal { get; init; }

    /// <summary>For files: the endings allowed, each with its dot, e.g. <c>.pdf</c>.</summary>
    public IReadOnlyList<string> Accept { get; init; } = [];

    public int MaxFiles { get; init; } = 1;

    /// <summary>For lists: what one row asks.</summary>
    public IReadOnlyList<FormField> Columns { get; init; } = [];

    public int MaxItems { get; init; }
}

/// <summary>“Asked only when <paramref name="Field"/> was answered with <paramref name="EqualTo"/>.”</summary>
public sealed record FormCondition(string Field, string EqualTo);

/// <summary>A choice: <paramref name="Value"/> is stored, <paramref name="Label"/> is shown.</summary>
/// <param name="Responsible">Whom this answer makes answerable, where the choices are causes of a delay: statistics count by it.</param>
public sealed record FormOption(string Value, string Label, ResponsibleSide? Responsible = null);

/// <summary>Whose side a cause of delay is on (procedures D-8, D-12, D-14, D-16).</summary>
public enum ResponsibleSide
{
    /// <summary>The authority, its technical support unit or its interface.</summary>
    Authority,

    /// <summary>The enterprise that applied: not counted against the authority.</summary>
    Applicant,

    /// <summary>Neither.</summary>
    Nobody,
}

public enum FormFieldType
{
    Text,
    Textarea,
    Number,

    /// <summary><c>yyyy-MM-dd</c>.</summary>
    Date,
    Select,

    /// <summary>A declaration to tick; <see cref="FormField.Required"/> means that it must be ticked.</summary>
    Checkbox,

    /// <summary>Handles of stored attachments: <c>[{"id","name","size","type","sha256"}]</c>.</summary>
    File,

    /// <summary>Rows of <see cref="FormField.Columns"/>.</summary>
    List,

    /// <summary>统一社会信用代码 (GB 32100), checked.</summary>
    Uscc,
    Phone,
    Email,
}
