using System.Globalization;
using System.Net.Mail;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Content.Codes;

namespace WorkflowEngine.Content.Forms;

/// <summary>An answer that cannot be accepted.</summary>
/// <param name="Field">The place in the answer, e.g. <c>defects[0].clause</c>.</param>
/// <param name="Label">The field's Chinese label.</param>
/// <param name="Message">What is wrong and what to do, in Chinese, for the person who filled in the form.</param>
public sealed record FieldProblem(string Field, string Label, string Message);

/// <summary>
/// Checks an answer against its form. Everything is bounded: an answer that this accepts is small enough to store and to
/// carry in flow state. Whether attachments exist and belong to the person is for the host to check.
/// </summary>
public static partial class FormValidator
{
    /// <param name="form">The form that was shown.</param>
    /// <param name="values">The answer; numbers may be JSON numbers or digits, as a browser sends them.</param>
    /// <param name="outcome">The outcome chosen with it; null when a form opens a case.</param>
    public static IReadOnlyList<FieldProblem> Validate(FormDefinition form, JsonObject values, string? outcome = null)
    {
        var problems = new List<FieldProblem>();
        Rows(form.Fields, values, outcome, prefix: "", place: "", problems);
        return problems;
    }

    private static void Rows(
        IReadOnlyList<FormField> fields, JsonObject values, string? outcome, string prefix, string place, List<FieldProblem> problems)
    {
        foreach (var name in values.Select(pair => pair.Key).Where(name => fields.All(field => field.Name != name)))
        {
            problems.Add(new(prefix + Short(name), Short(name), $"表单中没有“{Short(name)}”这一项，请刷新页面后重新填写。"));
        }

        foreach (var field in fields)
        {
            var value = values[field.Name];
            var asked = field.When is not { } when || Scalar(values[when.Field]) == when.EqualTo;
            if (IsEmpty(value))
            {
                if (asked && (field.Required || (outcome is not null && field.RequiredWhenOutcome.Contains(outcome))))
                {
                    problems.Add(new(prefix + field.Name, field.Label, Missing(field, place)));
                }

                continue;
            }

            if (!asked)
            {
                problems.Add(new(
                    prefix + field.Name, field.Label, $"{place}“{field.Label}”在当前选择下不需要填写，请清空。"));
                continue;
            }

            if (Fault(field, value!, outcome, prefix + field.Name, place, problems) is { } fault)
            {
                problems.Add(new(prefix + field.Name, field.Label, $"{place}“{field.Label}”{fault}"));
            }
        }
    }

    /// <summary>What is wrong with one answer; problems inside a list's rows are added directly.</summary>
    private static string? Fault(
        FormField field, JsonNode value, string? outcome, string path, string place, List<FieldProblem> problems) => field.Type switch
    {
        FormFieldType.Number => Number(field, value),
        FormFieldType.Checkbox => value is JsonValue tick && tick.GetValueKind() is JsonValueKind.True or JsonValueKind.False
            ? null
            : "只能勾选或不勾选。",
        FormFieldType.File => Files(field, value),
        FormFieldType.List => List(field, value, outcome, path, place, problems),
        _ => value is JsonValue text && text.TryGetValue<string>(out var written) ? Text(field, written) : "应填写文字。",
    };

    private static string? Text(FormField field, string text)
    {
        if (text.Length > field.MaxLength)
        {
            return $"最多 {field.MaxLength} 个字，填写了 {text.Length} 个。";
        }

        if (text.Any(c => char.IsControl(c) && !(field.Type == FormFieldType.Textarea && c is '\n' or '\r' or '\t')))
        {
            return "含有不可见的控制字符，请重新键入。";
        }

        switch (field.Type)
        {
            case FormFieldType.Date:
                return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
                    ? null
                    : $"“{Short(text)}”不是有效日期，请按“2022-09-30”的格式填写。";
            case FormFieldType.Select:
                return field.Options.Any(option => option.Value == text)
                    ? null
                    : $"“{Short(text)}”不在可选项中，可选：{string.Join("、", field.Options.Select(option => option.Label))}。";
            case FormFieldType.Uscc:
                return UnifiedSocialCreditCode.Fault(text) is { } fault ? $"{fault}，请对照营业执照核对。" : null;
            case FormFieldType.Phone:
                return PhonePattern().IsMatch(text) ? null : "不是有效的电话号码，请填写手机号，或带区号的固定电话。";
            case FormFieldType.Email:
                return MailAddress.TryCreate(text, out var address) && address.Address == text && address.Host.Contains('.', StringComparison.Ordinal)
                    ? null
                    : "不是有效的电子邮箱地址。";
            default:
                return null;
        }
    }

    private static string? Number(FormField field, JsonNode value)
    {
        if (!decimal.TryParse(Scalar(value), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            return "应填写数字。";
        }

        return (field.Min, field.Max) switch
        {
            ({ } min, _) when number < min => $"不能小于 {min}。",
            (_, { } max) when number > max => $"不能大于 {max}。",
            _ => null,
        };
    }

    private static string? Files(FormField field, JsonNode value)
    {
        if (value is not JsonArray files)
        {
            return "应为上传的附件。";
        }

        if (files.Count > field.MaxFiles)
        {
            return $"最多上传 {field.MaxFiles} 个文件，已上传 {files.Count} 个。";
        }

        foreach (var file in files)
        {
            if (file is not JsonObject handle || Scalar(handle["id"]) is not { Length: > 0 and <= 100 } || Scalar(handle["name"]) is not { Length: > 0 and <= 200 } name)
            {
                return "中有附件未上传成功，请重新上传。";
            }

            if (field.Accept.Count > 0 && !field.Accept.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            {
                return $"不接受“{name}”这种文件，可上传：{string.Join("、", field.Accept)}。";
            }
        }

        return null;
    }

    private static string? List(
        FormField field, JsonNode value, string? outcome, string path, string place, List<FieldProblem> problems)
    {
        if (value is not JsonArray rows)
        {
            return "应逐条填写。";
        }

        if (rows.Count > field.MaxItems)
        {
            return $"最多 {field.MaxItems} 条，填写了 {rows.Count} 条。";
        }

        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i] is not JsonObject row)
            {
                return $"第 {i + 1} 条不完整，请重新填写。";
            }

            Rows(field.Columns, row, outcome, $"{path}[{i}].", $"{place}{field.Label}第 {i + 1} 条", problems);
        }

        return null;
    }

    private static string Missing(FormField field, string place)
    {
        var what = field.Type switch
        {
            FormFieldType.File => "未上传",
            FormFieldType.Checkbox => "未勾选",
            FormFieldType.Select => "未选择",
            _ => "未填写",
        };
        return field.Help is { } help ? $"{place}“{field.Label}”{what}。{help}" : $"{place}“{field.Label}”{what}。";
    }

    /// <summary>Blank text and an unticked box count as no answer.</summary>
    private static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray array => array.Count == 0,
        JsonObject => false,
        _ => value.GetValueKind() == JsonValueKind.False || string.IsNullOrWhiteSpace(Scalar(value)),
    };

    private static string? Scalar(JsonNode? value) => value is JsonValue scalar
        ? scalar.TryGetValue<string>(out var text) ? text : scalar.ToJsonString()
        : null;

    /// <summary>What a stranger sent is repeated only so far.</summary>
    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";

    [GeneratedRegex(@"^(1[3-9]\d{9}|(\+\d{1,3}[- ]?)?0?\d{2,4}[- ]?\d{7,8}([- ]\d{1,6})?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex PhonePattern();
}
