namespace WorkflowEngine.Rules;

/// <summary>The 18-character unified social credit code of GB 32100.</summary>
public static class CreditCode
{
    // No I, O, S, V, Z; the place in this text is the value of the character.
    private const string Characters = "0123456789ABCDEFGHJKLMNPQRTUWXY";

    /// <summary>True when length, characters, area digits and check character are right. Letters must be capital, as the standard prints them.</summary>
    public static bool IsValid(string? code)
    {
        if (code is not { Length: 18 })
        {
            return false;
        }

        var (sum, weight) = (0, 1);
        for (var i = 0; i < 17; i++)
        {
            var value = Characters.IndexOf(code[i], StringComparison.Ordinal);
            if (value < 0 || (i is >= 2 and < 8 && value > 9))
            {
                return false;
            }

            sum += value * weight;
            weight = weight * 3 % 31;
        }

        return Characters[(31 - (sum % 31)) % 31] == code[17];
    }

    /// <summary>The organisation code (GB 11714) inside, characters 9 to 17; null when the code is not valid.</summary>
    public static string? OrganisationCode(string? code) => IsValid(code) ? code!.Substring(8, 9) : null;

    /// <summary>The area code (GB/T 2260) inside, characters 3 to 8; null when the code is not valid.</summary>
    public static string? AreaCode(string? code) => IsValid(code) ? code!.Substring(2, 6) : null;
}
