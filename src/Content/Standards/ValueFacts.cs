using WorkflowEngine.Content.Codes;
using WorkflowEngine.Content.Regions;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Standards;

/// <summary>
/// What a value of a known format says, as the facts that conformance rules read. A rule sees whether a number's check character
/// is right and never the number, so no rule and no message of a rule can give it away.
/// </summary>
internal sealed class ValueFacts(RegionRegister regions, DateOnly today, string authorityArea)
{
    /// <param name="kind">For an ID number, the code of the document kind (<c>01</c> is 居民身份证).</param>
    public Dictionary<string, object?> Of(string format, string value, string? kind) => format switch
    {
        FieldFormats.IdNumber => IdNumber(value, kind),
        FieldFormats.CompanyCode => CompanyCode(value),
        FieldFormats.AreaCode => Area(value),
        FieldFormats.BankCard => BankCard(value),
        FieldFormats.Mobile => new() { ["isMobile"] = value.Length == 11 && value[0] == '1' && value.All(char.IsAsciiDigit) },
        _ => throw new InvalidOperationException($"No format '{format}'."),
    };

    private Dictionary<string, object?> IdNumber(string value, string? kind)
    {
        var number = CitizenNumber.Read(value);
        var county = number.HasShape ? value[..6] : "";
        return new()
        {
            ["kind"] = kind,
            ["length"] = value.Length,
            ["hasShape"] = number.HasShape,
            ["isChecksumRight"] = number.IsChecksumRight,
            ["hasBirthDate"] = number.BirthDate is { } birth && birth <= today,
            ["isProvinceKnown"] = number.HasShape && IsIdentityPrefix(value),
            ["isCountyKnown"] = number.HasShape && (!regions.IsDetailed(county) || regions.Area(county) is not null || regions.IsRetired(county)),
            ["age"] = number.AgeOn(today),
            ["isMale"] = number.HasShape ? (value[16] - '0') % 2 == 1 : null,
        };
    }

    /// <summary>A province, or a document with a prefix of its own: 台湾居民居住证 83 (香港 and 澳门 are areas), 外国人永久居留身份证 (2023) 9.</summary>
    private bool IsIdentityPrefix(string number) =>
        number[0] == '9' || number.StartsWith("83", StringComparison.Ordinal) || regions.Area(number[..2] + "0000") is not null;

    private static Dictionary<string, object?> CompanyCode(string value)
    {
        var creditFault = UnifiedSocialCreditCode.Fault(value);
        var isOrganisationCode = OrganisationCode.IsValid(value);
        return new()
        {
            ["code"] = value,
            ["length"] = value.Length,
            ["isCreditCode"] = creditFault is null,
            ["isOrganisationCode"] = isOrganisationCode,
            ["fault"] = isOrganisationCode ? null : creditFault,
            ["isInnerCodeRight"] = creditFault is null ? OrganisationCode.IsValid(value[8..17]) : null,
        };
    }

    private Dictionary<string, object?> Area(string value) => new()
    {
        ["code"] = value,
        ["isKnown"] = regions.Area(value) is not null || !regions.IsDetailed(value) && regions.Area(value.Length == 6 ? value[..2] + "0000" : "") is not null,
        ["isRetired"] = regions.IsRetired(value),
        ["isWithinAuthority"] = regions.IsWithin(value, authorityArea),
    };

    private static Dictionary<string, object?> BankCard(string value) => new()
    {
        ["length"] = value.Length,
        ["isDigits"] = value.All(char.IsAsciiDigit),
    };
}
