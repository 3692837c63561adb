using System.Globalization;
using System.Text.Json;

namespace WorkflowEngine.Templates.Tests;

/// <summary>What a letter must get right: names that exist, dates as given, Chinese forms.</summary>
public sealed class LetterTests
{
    private static readonly RenderSettings Strict = new() { Strict = true };

    [Theory]
    [InlineData("a\n{{ vendr }}", 2, "'vendr' was not found")]
    [InlineData("{{ vendor.nmae }}", 1, "did you mean 'name'?")]
    [InlineData("{{ vendor['nmae'] }}", 1, "did you mean 'name'?")]
    [InlineData("{{ vendor.name.first }}", 1, "there is none of that name")]
    [InlineData("{{ 1 / 0 }}", 1, "not a finite number")]
    public void A_letter_with_a_hole_is_not_written(string text, int line, string says)
    {
        var error = Letters.Error(text, new { vendor = new { name = "某某" } }, Strict);

        Assert.Equal(line, error.Line);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_range_to_one_less_needs_parentheses_and_says_so()
    {
        Assert.Contains("write 1..(n - 1)", Letters.Error("{{ for i in 0..n - 1; i; end }}", new { n = 3 }).Message, StringComparison.Ordinal);
        Assert.Equal("012", Letters.Render("{{ for i in 0..(n - 1); i; end }}", new { n = 3 }));
    }

    [Fact]
    public void What_may_be_missing_is_asked_for_with_a_question_mark() =>
        Assert.Equal("|-|", Letters.Render("{{ vendor?.fax }}|{{ vendor?.fax ?? '-' }}|{{ vendor.phone }}", new { vendor = new { phone = (string?)null } }, settings: Strict));

    [Fact]
    public void A_date_is_written_as_its_own_clock_shows_it()
    {
        var model = new
        {
            day = new DateOnly(2022, 9, 13),
            wall = new DateTime(2022, 9, 13, 23, 30, 0, DateTimeKind.Unspecified),
            instant = new DateTimeOffset(2022, 9, 13, 23, 30, 0, TimeSpan.FromHours(8)),
        };

        Assert.Equal(
            "2022年9月13日 2022年9月13日（星期二） 2022年9月13日 23:30 2022-09-13 23:30 +08:00 13 Sep 2022",
            Letters.Render("{{ day | zh.date }} {{ wall | zh.date_weekday }} {{ instant | zh.datetime }} {{ instant | date.to_string '%F %R %Z' }} {{ day }}", model));
    }

    [Fact]
    public void Dates_are_compared_and_subtracted_as_dates()
    {
        var model = new
        {
            a = new DateTimeOffset(2022, 9, 13, 8, 0, 0, TimeSpan.FromHours(8)),
            b = new DateTimeOffset(2022, 9, 13, 0, 0, 0, TimeSpan.Zero),
            c = new DateOnly(2022, 9, 20),
            d = new DateOnly(2022, 9, 13),
        };

        Assert.Equal("true true 7 20 Sep 2022 true", Letters.Render("{{ a == b }} {{ c > d }} {{ (c - d).days }} {{ d + timespan.from_days 7 }} {{ d < a }}", model));
    }

    [Theory]
    [InlineData("{{ d | date.to_string '%F' }}")]
    [InlineData("{{ d | zh.date }}")]
    [InlineData("{{ date.parse 'next week' }}")]
    [InlineData("{{ date.parse '31/02/2022' }}")]
    [InlineData("{{ date.parse '13:00' }}")]
    [InlineData("{{ '2022-13-01' | date.parse '%Y-%m-%d' }}")]
    [InlineData("{{ date.now }}")]
    [InlineData("{{ math.uuid }}")]
    [InlineData("{{ math.random 1 5 }}")]
    public void What_is_not_a_date_or_not_the_same_tomorrow_is_an_error(string text) =>
        Assert.NotNull(Letters.Error(text, new { d = "2022-09-13" }));

    [Fact]
    public void A_string_that_looks_like_a_date_stays_a_string() =>
        Assert.Equal("2022-09-13 string", Letters.Render("{{ d }} {{ d | object.typeof }}", new { d = "2022-09-13" }));

    [Fact]
    public void A_json_model_says_which_of_its_texts_are_dates()
    {
        using var json = JsonDocument.Parse("""{"a": {"$date": "2022-09-13"}, "b": {"$date": "2022-09-13T18:00:00+08:00"}, "c": "2022-09-13", "n": 1234.50, "big": 12345678901}""");

        var text = Letters.Parse("{{ a | zh.date }} {{ b | zh.datetime }} {{ c }} {{ n }} {{ big }}").Render(json.RootElement).Text;

        Assert.Equal("2022年9月13日 2022年9月13日 18:00 2022-09-13 1234.50 12345678901", text);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"a": {"$date": "2022-02-30"}}""")]
    [InlineData("""{"a": {"$date": "13/09/2022"}}""")]
    public void A_json_model_that_cannot_be_used_is_an_error(string model)
    {
        using var json = JsonDocument.Parse(model);

        Assert.Contains("model cannot be used", Letters.Parse("{{ a }}").Render(json.RootElement).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0", "零元整")]
    [InlineData("0.05", "伍分")]
    [InlineData("0.50", "伍角整")]
    [InlineData("1.01", "壹元零壹分")]
    [InlineData("10", "壹拾元整")]
    [InlineData("1409.50", "壹仟肆佰零玖元伍角整")]
    [InlineData("6007.14", "陆仟零柒元壹角肆分")]
    [InlineData("107000.53", "壹拾万柒仟元伍角叁分")]
    [InlineData("16409.02", "壹万陆仟肆佰零玖元零贰分")]
    [InlineData("100000000", "壹亿元整")]
    [InlineData("100010001", "壹亿零壹万零壹元整")]
    [InlineData("1000000000000", "壹万亿元整")]
    [InlineData("-3.2", "负叁元贰角整")]
    public void An_amount_is_written_in_capitals(string amount, string expected) =>
        Assert.Equal(expected, Letters.Render("{{ v | zh.amount }}", new { v = decimal.Parse(amount, CultureInfo.InvariantCulture) }));

    [Fact]
    public void An_amount_with_a_fraction_of_a_fen_is_an_error() =>
        Assert.Contains("round it first", Letters.Error("{{ 1.005m | zh.amount }}").Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(3, "还剩 3 个工作日")]
    [InlineData(0, "今日到期")]
    [InlineData(-2, "已超 2 个工作日")]
    public void The_working_days_left_are_told(int days, string expected) =>
        Assert.Equal(expected, Letters.Render("{{ v | zh.working_days_left }}", new { v = days }));

    [Fact]
    public void The_wide_space_that_indents_a_chinese_paragraph_goes_before_each_of_its_lines() =>
        Assert.Equal("\u3000\u3000一\n\u3000\u3000二\n尾", Letters.Render("\u3000\u3000{{ v }}\n尾", new { v = "一\n二" }));

    [Fact]
    public void The_culture_writes_numbers_and_names_of_months()
    {
        var settings = new RenderSettings { Culture = CultureInfo.GetCultureInfo("zh-CN") };

        Assert.Equal("1,234.50 九月 星期二", Letters.Render("{{ 1234.5 | math.format 'N2' }} {{ d | date.to_string '%B %A' }}", new { d = new DateOnly(2022, 9, 13) }, settings: settings));
    }

    [Fact]
    public void Errors_do_not_repeat_the_values_of_the_model()
    {
        var error = Letters.Error("{{ v | date.to_string '%F' }}", new { v = "440101199001011234" });

        Assert.DoesNotContain("440101", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_an_included_template_names_that_file()
    {
        var part = Letters.Parse("\n{{ 'a' - 1 }}", "parts/head.html");

        var error = Letters.Error("x\n{{ include 'head' }}", settings: new RenderSettings { Includes = _ => part });

        Assert.Equal(("parts/head.html", 2), (error.File, error.Line));
    }
}
