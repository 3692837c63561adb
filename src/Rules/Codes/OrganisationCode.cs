namespace WorkflowEngine.Rules;

/// <summary>
/// The organisation code of GB 11714: eight digits or capital letters and a check character, with or without the hyphen
/// before it. Some real credit codes carry an organisation code that fails its own check: use it as a warning there.
/// </summary>
public static class OrganisationCode
{
    private static readonly int[] Weights = [3, 7, 9, 10, 5, 8, 4, 2];

    public static bool IsValid(string? code)
    {
        if (code is { Length: 10 } && code[8] == '-')
        {
            code = code.Remove(8, 1);
        }

        if (code is not { Length: 9 })
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < 8; i++)
        {
            if (!char.IsAsciiDigit(code[i]) && !char.IsAsciiLetterUpper(code[i]))
            {
                return false;
            }

            sum += (char.IsAsciiDigit(code[i]) ? code[i] - '0' : code[i] - 'A' + 10) * Weights[i];
        }

        var check = (11 - (sum % 11)) switch
        {
            10 => 'X',
            11 => '0',
            var digit => (char)('0' + digit),
        };
        return code[8] == check;
    }
}
