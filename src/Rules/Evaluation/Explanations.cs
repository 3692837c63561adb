using System.Text;

namespace WorkflowEngine.Rules;

/// <summary>Puts a failure into words for the vendor or officer who must act, in Chinese.</summary>
internal static class Explanations
{
    private const int MostReadings = 6;

    public static string Of(RuleResult result)
    {
        if (result.IsSuccess)
        {
            return "";
        }

        var text = new StringBuilder();
        text.Append(result.Severity == RuleSeverity.Reject ? "未通过规则“" : "请注意规则“").Append(result.RuleName).Append('”');
        if (result.Field is { } field)
        {
            text.Append("(字段 ").Append(field).Append(')');
        }

        if (result.IsUndecided)
        {
            text.Append(":无法判断,").Append(result.ExceptionMessage);
        }
        else if (result.ErrorMessage is { Length: > 0 } message)
        {
            text.Append(':').Append(message);
        }

        End(text);
        if (result.Readings.Count > 0)
        {
            text.Append("实际数据:")
                .AppendJoin(",", result.Readings.Take(MostReadings).Select(reading => $"{reading.Path} = {reading.Value}"));
            End(text);
        }

        if (result.LegalBasis is { } basis)
        {
            text.Append("依据:").Append(basis.Document).Append(basis.Article);
            End(text);
        }

        if (result.Advice is { Length: > 0 } advice)
        {
            text.Append("处理办法:").Append(advice);
            End(text);
        }

        return text.ToString();
    }

    private static void End(StringBuilder text)
    {
        if (text[^1] is not ('。' or '!' or '?'))
        {
            text.Append('。');
        }
    }
}
