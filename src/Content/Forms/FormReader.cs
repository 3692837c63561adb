using System.Globalization;
using WorkflowEngine.Content.Reading;
using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Forms;

/// <summary>A form, or why the file is none. With errors <paramref name="Form"/> is null.</summary>
public sealed record FormResult(FormDefinition? Form, IReadOnlyList<Problem> Problems);

/// <summary>
/// Reads a form file strictly: a member that forms do not have is refused with the nearest name that they do have, so that a
/// slip such as <c>"requird"</c> cannot make a mandatory field optional in silence.
/// </summary>
public static class FormReader
{
    public const int MaxFields = 100;
    public const int MaxTextLength = 10_000;
    private const int MaxFiles = 20;
    private const int MaxItems = 200;
    private const int MaxOptions = 500;
    private const int DefaultTextLength = 200;
    private const int DefaultTextareaLength = 2_000;
    private const int DefaultItems = 50;

    private static readonly Dictionary<string, ResponsibleSide> Sides = new(StringComparer.Ordinal)
    {
        ["authority"] = ResponsibleSide.Authority,
        ["applicant"] = ResponsibleSide.Applicant,
        ["nobody"] = ResponsibleSide.Nobody,
    };

    private static readonly string[] FormMembers = ["title", "titleEn", "intro", "fields"];

    private static readonly string[] FieldMembers =
    [
        "name", "label", "labelEn", "help", "type", "required", "requiredWhenOutcome", "when", "maxLength", "min", "max", "options",
        "personal", "accept", "maxFiles", "columns", "maxItems",
    ];

    private static readonly Dictionary<string, FormFieldType> Types = Enum.GetValues<FormFieldType>()
        .ToDictionary(type => type.ToString().ToLower(CultureInfo.InvariantCulture), type => type);

    /// <param name="json">The file's text.</param>
    /// <param name="path">Its path in the repository; the form's id is the file's name.</param>
    public static FormResult Read(string json, string path)
    {
        var problems = new ProblemList();
        var form = LocatedJson.Parse(path, json, problems) is { } root ? Read(root, path, problems) : null;
        return new FormResult(problems.HasErrors ? null : form, problems.All);
    }

    private static FormDefinition? Read(LocatedJson root, string path, ProblemList problems)
    {
        var reader = new MemberReader(path, problems);
        if (!reader.IsObject(root, "a form", "表单"))
        {
            return null;
        }

        problems.RefuseUnknownMembers(path, root, FormMembers);
        return new FormDefinition
        {
            Id = Path.GetFileNameWithoutExtension(path),
            Title = reader.RequiredText(root, "title"),
            TitleEn = reader.OptionalText(root, "titleEn"),
            Intro = reader.OptionalText(root, "intro"),
            Fields = Fields(root, "fields", path, reader, problems, inList: false),
        };
    }

    private static List<FormField> Fields(
        LocatedJson owner, string member, string path, MemberReader reader, ProblemList problems, bool inList)
    {
        var fields = new List<FormField>();
        foreach (var item in reader.Array(owner, member, MaxFields, required: true))
        {
            if (reader.IsObject(item, "a field", "字段") && Field(item, path, reader, problems, inList) is { } field)
            {
                if (fields.Exists(other => other.Name == field.Name))
                {
                    problems.Add(
                        ProblemCodes.DuplicateName, path, item["name"]!,
                        $"two fields are called '{field.Name}'", $"有两个字段都叫“{field.Name}”");
                }

                fields.Add(field);
            }
        }

        foreach (var item in owner[member]?.Items ?? [])
        {
            Condition(item, fields, path, problems);
        }

        return fields;
    }

    private static FormField? Field(LocatedJson json, string path, MemberReader reader, ProblemList problems, bool inList)
    {
        problems.RefuseUnknownMembers(path, json, FieldMembers);
        var name = reader.RequiredText(json, "name");
        if (name.Length > 0 && !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
        {
            problems.Add(
                ProblemCodes.WrongValue, path, json["name"]!,
                $"a field's name is made of letters, digits and '_', because rules and notices write it; '{name}' is not",
                $"字段名只能用英文字母、数字和下划线（规则和文书要引用它），“{name}”不符合");
        }

        if (Type(json, path, reader, problems) is not { } type)
        {
            return null;
        }

        var textLength = type switch
        {
            FormFieldType.Textarea => DefaultTextareaLength,
            FormFieldType.Email => 254,
            _ => DefaultTextLength,
        };
        var field = new FormField
        {
            Name = name,
            Label = reader.RequiredText(json, "label"),
            LabelEn = reader.OptionalText(json, "labelEn"),
            Help = reader.OptionalText(json, "help"),
            Type = type,
            Required = reader.Flag(json, "required"),
            RequiredWhenOutcome = reader.Texts(json, "requiredWhenOutcome", MaxOptions),
            When = When(json, path, reader, problems),
            MaxLength = reader.Count(json, "maxLength", 1, MaxTextLength) ?? textLength,
            Min = reader.Number(json, "min"),
            Max = reader.Number(json, "max"),
            Options = Options(json, path, reader, problems),
            Personal = reader.Flag(json, "personal"),
            Accept = reader.Texts(json, "accept", MaxOptions),
            MaxFiles = reader.Count(json, "maxFiles", 1, MaxFiles) ?? 1,
            Columns = json["columns"] is null ? [] : Fields(json, "columns", path, reader, problems, inList: true),
            MaxItems = reader.Count(json, "maxItems", 1, MaxItems) ?? DefaultItems,
        };
        Contradictions(json, field, path, problems, inList);
        return field;
    }

    private static FormFieldType? Type(LocatedJson json, string path, MemberReader reader, ProblemList problems)
    {
        var word = reader.RequiredText(json, "type");
        if (word.Length == 0)
        {
            return null;
        }

        if (Types.TryGetValue(word, out var type))
        {
            return type;
        }

        problems.Add(
            ProblemCodes.WrongValue, path, json["type"]!,
            $"'{word}' is not a field type{DidYouMean.Of(word, Types.Keys)} (known: {string.Join(", ", Types.Keys)})",
            $"没有“{word}”这种字段类型{DidYouMean.Chinese(word, Types.Keys)}（可用：{string.Join("、", Types.Keys)}）");
        return null;
    }

    private static FormCondition? When(LocatedJson json, string path, MemberReader reader, ProblemList problems)
    {
        if (json["when"] is not { } when || !reader.IsObject(when, "'when'", "“when”"))
        {
            return null;
        }

        problems.RefuseUnknownMembers(path, when, ["field", "equals"]);
        return new FormCondition(reader.RequiredText(when, "field"), reader.RequiredText(when, "equals"));
    }

    private static List<FormOption> Options(LocatedJson json, string path, MemberReader reader, ProblemList problems)
    {
        var options = new List<FormOption>();
        foreach (var item in reader.Array(json, "options", MaxOptions, required: false))
        {
            if (reader.IsObject(item, "an option", "选项"))
            {
                problems.RefuseUnknownMembers(path, item, ["value", "label", "responsible"]);
                var option = new FormOption(reader.RequiredText(item, "value"), reader.RequiredText(item, "label"), Responsible(item, path, reader, problems));
                if (options.Exists(other => other.Value == option.Value))
                {
                    problems.Add(
                        ProblemCodes.DuplicateName, path, item,
                        $"two options have the value '{option.Value}'", $"有两个选项的值都是“{option.Value}”");
                }

                options.Add(option);
            }
        }

        return options;
    }

    private static ResponsibleSide? Responsible(LocatedJson json, string path, MemberReader reader, ProblemList problems)
    {
        if (reader.OptionalText(json, "responsible") is not { } word) return null;
        if (Sides.TryGetValue(word, out var side)) return side;

        problems.Add(
            ProblemCodes.WrongValue, path, json["responsible"]!,
            $"'{word}' is nobody who can be responsible{DidYouMean.Of(word, Sides.Keys)} (known: {string.Join(", ", Sides.Keys)})",
            $"“{word}”不是责任方{DidYouMean.Chinese(word, Sides.Keys)}（可用：{string.Join("、", Sides.Keys)}）");
        return null;
    }

    /// <summary>Members that the field's type does not use would be believed by the author and ignored by us.</summary>
    private static void Contradictions(LocatedJson json, FormField field, string path, ProblemList problems, bool inList)
    {
        Only("options", field.Type == FormFieldType.Select, "select");
        Only("accept", field.Type == FormFieldType.File, "file");
        Only("maxFiles", field.Type == FormFieldType.File, "file");
        Only("columns", field.Type == FormFieldType.List, "list");
        Only("maxItems", field.Type == FormFieldType.List, "list");
        Only("min", field.Type == FormFieldType.Number, "number");
        Only("max", field.Type == FormFieldType.Number, "number");
        Only("maxLength", field.Type is FormFieldType.Text or FormFieldType.Textarea, "text, textarea");
        Needs("options", field.Type == FormFieldType.Select && field.Options.Count == 0);
        Needs("columns", field.Type == FormFieldType.List && json["columns"] is null);
        if (inList && field.Type is FormFieldType.List)
        {
            problems.Add(ProblemCodes.WrongValue, path, json, "a list cannot stand inside a list", "列表里面不能再套列表");
        }

        if (inList && field.Type is FormFieldType.File)
        {
            problems.Add(
                ProblemCodes.WrongValue, path, json, "a file cannot stand inside a list: only files of the form itself are checked and kept with the case",
                "附件不能放在列表里面，请作为表单自己的一项");
        }

        if (inList && field.Personal)
        {
            problems.Add(
                ProblemCodes.WrongValue, path, json["personal"]!,
                "mark the list itself as personal, not a column: a row is stored as one",
                "请把整个列表标为个人信息，而不是其中一列：一行是整体保存的");
        }

        void Only(string member, bool fits, string types)
        {
            if (json[member] is { } value && !fits)
            {
                problems.Add(
                    ProblemCodes.WrongValue, path, value,
                    $"'{member}' has no meaning for a field of type '{json["type"]!.Text}' (only for: {types})",
                    $"“{member}”对“{json["type"]!.Text}”类型的字段没有意义（只用于：{types}）");
            }
        }

        void Needs(string member, bool missing)
        {
            if (missing)
            {
                problems.Add(
                    ProblemCodes.Missing, path, json,
                    $"a field of type '{json["type"]!.Text}' needs '{member}'", $"“{json["type"]!.Text}”类型的字段必须写明“{member}”");
            }
        }
    }

    /// <summary>A condition must name a choice of the same form; a misspelt one would hide the field for ever.</summary>
    private static void Condition(LocatedJson item, List<FormField> fields, string path, ProblemList problems)
    {
        if (item["when"] is not { IsObject: true } when || when.StringAt("field") is not { } name)
        {
            return;
        }

        if (fields.Find(field => field.Name == name) is not { } asked)
        {
            var names = fields.Select(field => field.Name).ToList();
            problems.Add(
                ProblemCodes.UnknownName, path, when["field"]!,
                $"there is no field '{name}' in this form{DidYouMean.Of(name, names)}",
                $"表单里没有“{name}”这个字段{DidYouMean.Chinese(name, names)}");
        }
        else if (asked.Type == FormFieldType.Select && when.StringAt("equals") is { } value && asked.Options.All(option => option.Value != value))
        {
            var values = asked.Options.Select(option => option.Value).ToList();
            problems.Add(
                ProblemCodes.UnknownName, path, when["equals"]!,
                $"'{value}' is not an option of '{name}'{DidYouMean.Of(value, values)}",
                $"“{value}”不是“{name}”的选项{DidYouMean.Chinese(value, values)}");
        }
    }
}
