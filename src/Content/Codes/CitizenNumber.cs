using System.Globalization;
using WorkflowEngine.Rules;

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
    public const int Length = IdNumberForm.Length;

    public bool IsValid => HasShape && BirthDate is not null && IsChecksumRight;

    /// <summary>Reads a number as it was sent; a small x counts as X.</summary>
    public static CitizenNumber Read(string number)
    {
        if (!IdNumberForm.HasShape(number))
        {
            return new CitizenNumber(HasShape: false, BirthDate: null, IsChecksumRight: false);
        }

        DateOnly? birth = DateOnly.TryParseExact(number.AsSpan(6, 8), "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
        return new CitizenNumber(HasShape: true, birth, IdNumberForm.HasRightCheck(number));
    }

    /// <summary>Completed years on a date; null without a birth date or before it.</summary>
    public int? AgeOn(DateOnly date)
    {
        if (BirthDate is not { } birth || birth > date) return null;
        var years = date.Year - birth.Year;
        return date < birth.AddYears(years) ? years - 1 : years;
    }
}
