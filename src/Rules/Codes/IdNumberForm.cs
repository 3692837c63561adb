namespace WorkflowEngine.Rules;

/// <summary>
/// The form that GB 11643 numbers share: shape and check character, before anybody asks whose number it is. Not a name of the expression
/// language, which knows <see cref="IdNumber"/>.
/// </summary>
public static class IdNumberForm
{
    public const int Length = 18;

    private const string CheckCharacters = "10X98765432";

    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    /// <summary>17 digits and a digit or X: what a number looks like before anything is computed.</summary>
    public static bool HasShape(string? number) =>
        number is { Length: Length } && !number.AsSpan(0, Length - 1).ContainsAnyExceptInRange('0', '9') && number[^1] is (>= '0' and <= '9') or 'X' or 'x';

    /// <summary>True when the shape is right and the last character is that of ISO 7064 MOD 11-2 over the 17 before it.</summary>
    public static bool HasRightCheck(string? number)
    {
        if (!HasShape(number))
        {
            return false;
        }

        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += (number![i] - '0') * Weights[i];
        }

        return char.ToUpperInvariant(number![^1]) == CheckCharacters[sum % 11];
    }
}
