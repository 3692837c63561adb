using WorkflowEngine.Content.Codes;

namespace WorkflowEngine.Content.Tests.Codes;

public sealed class CitizenNumberTests
{
    [Theory]
    [InlineData("11010519491231002X")]
    [InlineData("11010519491231002x")]
    [InlineData("440524188001010014")]
    [InlineData("34052419800101001X")]
    [InlineData("441403199001011233")]
    [InlineData("620102198512314565")]
    [InlineData("622901199210157772")]
    [InlineData("110105194912310038")]
    [InlineData("830000199001010012")]
    public void A_number_of_the_standard_is_valid(string number) => Assert.True(CitizenNumber.Read(number).IsValid);

    [Theory]
    [InlineData("110105194912310020")]
    [InlineData("441403199001011234")]
    public void A_wrong_check_character_is_told_apart_from_a_wrong_shape(string number)
    {
        var read = CitizenNumber.Read(number);
        Assert.True(read.HasShape);
        Assert.NotNull(read.BirthDate);
        Assert.False(read.IsChecksumRight);
    }

    [Fact]
    public void The_29th_of_february_of_a_common_year_is_no_birth_date_though_the_checksum_is_right()
    {
        var read = CitizenNumber.Read("440605197802290010");
        Assert.True(read.IsChecksumRight);
        Assert.Null(read.BirthDate);
        Assert.False(read.IsValid);
    }

    [Theory]
    [InlineData("")]
    [InlineData("110105491231002")]
    [InlineData("１１０１０５１９４９１２３１００２Ｘ")]
    [InlineData("11010519491231002Y")]
    [InlineData("A1010519491231002X")]
    public void Anything_but_18_characters_of_the_alphabet_has_no_shape(string number) => Assert.False(CitizenNumber.Read(number).HasShape);

    [Theory]
    [InlineData("2006-01-01", 16)]
    [InlineData("2005-12-31", 15)]
    [InlineData("1989-12-31", null)]
    public void Age_is_counted_in_completed_years(string on, int? age) =>
        Assert.Equal(age, CitizenNumber.Read("441403199001011233").AgeOn(DateOnly.Parse(on, System.Globalization.CultureInfo.InvariantCulture)));
}
