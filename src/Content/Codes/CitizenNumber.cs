using System.Globalization;

namespace WorkflowEngine.Content.Codes;

/// <summary>
/// 公民身份号码 (GB 11643): 6 digits of area, 8 of birth date, 3 of sequence and a check character (ISO 7064 MOD 11-2). The same
/// form carries 港澳台居民居住证 and, with a leading 9, 外国人永久居留身份证 (2023).
/// </summary>
/// <param name="HasShape">17 digits and a digit or X.</param>
/// <param name="BirthDate">Null when the eight digits are no date of the calendar, which the check character does not notice.</param>
/// <param name="IsChecksumRight">False also where the shape is wrong.</param>
public sealed record CitizenNumber(bool HasShape, DateOnly? BirthDate, bool IsChecksumRight)
{
    public const int Length = 18;

    private const string CheckCharacters = "10X98765432";

    private static ReadOnlySpan<byte> Weights => [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    public bool IsValid => HasShape && BirthDate is not null && IsChecksumRight;

    /// <summary>Reads a number as it was sent; a small x counts as X.</summary>
    public static CitizenNumber Read(string number)
    {
        if (number.Length != Length || number.AsSpan(0, Length - 1).ContainsAnyExceptInRange('0', '9') || number[^1] is not ((>= '0' and <= '9') or 'X' or 'x'))
        {
            return new CitizenNumber(HasShape: false, BirthDate: null, IsChecksumRight: false);
        }

        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += (number[i] - '0') * Weights[i];
        }

        DateOnly? birth = DateOnly.TryParseExact(number.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        return new CitizenNumber(HasShape: true, birth, CheckCharacters[sum % 11] == char.ToUpperInvariant(number[^1]));
    }

    /// <summary>Completed years on a date; null without a birth date or before it.</summary>
    public int? AgeOn(DateOnly date)
    {
        if (BirthDate is not { } birth || birth > date) return null;
        var years = date.Year - birth.Year;
        return date < birth.AddYears(years) ? years - 1 : years;
    }
}
