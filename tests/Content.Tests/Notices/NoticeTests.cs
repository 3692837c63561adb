using System.Text.Json.Nodes;
using WorkflowEngine.Content.Notices;
using WorkflowEngine.Workflows.Definitions;

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
    [InlineData("11010519491231002X", "110105**********2X")]
    [InlineData("11010519491231002x", "110105**********2x")]
    [InlineData("a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6", "a1b2c3**************************")]
    public void A_number_of_a_person_or_a_key_that_somebody_typed_is_covered_in_every_part_of_a_letter(string secret, string shown)
    {
        var model = Model();
        model["case"]!["number"] = $"【{secret}】";
        model["vars"]!["review"]!["defects"]![0]!["problem"] = $"张三（{secret}）提交的材料";

        var letter = Correction.Render(model).Notice!;

        Assert.DoesNotContain(secret[6..^2], letter.Html + letter.Text, StringComparison.Ordinal);
        Assert.Contains(shown, letter.Html, StringComparison.Ordinal);
        Assert.Contains(shown, letter.Text, StringComparison.Ordinal);
        Assert.All(ShippedContent.Set.Notices.Values, notice => Assert.DoesNotContain("****", notice.Render((JsonObject)notice.Sample.DeepClone()).Notice!.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("91440300192203821X")]
    [InlineData("914403001922038216")]
    [InlineData("YJDJ-2022-440300-000001")]
    [InlineData("https://platform.example.gov.cn/cases/a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6")]
    public void A_number_of_an_enterprise_a_case_and_an_address_stay_whole(string text)
    {
        var model = Model();
        model["vars"]!["review"]!["defects"]![0]!["problem"] = text;

        Assert.Contains(text, Correction.Render(model).Notice!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_letter_puts_out_unescaped_is_told_with_its_place_before_it_is_published()
    {
        var (path, html) = ("templates/correction-request.html", ShippedContent.Files["templates/correction-request.html"]);
        var raw = html.Replace("{{ applicant.name }}", "{{ applicant.name | html.raw }}", StringComparison.Ordinal);
        Assert.NotEqual(html, raw);

        var draft = NoticeDraft.Read(ShippedContent.Files, "templates/correction-request.model.json", new Dictionary<string, string> { [path] = raw });

        var told = Assert.Single(draft.Problems);
        Assert.Equal(("notice-raw", path, ProblemSeverity.Warning), (told.Code, told.File, told.Severity));
        Assert.Contains("html.raw", raw.Split('\n')[told.Line - 1], StringComparison.Ordinal);
        Assert.NotNull(draft.Notice);
    }

    [Fact]
    public void Trying_a_letter_out_reads_the_shared_parts_that_it_names_and_no_others()
    {
        var files = new Dictionary<string, string>(ShippedContent.Files) { ["templates/shared/unused.scriban"] = "{{ if }}" };

        var draft = NoticeDraft.Read(files, "templates/correction-request.model.json", new Dictionary<string, string>());

        Assert.Empty(draft.Problems);
        Assert.Equal(Correction.Render(Model()).Notice!.Html, draft.Notice!.Render(Model()).Notice!.Html);
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
