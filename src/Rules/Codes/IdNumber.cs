namespace WorkflowEngine.Rules;

/// <summary>
/// The 18-character citizen number of GB 11643 and the numbers of the same form: residence permits for Hong Kong, Macao
/// and Taiwan residents (address codes 81, 82, 83) and the permanent residence card for foreigners of 2023 (first digit 9).
/// A lower-case x is read as X. The old 15-digit numbers are not valid documents any more.
/// </summary>
public static class IdNumber
{
    // GB/T 2260: the first two digits of every province-level area, and the three of the residence permits.
    private static readonly HashSet<int> Provinces =
    [
        11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
        50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83,
    ];

    /// <summary>True when form, province, date of birth and check character are right. Whether the date is past is not asked.</summary>
    public static bool IsValid(string? number) => IdNumberForm.HasRightCheck(number) && HasKnownPrefix(number!) && BirthDate(number) is not null;

    /// <summary>The date of birth; null when the number is not one or the date does not exist.</summary>
    public static DateOnly? BirthDate(string? number)
    {
        if (!IdNumberForm.HasRightCheck(number))
        {
            return null;
        }

        var (year, month, day) = (Digits(number!, 6, 4), Digits(number!, 10, 2), Digits(number!, 12, 2));
        return year is >= 1800 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;
    }

    /// <summary>Full years of age on a date; null when the number is not one.</summary>
    public static int? AgeOn(string? number, DateOnly date)
    {
        if (BirthDate(number) is not { } birth)
        {
            return null;
        }

        var years = date.Year - birth.Year;
        return birth.AddYears(years) > date ? years - 1 : years;
    }

    /// <summary>The six-digit area code (GB/T 2260) that the number begins with; null when the number is not one.</summary>
    public static string? AreaCode(string? number) => IdNumberForm.HasRightCheck(number) ? number![..6] : null;

    private static bool HasKnownPrefix(string number) => number[0] == '9' || Provinces.Contains(Digits(number, 0, 2));

    private static int Digits(string number, int start, int count)
    {
        var value = 0;
        for (var i = start; i < start + count; i++)
        {
            value = (value * 10) + (number[i] - '0');
        }

        return value;
    }
}
