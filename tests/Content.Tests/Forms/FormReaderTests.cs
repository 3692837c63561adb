using WorkflowEngine.Content.Forms;

namespace WorkflowEngine.Content.Tests.Forms;

public sealed class FormReaderTests
{
    [Fact]
    public void A_form_is_read_with_its_fields_in_order()
    {
        var form = Read("""{"title": "审核", "fields": [{"name": "a", "label": "甲", "type": "text"}, {"name": "b", "label": "乙", "type": "date", "required": true}]}""").Form!;

        Assert.Equal("review", form.Id);
        Assert.Equal(["a", "b"], form.Fields.Select(field => field.Name));
        Assert.True(form.Fields[1].Required);
        Assert.Equal(200, form.Fields[0].MaxLength);
    }

    [Theory]
    [InlineData("\"requird\": true", "unknown-member", "did you mean 'required'?", "是否想写“required”？")]
    [InlineData("\"maxLength\": \"10\"", "wrong-value", "a whole number", "整数")]
    [InlineData("\"options\": []", "wrong-value", "no meaning", "没有意义")]
    [InlineData("\"when\": {\"field\": \"entri\", \"equals\": \"2\"}", "unknown-name", "did you mean 'entry'?", "是否想写“entry”？")]
    [InlineData("\"when\": {\"field\": \"entry\", \"equals\": \"3\"}", "unknown-name", "not an option of 'entry'", "不是“entry”的选项")]
    [InlineData("\"label\": \"again\"", "duplicate-member", "written twice", "写了两次")]
    public void A_mistake_in_a_field_is_told_with_its_line_in_both_languages(string member, string code, string english, string chinese)
    {
        var result = Read($$"""
            {
              "title": "申请",
              "fields": [
                { "name": "entry", "label": "入口", "type": "select", "options": [{ "value": "1", "label": "一" }, { "value": "2", "label": "二" }] },
                { "name": "proof", "label": "证明", "type": "text",
                  {{member}} }
              ]
            }
            """);

        var problem = Assert.Single(result.Problems);
        Assert.Null(result.Form);
        Assert.Equal(code, problem.Code);
        Assert.Equal(6, problem.Line);
        Assert.Contains(english, problem.Message, StringComparison.Ordinal);
        Assert.Contains(chinese, problem.Chinese, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_field_type_is_refused_with_the_nearest_one()
    {
        var problem = Assert.Single(Read("""{"title": "t", "fields": [{"name": "a", "label": "甲", "type": "textaera"}]}""").Problems);

        Assert.Contains("did you mean 'textarea'?", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_fields_with_one_name_are_refused()
    {
        var result = Read("""{"title": "t", "fields": [{"name": "a", "label": "甲", "type": "text"}, {"name": "a", "label": "乙", "type": "text"}]}""");

        Assert.Equal("duplicate-name", Assert.Single(result.Problems).Code);
    }

    [Fact]
    public void Text_that_is_not_JSON_is_told_with_its_line()
    {
        var problem = Assert.Single(Read("{\n  \"title\": \"t\",\n  oops\n}").Problems);

        Assert.Equal(("not-json", 3), (problem.Code, problem.Line));
    }

    [Fact]
    public void A_form_of_a_million_fields_is_refused_and_not_read()
    {
        var fields = string.Join(',', Enumerable.Repeat("""{"name": "a", "label": "甲", "type": "text"}""", 1_000));

        Assert.Equal("too-large", Assert.Single(Read($$"""{"title": "t", "fields": [{{fields}}]}""").Problems).Code);
    }

    [Fact]
    public void Names_and_telephone_numbers_are_split_from_what_the_flow_may_see()
    {
        var form = ShippedContent.Set.Forms["vendor-application"];

        var (open, personal) = form.Split(new() { ["companyName"] = "甲科技有限公司", ["contactName"] = "王某", ["contactPhone"] = "13800000000" });

        Assert.Equal("甲科技有限公司", (string?)open["companyName"]);
        Assert.DoesNotContain(open, pair => pair.Key.StartsWith("contact", StringComparison.Ordinal));
        Assert.Equal(["contactName", "contactPhone"], personal.Select(pair => pair.Key));
    }

    [Fact]
    public void What_was_not_answered_is_there_as_nothing_so_that_rules_may_name_it()
    {
        var (open, _) = ShippedContent.Set.Forms["correction"].Split(new() { ["productVersion"] = "2.2.0" });

        Assert.True(open.ContainsKey("commitment"));
        Assert.Null(open["commitment"]);
    }

    private static FormResult Read(string json) => FormReader.Read(json, "workflows/forms/review.json");
}
