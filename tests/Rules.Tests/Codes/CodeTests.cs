using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace WorkflowEngine.Rules.Tests.Codes;

public sealed class CodeTests
{
    private static readonly JsonElement Vectors = JsonSerializer.Deserialize<JsonElement>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Codes", "test-vectors.json")));

    public static TheoryData<string> ValidIds => Strings("gb11643", "valid");

    public static TheoryData<string> InvalidIds => Strings("gb11643", "invalid");

    public static TheoryData<string> ImpossibleDates => Strings("gb11643", "checksum_ok_but_impossible_date");

    public static TheoryData<string> ValidCreditCodes => Strings("gb32100", "valid");

    public static TheoryData<string> InvalidCreditCodes => Strings("gb32100", "invalid");

    [Theory, MemberData(nameof(ValidIds))]
    public void An_identity_number_with_the_right_check_character_is_valid(string number) => Assert.True(IdNumber.IsValid(number));

    [Theory, MemberData(nameof(InvalidIds))]
    public void An_identity_number_with_a_wrong_check_character_or_date_is_not(string number) => Assert.False(IdNumber.IsValid(number));

    [Theory, MemberData(nameof(ImpossibleDates))]
    public void A_date_that_does_not_exist_is_refused_although_the_check_character_fits(string number)
    {
        Assert.False(IdNumber.IsValid(number));
        Assert.Null(IdNumber.BirthDate(number));
    }

    [Theory, MemberData(nameof(ValidCreditCodes))]
    public void A_credit_code_with_the_right_check_character_is_valid(string code) => Assert.True(CreditCode.IsValid(code));

    [Theory, MemberData(nameof(InvalidCreditCodes))]
    public void A_credit_code_with_a_wrong_character_is_not(string code) => Assert.False(CreditCode.IsValid(code));

    [Fact]
    public void A_lower_case_x_is_read_as_a_capital_one() => Assert.True(IdNumber.IsValid("11010519491231002x"));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("440524880101001")]
    [InlineData("11010519491231002XX")]
    [InlineData("1101051949123100２X")]
    [InlineData("000000000000000000")]
    public void What_has_not_the_form_of_an_identity_number_is_refused(string? number) => Assert.False(IdNumber.IsValid(number));

    [Fact]
    public void The_permanent_residence_card_of_2023_begins_with_9_and_is_accepted() =>
        Assert.True(IdNumber.IsValid(Completed("93100019900101001")));

    [Fact]
    public void An_unknown_province_is_refused() => Assert.False(IdNumber.IsValid(Completed("77010019900101001")));

    [Theory]
    [InlineData("1990-05-17", "2006-05-16", 15)]
    [InlineData("1990-05-17", "2006-05-17", 16)]
    [InlineData("2000-02-29", "2016-02-28", 15)]
    [InlineData("2000-02-29", "2016-02-29", 16)]
    public void Age_counts_full_years(string birth, string date, int years)
    {
        var number = Completed("441403" + birth.Replace("-", "", StringComparison.Ordinal) + "001");
        Assert.Equal(years, IdNumber.AgeOn(number, DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Any_single_wrong_digit_is_found() => Prop.ForAll(
        ArbMap.Default.ArbFor<int>(), ArbMap.Default.ArbFor<int>(), (position, by) =>
        {
            const string Number = "441403199001011233";
            var at = Math.Abs(position % 17);
            var digit = (char)('0' + ((Number[at] - '0' + 1 + Math.Abs(by % 9)) % 10));
            var changed = Number[..at] + digit + Number[(at + 1)..];
            return changed == Number || !IdNumber.IsValid(changed);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("D2143569-X", true)]
    [InlineData("D2143569X", true)]
    [InlineData("D21435690", false)]
    [InlineData("000000000", true)]
    [InlineData("d2143569X", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_organisation_code_is_checked_with_and_without_hyphen(string? code, bool valid) => Assert.Equal(valid, OrganisationCode.IsValid(code));

    [Fact]
    public void The_organisation_code_stands_inside_the_credit_code()
    {
        Assert.Equal("M000100Y4", CreditCode.OrganisationCode("91350100M000100Y43"));
        Assert.Equal("350100", CreditCode.AreaCode("91350100M000100Y43"));
        Assert.Null(CreditCode.OrganisationCode("91350100M000100Y4Z"));
    }

    private static string Completed(string seventeen) =>
        "0123456789X".Select(check => seventeen + check).Single(number => IdNumber.AreaCode(number) is not null);

    private static TheoryData<string> Strings(string group, string kind) =>
        [.. Vectors.GetProperty(group).GetProperty(kind).EnumerateArray().Select(element => element.GetString()!)];
}
