using System.Text;

namespace WorkflowEngine.Rules;

/// <summary>Puts a failure into words for the vendor or officer who must act, in Chinese.</summary>
internal static class Explanations
{
    /// <summary>How a null is shown.</summary>
    public const string Nothing = "（空）";

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
            text.Append("（字段 ").Append(field).Append('）');
        }

        if (result.UndecidedReason is { } reason)
        {
            text.Append("：无法判断，").Append(reason);
        }
        else if (result.ErrorMessage is { Length: > 0 } message)
        {
            text.Append('：').Append(message);
        }

        End(text);
        if (result.Readings.Count > 0)
        {
            text.Append("实际数据：")
                .AppendJoin("，", result.Readings.Take(MostReadings).Select(reading => $"{reading.Path} = {reading.Value}"));
            End(text);
        }

        if (result.Children?.Where(child => !child.IsSuccess).Select(child => $"“{child.RuleName}”").ToList() is { Count: > 0 } below)
        {
            text.Append("其中未满足：").AppendJoin("、", below);
            End(text);
        }

        if (result.LegalBasis is { } basis)
        {
            text.Append("依据：").Append(basis.Document).Append(basis.Article);
            End(text);
        }

        if (result.Advice is { Length: > 0 } advice)
        {
            text.Append("处理办法：").Append(advice);
            End(text);
        }

        return text.ToString();
    }

    /// <summary>Why an expression stopped, for readers who did not write it.</summary>
    public static string Reason(Exception exception, IReadOnlyList<FactReading> readings) => exception switch
    {
        DivideByZeroException => "除数为零",
        NullReferenceException or ArgumentNullException => readings.Where(reading => reading.Value == Nothing).Select(reading => reading.Path).ToList() is { Count: > 0 } missing
            ? $"以下数据为空：{string.Join("、", missing)}"
            : "所需数据为空",
        BudgetException => "计算量超出上限",
        FormatException => "数据格式不正确",
        OverflowException => "数值超出范围",
        ArgumentOutOfRangeException or IndexOutOfRangeException => "文字或列表不够长",
        InvalidOperationException => "列表中没有所需的数据",
        _ => "数据与规则不符",
    };

    private static void End(StringBuilder text)
    {
        if (text[^1] is not ('。' or '！' or '？'))
        {
            text.Append('。');
        }
    }
}
