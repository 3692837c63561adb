namespace WorkflowEngine.Rules.Tests.Evaluation;

/// <summary>What a vendor reads when a record was refused.</summary>
public sealed class ExplanationTests
{
    private static readonly FactSchema Schema = Ask.Schema("""
        {"worker": {"name": "String", "idCardNumber": "String", "age": "Int32", "entry": "DateTime", "leader": "Boolean", "photos": ["String"]}}
        """);

    [Fact]
    public void Says_which_rule_on_which_values_by_which_article_and_what_to_do() => Assert.Equal(
        "未通过规则“进场年龄”（字段 worker.age）：不满16周岁，不得招用。实际数据：worker.age = 15，worker.entry = 2026-11-20 08:00:00。依据：《中华人民共和国劳动法》第十五条。处理办法：请核对身份证号，确属未成年人的不得上传。",
        Explained("""
            {"RuleName": "进场年龄", "Field": "worker.age", "Expression": "worker.age >= 16 && worker.entry != null", "ErrorMessage": "不满16周岁，不得招用",
             "LegalBasis": {"Document": "《中华人民共和国劳动法》", "Article": "第十五条"}, "Advice": "请核对身份证号，确属未成年人的不得上传"}
            """,
            """{"worker": {"age": 15, "entry": "2026-11-20 08:00:00"}}"""));

    [Fact]
    public void A_warning_asks_for_attention_only() => Assert.Equal(
        "请注意规则“照片”。实际数据：worker.photos = 共 2 项，worker.leader = 是。",
        Explained("""{"RuleName": "照片", "Severity": "Warn", "Expression": "worker.photos.Count == 0 || !worker.leader"}""", """{"worker": {"photos": ["a", "b"], "leader": true}}"""));

    [Theory]
    [InlineData("2026-11-20 08:00:00", "进场时间 2026-11-20 08:00:00 太早")]
    [InlineData("2026-11-20", "进场时间 2026-11-20 太早")]
    public void A_message_shows_dates_as_they_are_written_here(string entry, string message) => Assert.StartsWith(
        $"未通过规则“进场”：{message}。",
        Explained("""{"RuleName": "进场", "Expression": "worker.entry > \"2027-01-01\"", "ErrorMessage": "进场时间 $(worker.entry) 太早"}""", $$$"""{"worker": {"entry": "{{{entry}}}"}}"""),
        StringComparison.Ordinal);

    [Fact]
    public void Identity_numbers_are_masked() => Assert.Equal(
        "未通过规则“身份证号”。实际数据：worker.idCardNumber = 441403**********34。",
        Explained("""{"RuleName": "身份证号", "Expression": "IdNumber.IsValid(worker.idCardNumber)"}""", """{"worker": {"idCardNumber": "441403199001011234"}}"""));

    [Fact]
    public void A_rule_that_cannot_be_decided_names_what_is_missing() => Assert.Equal(
        "未通过规则“姓名”：无法判断，以下数据为空：worker.name。实际数据：worker.name = （空）。",
        Explained("""{"RuleName": "姓名", "Expression": "worker.name.Length > 1"}""", """{"worker": {}}"""));

    [Fact]
    public void A_group_names_the_rules_below_that_failed() => Assert.Equal(
        "未通过规则“人员信息”：人员信息不完整。其中未满足：“姓名”、“班组长”。",
        Explained(
            """
            {"RuleName": "人员信息", "Operator": "And", "ErrorMessage": "人员信息不完整", "Rules": [
              {"RuleName": "姓名", "Expression": "worker.name != null"}, {"RuleName": "年龄", "Expression": "worker.age > 16"}, {"RuleName": "班组长", "Expression": "worker.leader"}]}
            """,
            """{"worker": {"age": 20}}"""));

    [Fact]
    public void A_rule_that_holds_needs_no_explanation() =>
        Assert.Equal("", Explained("""{"RuleName": "r", "Expression": "worker.age >= 16"}""", """{"worker": {"age": 16}}"""));

    private static string Explained(string rule, string facts) =>
        Assert.Single(Ask.Report($$"""{"WorkflowName": "w", "Rules": [{{rule}}]}""", facts, Schema).Results).Explanation;
}
