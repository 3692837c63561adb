using System.Text.Json.Nodes;
using WorkflowEngine.Content.Notices;

namespace WorkflowEngine.Content.Tests.Notices;

public sealed class NoticeTests
{
    private static readonly Notice Correction = ShippedContent.Set.Notices["correction-request"];

    /// <summary>The letters of cases; that of operators is about none.</summary>
    public static TheoryData<string> Names => [.. ShippedContent.Set.Notices.Values.Where(notice => notice.Sample["case"] is not null).Select(notice => notice.Name)];

    [Fact]
    public void The_letter_of_operators_says_how_many_and_where_and_speaks_of_no_case()
    {
        var notice = ShippedContent.Set.Notices["incidents-open"];

        var letter = notice.Render((JsonObject)notice.Sample.DeepClone()).Notice!;

        Assert.Equal("【系统中断】新增 3 项，尚未处理 5 项", letter.Subject);
        foreach (var text in new[] { letter.Html, letter.Text })
        {
            Assert.Contains("深圳市住房和建设局：2 项", text, StringComparison.Ordinal);
            Assert.DoesNotContain("办件编号", text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("\n\n\n", letter.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_letter_has_number_authority_date_article_and_no_fee(string name)
    {
        var notice = ShippedContent.Set.Notices[name];

        var letter = notice.Render((JsonObject)notice.Sample.DeepClone()).Notice!;
        var number = (string)notice.Sample["case"]!["number"]!;

        Assert.Matches("^(YJDJ|TS|FH|XMDJ)-", number);
        foreach (var text in new[] { letter.Html, letter.Text })
        {
            foreach (var words in new[] { $"办件编号：{number}", "粤建市〔2022〕161号", "本事项不收取任何费用", "（星期" })
            {
                Assert.Contains(words, text, StringComparison.Ordinal);
            }

            Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
        }

        Assert.StartsWith("【", letter.Subject, StringComparison.Ordinal);
        Assert.Contains(number, letter.Subject, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', letter.Subject);
        Assert.Contains("English", letter.Text, StringComparison.Ordinal);
        Assert.Contains("lang=\"en\"", letter.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_wrote_never_becomes_markup()
    {
        var model = Model();
        model["vars"]!["review"]!["defects"]![0]!["problem"] = "<script>alert('x')</script> & \"引号\"";

        var letter = Correction.Render(model).Notice!;

        Assert.Contains("&lt;script&gt;", letter.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", letter.Html, StringComparison.Ordinal);
        Assert.Contains("<script>alert('x')</script> & \"引号\"", letter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_number_with_a_line_break_cannot_add_a_header_to_the_mail()
    {
        var model = Model();
        model["case"]!["number"] = "YJDJ-1\r\nBcc: everybody@example.cn";

        Assert.DoesNotContain('\n', Correction.Render(model).Notice!.Subject);
    }

    [Theory]
    [InlineData("due", "2023/03/21", "'clocks.correction.due' is not a DateOnly")]
    [InlineData("due", null, "'clocks.correction.due' is missing")]
    [InlineData("allotted", "ten", "'clocks.correction.allotted' is not a Int32")]
    public void A_letter_with_a_hole_in_it_is_not_written(string member, string? value, string words)
    {
        var model = Model();
        model["clocks"]!["correction"]![member] = value;

        var result = Correction.Render(model);

        Assert.Null(result.Notice);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_letter_does_not_declare_cannot_be_seen_by_it()
    {
        var model = Model();
        model["secret"] = "do not tell";

        Assert.DoesNotContain("do not tell", Correction.Render(model).Notice!.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("complaint")]
    [InlineData("complaint-review")]
    public void Who_complains_is_not_named_to_the_authority_complained_of(string flow)
    {
        const string Complainant = "丁智慧科技有限公司";
        var steps = (JsonArray)JsonNode.Parse(ShippedContent.Files[$"workflows/guangdong/{flow}.json"])!["root"]!["activities"]!;
        var letters = steps
            .Where(step => (string)step!["type"]! == "Gov.SendNotice" && Literal(step, "party") is not ("applicant" or "province"))
            .Select(step => Literal(step!, "notice"))
            .ToHashSet();

        Assert.NotEmpty(letters);
        foreach (var notice in letters.Select(name => ShippedContent.Set.Notices[name]))
        {
            var model = (JsonObject)notice.Sample.DeepClone();
            model["applicant"] = new JsonObject { ["name"] = Complainant };
            model["case"]!["title"] = $"{Complainant} · 投诉";

            var letter = notice.Render(model).Notice!;

            Assert.DoesNotContain(Complainant, letter.Subject + letter.Html + letter.Text, StringComparison.Ordinal);
        }

        static string Literal(JsonNode step, string input) => (string)step[input]!["expression"]!["value"]!;
    }

    [Fact]
    public void A_provisional_date_says_that_it_may_move()
    {
        var model = Model();
        model["clocks"]!["correction"]!["provisional"] = true;

        Assert.Contains("暂定", Correction.Render(model).Notice!.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("暂定", Correction.Render(Model()).Notice!.Text, StringComparison.Ordinal);
    }

    private static JsonObject Model() => (JsonObject)Correction.Sample.DeepClone();
}
