using System.Text.Json.Nodes;
using WorkflowEngine.Content.Forms;

namespace WorkflowEngine.Content.Tests.Forms;

public sealed class FormValidatorTests
{
    private static readonly FormDefinition Application = ShippedContent.Set.Forms["vendor-application"];
    private static readonly FormDefinition Review = ShippedContent.Set.Forms["review"];

    [Fact]
    public void A_complete_application_is_accepted() => Assert.Empty(FormValidator.Validate(Application, Answer()));

    [Fact]
    public void A_missing_answer_names_the_field_and_says_what_to_do()
    {
        var answer = Answer();
        answer.Remove("uscc");

        var problem = Assert.Single(FormValidator.Validate(Application, answer));

        Assert.Equal(("uscc", "“统一社会信用代码”未填写。营业执照上的 18 位代码。"), (problem.Field, problem.Message));
    }

    [Theory]
    [InlineData("uscc", "91350100M000100Y44", "校验位（第 18 位）与前 17 位不符")]
    [InlineData("uscc", "91350100M000100Y4Z", "第 18 位“Z”不是允许的字符")]
    [InlineData("uscc", "91350A00M000100Y43", "第 6 位“A”应为数字")]
    [InlineData("uscc", "9135", "应为 18 位，填写了 4 位")]
    [InlineData("entry", "3", "不在可选项中")]
    [InlineData("contactPhone", "12345", "不是有效的电话号码")]
    [InlineData("contactEmail", "someone", "不是有效的电子邮箱地址")]
    [InlineData("contactEmail", "a@b.cn\r\nBcc: x@y.cn", "控制字符")]
    [InlineData("productVersion", "1.0\u0000", "控制字符")]
    [InlineData("productName", "   ", "未填写")]
    [InlineData("unknown", "x", "表单中没有")]
    public void A_wrong_answer_is_told_in_Chinese_with_its_field(string field, string value, string words)
    {
        var answer = Answer();
        answer[field] = value;

        var problem = Assert.Single(FormValidator.Validate(Application, answer));

        Assert.Equal(field, problem.Field);
        Assert.Contains(words, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_is_as_long_as_its_field_allows_and_no_longer()
    {
        var answer = Answer();
        answer["companyName"] = new string('甲', 100);
        Assert.Empty(FormValidator.Validate(Application, answer));

        answer["companyName"] = new string('甲', 101);
        Assert.Contains("最多 100 个字", Assert.Single(FormValidator.Validate(Application, answer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_untouched_declaration_counts_as_not_made()
    {
        var answer = Answer();
        answer["truth"] = false;

        Assert.Equal("truth", Assert.Single(FormValidator.Validate(Application, answer)).Field);
    }

    [Fact]
    public void A_question_that_is_not_asked_must_not_be_answered()
    {
        var answer = Answer();
        answer["connectedCity"] = "440100";

        Assert.Contains("不需要填写", Assert.Single(FormValidator.Validate(Application, answer)).Message, StringComparison.Ordinal);

        answer["entry"] = "2";
        Assert.Empty(FormValidator.Validate(Application, answer));
    }

    [Fact]
    public void Files_are_handles_of_allowed_kinds_and_not_too_many()
    {
        var answer = Answer();
        answer["commitment"] = Files("承诺书.exe");
        Assert.Contains("不接受“承诺书.exe”", Assert.Single(FormValidator.Validate(Application, answer)).Message, StringComparison.Ordinal);

        answer["commitment"] = Files("1.pdf", "2.pdf", "3.pdf");
        Assert.Contains("最多上传 2 个文件", Assert.Single(FormValidator.Validate(Application, answer)).Message, StringComparison.Ordinal);

        answer["commitment"] = new JsonArray(new JsonObject { ["name"] = "无编号.pdf" });
        Assert.Contains("未上传成功", Assert.Single(FormValidator.Validate(Application, answer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_return_without_stated_defects_is_refused_and_an_approval_is_not()
    {
        Assert.Equal("defects", Assert.Single(FormValidator.Validate(Review, [], "Returned")).Field);
        Assert.Empty(FormValidator.Validate(Review, [], "Approved"));
    }

    [Fact]
    public void A_defect_without_its_clause_names_the_row_and_the_column()
    {
        var answer = new JsonObject
        {
            ["defects"] = new JsonArray(new JsonObject { ["item"] = "授权书", ["problem"] = "未盖章", ["expected"] = "盖章后上传" }),
        };

        var problem = Assert.Single(FormValidator.Validate(Review, answer, "Returned"));

        Assert.Equal("defects[0].clause", problem.Field);
        Assert.StartsWith("需要补正的问题第 1 条“依据”未选择", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_the_wrong_kind_are_problems_and_never_crashes()
    {
        foreach (var nonsense in new[] { "1", "true", "\"text\"", "[]", "[1]", "{}", "{\"a\":1}", "[[]]", "[null]" })
        {
            foreach (var field in Application.Fields.Concat(Review.Fields))
            {
                var form = Application.Fields.Contains(field) ? Application : Review;
                Assert.All(
                    FormValidator.Validate(form, new JsonObject { [field.Name] = JsonNode.Parse(nonsense) }, "Returned"),
                    problem => Assert.NotEmpty(problem.Message));
            }
        }
    }

    private static JsonObject Answer() => new()
    {
        ["companyName"] = "甲科技有限公司",
        ["uscc"] = "91350100M000100Y43",
        ["productName"] = "实名通",
        ["productVersion"] = "2.1.0",
        ["productType"] = "软件",
        ["standardVersion"] = "V1.3",
        ["entry"] = "1",
        ["contactName"] = "王某",
        ["contactPhone"] = "0755-12345678",
        ["contactEmail"] = "someone@example.cn",
        ["businessLicence"] = Files("营业执照.PDF"),
        ["truth"] = true,
    };

    private static JsonArray Files(params string[] names) =>
        [.. names.Select((name, i) => (JsonNode)new JsonObject { ["id"] = $"file-{i}", ["name"] = name, ["size"] = 10 })];
}
