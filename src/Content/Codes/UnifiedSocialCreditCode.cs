using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Codes;

/// <summary>
/// What is wrong with a 统一社会信用代码 (GB 32100), in words. Whether it is valid is decided in one place,
/// <see cref="CreditCode"/>; a person who mistyped one digit of eighteen wants to know which.
/// </summary>
public static class UnifiedSocialCreditCode
{
    public const int Length = 18;

    /// <summary>In Chinese, for the person who typed it; null when the code is valid.</summary>
    public static string? Fault(string? code)
    {
        if (CreditCode.IsValid(code))
        {
            return null;
        }

        if (code is not { Length: Length })
        {
            return $"应为 {Length} 位，填写了 {code?.Length ?? 0} 位";
        }

        for (var i = 0; i < Length; i++)
        {
            if (!char.IsAsciiDigit(code[i]) && (!char.IsAsciiLetterUpper(code[i]) || code[i] is 'I' or 'O' or 'S' or 'V' or 'Z'))
            {
                return $"第 {i + 1} 位“{code[i]}”不是允许的字符（数字和大写字母，不含 I、O、S、V、Z）";
            }

            if (i is >= 2 and < 8 && !char.IsAsciiDigit(code[i]))
            {
                return $"第 {i + 1} 位“{code[i]}”应为数字（第 3 至 8 位是行政区划码）";
            }
        }

        return "校验位（第 18 位）与前 17 位不符，可能有一位写错";
    }
}
