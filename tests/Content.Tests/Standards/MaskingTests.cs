using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content.Tests.Standards;

public sealed class MaskingTests
{
    [Theory]
    [InlineData("441403199001011233", "441***")]
    [InlineData("11010519491231002X", "110***")]
    [InlineData("4414 0319 9001 0112 33", "441***")]
    [InlineData("13800138000", "138***")]
    [InlineData("2022-09-31", "2022-09-31")]
    [InlineData("010", "010")]
    [InlineData("a\r\nb", "a··b")]
    public void What_looks_like_the_number_of_a_person_is_never_quoted_whole(string sent, string shown) => Assert.Equal(shown, Masking.Text(sent));

    [Fact]
    public void A_long_text_is_cut() => Assert.Equal(new string('很', 24) + "…", Masking.Text(new string('很', 1000)));
}
