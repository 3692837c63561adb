using System.Globalization;
using System.Text.Json;

namespace WorkflowEngine.Content.Reading;

/// <summary>Reads members of a JSON object and reports the ones of the wrong kind or size; what it returns is then only a stand-in.</summary>
internal sealed class MemberReader(string file, ProblemList problems)
{
    private const int MaxTextLength = 10_000;

    public bool IsObject(LocatedJson json, string english, string chinese)
    {
        if (!json.IsObject)
        {
            problems.Add(ProblemCodes.WrongValue, file, json, $"{english} must be an object {{ … }}", $"{chinese}应写成 {{ … }} 的形式");
        }

        return json.IsObject;
    }

    public string RequiredText(LocatedJson owner, string member)
    {
        if (owner[member] is null)
        {
            problems.Add(ProblemCodes.Missing, file, owner, $"'{member}' is missing", $"缺少“{member}”");
            return "";
        }

        var text = OptionalText(owner, member);
        if (text is { } written && string.IsNullOrWhiteSpace(written))
        {
            problems.Add(ProblemCodes.Missing, file, owner[member]!, $"'{member}' is empty", $"“{member}”是空的");
        }

        return text ?? "";
    }

    public string? OptionalText(LocatedJson owner, string member)
    {
        if (owner[member] is not { } value)
        {
            return null;
        }

        if (!value.IsString)
        {
            Wrong(value, member, "a text in quotation marks", "加引号的文字");
            return null;
        }

        if (value.Text.Length > MaxTextLength)
        {
            problems.Add(
                ProblemCodes.TooLarge, file, value,
                $"'{member}' has {value.Text.Length} characters; at most {MaxTextLength} are read",
                $"“{member}”有 {value.Text.Length} 个字，最多 {MaxTextLength} 个");
        }

        return value.Text;
    }

    public bool Flag(LocatedJson owner, string member)
    {
        if (owner[member] is not { } value)
        {
            return false;
        }

        if (value.Kind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Wrong(value, member, "true or false", "true 或 false");
        }

        return value.Kind == JsonValueKind.True;
    }

    public int? Count(LocatedJson owner, string member, int least, int most)
    {
        if (owner[member] is not { } value)
        {
            return null;
        }

        if (value.Kind != JsonValueKind.Number || !int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) || count < least || count > most)
        {
            Wrong(value, member, $"a whole number from {least} to {most}", $"{least} 到 {most} 的整数");
            return null;
        }

        return count;
    }

    public decimal? Number(LocatedJson owner, string member)
    {
        if (owner[member] is not { } value)
        {
            return null;
        }

        if (value.Kind != JsonValueKind.Number || !decimal.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            Wrong(value, member, "a number", "数字");
            return null;
        }

        return number;
    }

    public IReadOnlyList<LocatedJson> Array(LocatedJson owner, string member, int most, bool required)
    {
        if (owner[member] is not { } value)
        {
            if (required)
            {
                problems.Add(ProblemCodes.Missing, file, owner, $"'{member}' is missing", $"缺少“{member}”");
            }

            return [];
        }

        if (!value.IsArray)
        {
            Wrong(value, member, "a list [ … ]", "[ … ] 形式的列表");
            return [];
        }

        if (value.Items.Count > most)
        {
            problems.Add(
                ProblemCodes.TooLarge, file, value,
                $"'{member}' has {value.Items.Count} entries; at most {most} are read", $"“{member}”有 {value.Items.Count} 项，最多 {most} 项");
            return [];
        }

        return value.Items;
    }

    public IReadOnlyList<string> Texts(LocatedJson owner, string member, int most)
    {
        var texts = new List<string>();
        foreach (var item in Array(owner, member, most, required: false))
        {
            if (item.IsString)
            {
                texts.Add(item.Text);
            }
            else
            {
                Wrong(item, member, "a list of texts", "文字列表");
            }
        }

        return texts;
    }

    private void Wrong(LocatedJson value, string member, string english, string chinese) =>
        problems.Add(ProblemCodes.WrongValue, file, value, $"'{member}' must be {english}", $"“{member}”应为{chinese}");
}
