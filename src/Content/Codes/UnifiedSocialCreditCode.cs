namespace WorkflowEngine.Content.Codes;

/// <summary>
/// 统一社会信用代码 (GB 32100): 18 characters without I, O, S, V, Z; the last one is a check character over the first 17.
/// </summary>
public static class UnifiedSocialCreditCode
{
    private const string Alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    public const int Length = 18;

    public static bool IsValid(string? code) => Fault(code) is null;

    /// <summary>What is wrong with the code, in Chinese, for the person who typed it; null when nothing is.</summary>
    public static string? Fault(string? code)
    {
        if (code is null || code.Length != Length)
        {
            return $"应为 {Length} 位，填写了 {code?.Length ?? 0} 位";
        }

        var sum = 0;
        var weight = 1;
        for (var i = 0; i < Length; i++)
        {
            var value = Alphabet.IndexOf(code[i], StringComparison.Ordinal);
            if (value < 0)
            {
                return $"第 {i + 1} 位“{code[i]}”不是允许的字符（数字和大写字母，不含 I、O、S、V、Z）";
            }

            if (i < Length - 1)
            {
                sum += value * weight;
                weight = weight * 3 % 31;
            }
        }

        return code[^1] == Alphabet[(31 - (sum % 31)) % 31] ? null : "校验位（第 18 位）与前 17 位不符，可能有一位写错";
    }
}
