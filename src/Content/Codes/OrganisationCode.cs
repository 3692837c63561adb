namespace WorkflowEngine.Content.Codes;

/// <summary>组织机构代码 (GB 11714): eight digits or capital letters and a check character; also characters 9 to 17 of a credit code.</summary>
public static class OrganisationCode
{
    public const int Length = 9;

    private static ReadOnlySpan<byte> Weights => [3, 7, 9, 10, 5, 8, 4, 2];

    public static bool IsValid(string code)
    {
        if (code.Length != Length) return false;

        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            if (ValueOf(code[i]) is not { } value) return false;
            sum += value * Weights[i];
        }

        var check = (11 - (sum % 11)) switch { 10 => 'X', 11 => '0', var rest => (char)('0' + rest) };
        return code[^1] == check;
    }

    private static int? ValueOf(char character) => character switch
    {
        >= '0' and <= '9' => character - '0',
        >= 'A' and <= 'Z' => character - 'A' + 10,
        _ => null,
    };
}
