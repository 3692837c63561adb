using System.Globalization;
using System.Text.Json;

namespace WorkflowEngine.Rules;

/// <summary>Reads single members of rule files; a value of the wrong kind is a problem with its place.</summary>
internal sealed partial class RuleFileReader
{
    private string? Text(JsonTree tree, string name)
    {
        if (tree.Find(name) is not { IsNull: false } value)
        {
            return null;
        }

        if (value.IsString)
        {
            return value.Text;
        }

        Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is a text");
        return null;
    }

    private IReadOnlyList<string>? Texts(JsonTree tree, string name)
    {
        if (tree.Find(name) is not { IsNull: false } value)
        {
            return null;
        }

        if (value.IsArray && value.Elements.All(element => element.IsString))
        {
            return [.. value.Elements.Select(element => element.Text)];
        }

        Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is a list of texts");
        return null;
    }

    private bool? Flag(JsonTree tree, string name)
    {
        if (tree.Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind is JsonTokenType.True or JsonTokenType.False)
        {
            return value.Kind == JsonTokenType.True;
        }

        Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is true or false");
        return null;
    }

    private int? Number(JsonTree tree, string name)
    {
        if (_asOriginal || tree.Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind == JsonTokenType.Number && int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is a whole number");
        return null;
    }

    private DateOnly? Date(JsonTree tree, string name)
    {
        if (_asOriginal || tree.Find(name) is not { IsNull: false } value)
        {
            return null;
        }

        if (value.IsString && DateOnly.TryParseExact(value.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is a date such as \"2022-09-10\"");
        return null;
    }

    private T? Choice<T>(JsonTree tree, string name)
        where T : struct, Enum
    {
        if (_asOriginal || tree.Find(name) is not { IsNull: false } value)
        {
            return null;
        }

        if (value.IsString && Enum.GetNames<T>().Contains(value.Text, StringComparer.Ordinal))
        {
            return Enum.Parse<T>(value.Text);
        }

        Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is one of {string.Join(", ", Enum.GetNames<T>())}{DidYouMean.Of(value.Text, Enum.GetNames<T>())}");
        return null;
    }

    private Dictionary<string, JsonElement>? Object(JsonTree tree, string name)
    {
        if (tree.Find(name) is not { IsNull: false } value)
        {
            return null;
        }

        if (!value.IsObject)
        {
            Problem(value, RuleProblemCodes.WrongValue, $"'{name}' is an object");
            return null;
        }

        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (member, _, content) in value.Members)
        {
            members[member] = content.ToElement();
        }

        return members;
    }
}
