using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Content.Tests.RuleSets;

/// <summary>What the shipped rules promise together; each rule alone is tried by the cases beside it.</summary>
public sealed class ShippedRulesTests
{
    [Fact]
    public void Every_shipped_rule_holds_in_a_case_and_fails_in_another()
    {
        var coverage = ShippedContent.Read(ShippedContent.Files).Report.RuleCoverage;

        Assert.All(coverage, set => Assert.True(set.IsFull, set.ToString()));
        Assert.Equal(Sets().Select(set => set["WorkflowName"]!.ToString()).Order(), coverage.Select(set => set.RuleSet).Order());
    }

    [Fact]
    public void The_line_of_2022_09_10_is_the_same_wherever_it_is_drawn()
    {
        var lines = Sets().SelectMany(set => set["GlobalParams"] as JsonArray ?? []).Where(parameter => parameter!["Name"]!.ToString() == "CutOver").Select(parameter => parameter!["Expression"]!.ToString());

        Assert.Equal("DateTime(2022, 9, 10)", Assert.Single(lines.Distinct()));
    }

    [Fact]
    public void Every_rule_says_what_is_wrong_by_which_paper_and_what_to_do_in_Chinese()
    {
        foreach (var rule in Sets().SelectMany(set => set["Rules"]!.AsArray()))
        {
            Assert.True(
                IsChinese(rule!["ErrorMessage"]) && IsChinese(rule["Advice"]) && rule["LegalBasis"]?["Document"] is not null && rule["Field"] is not null,
                $"{rule["RuleName"]} does not say it");
        }
    }

    [Theory]
    [InlineData("attendance-warning", "待省厅确定")]
    [InlineData("attendance-day", "待省厅确定")]
    public void What_is_not_official_says_so_in_the_message_itself(string name, string words)
    {
        var set = Sets().Single(set => set["WorkflowName"]!.ToString() == name);

        Assert.All(set["Rules"]!.AsArray(), rule => Assert.Contains(words, $"{rule!["ErrorMessage"]}{rule["Advice"]}", StringComparison.Ordinal));
        Assert.All(set["Rules"]!.AsArray(), rule => Assert.False(rule!["Properties"]!["official"]!.GetValue<bool>()));
    }

    [Theory]
    [InlineData("""{"complaints": [{"ground": "设置技术壁垒", "finding": "属实"}, {"ground": "故意拖延", "finding": "部分属实"}]}""", "no-barrier-or-delay", 2)]
    [InlineData("""{"publication": {"due": "2022-08-15"}, "gateway": {"due": "2022-09-10", "conformantOn": "2022-09-09"}}""", "standard-published", 2)]
    public void A_clue_for_deduction_comes_with_its_points_and_decides_nothing(string facts, string rule, int points)
    {
        using var document = JsonDocument.Parse(facts);
        var report = ShippedContent.Set.RuleSets["assessment"].Evaluate(document.RootElement, new RuleRun { BusinessDate = new DateOnly(2022, 12, 31) });

        var clue = report.Failures.Single(failure => failure.RuleName == rule);
        Assert.Equal((decimal)points, clue.Action.Output);
        Assert.False(clue.Properties["official"].GetBoolean());
    }

    private static bool IsChinese(JsonNode? text) => text?.ToString().Any(sign => sign >= '一') == true;

    private static IEnumerable<JsonObject> Sets() => ShippedContent.Files
        .Where(file => file.Key.StartsWith("rules/guangdong/", StringComparison.Ordinal) || file.Key.StartsWith("rules/gansu/", StringComparison.Ordinal))
        .Where(file => !file.Key.EndsWith(".cases.json", StringComparison.Ordinal))
        .Select(file => JsonNode.Parse(file.Value)!)
        .SelectMany(file => file is JsonArray list ? list.OfType<JsonObject>() : [(JsonObject)file]);
}
