using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.RuleSets;

public sealed class RuleCasesTests
{
    private const string Rules = "rules/guangdong/age.json";
    private const string Cases = "rules/guangdong/age.cases.json";

    [Fact]
    public void A_rule_that_no_example_makes_fail_is_a_warning_and_not_an_error()
    {
        var result = Read("""[{ "name": "adult", "facts": { "worker": { "age": 20 } }, "expect": { "passed": true } }]""");

        var warning = Assert.Single(result.Problems);
        Assert.Equal(("rule-not-tried", ProblemSeverity.Warning), (warning.Code, warning.Severity));
        Assert.Contains("never fails in a case: of-age", warning.Message, StringComparison.Ordinal);
        Assert.NotNull(result.Set);
    }

    [Fact]
    public void Examples_that_try_a_rule_both_ways_cover_it()
    {
        var result = Read("""
            [
              { "name": "adult", "facts": { "worker": { "age": 20 } }, "expect": { "passed": true, "failures": [] } },
              { "name": "child", "facts": { "worker": { "age": 15 } }, "expect": { "passed": false, "failures": ["of-age"] } }
            ]
            """);

        Assert.Empty(result.Problems);
        Assert.True(result.Report.RuleCoverage.Single(coverage => coverage.RuleSet == "age").IsFull);
    }

    [Fact]
    public void How_often_each_rule_holds_and_fails_is_told_rule_by_rule()
    {
        var result = Read("""
            [
              { "name": "adult", "facts": { "worker": { "age": 20 } }, "expect": { "passed": true } },
              { "name": "older", "facts": { "worker": { "age": 40 } }, "expect": { "passed": true } },
              { "name": "child", "facts": { "worker": { "age": 15 } }, "expect": { "passed": false } }
            ]
            """);

        Assert.Contains("age: all 1 rules tried both ways\n  of-age: holds in 2, fails in 1\n", result.Report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_of_a_group_are_tried_one_by_one()
    {
        var result = Read(
            """
            [
              { "name": "adult", "facts": { "worker": { "age": 20 } }, "expect": { "passed": true } },
              { "name": "child", "facts": { "worker": { "age": 15 } }, "expect": { "passed": false } }
            ]
            """,
            expression: """ "Operator": "And", "Rules": [{ "RuleName": "least", "Expression": "worker.age >= 16" }, { "RuleName": "most", "Expression": "worker.age < 60" }] """);

        Assert.Equal(["of-age/most"], result.Report.RuleCoverage.Single(coverage => coverage.RuleSet == "age").NeverFails);
    }

    [Fact]
    public void A_rule_that_could_not_be_decided_has_not_been_tried()
    {
        var result = Read(
            """
            [
              { "name": "adult", "facts": { "worker": { "age": 20 } }, "expect": { "passed": true } },
              { "name": "nobody", "facts": { "worker": { "age": 0 } }, "expect": { "passed": false } }
            ]
            """,
            expression: """ "Expression": "100 / worker.age > 1" """);

        Assert.Equal(["of-age"], result.Report.RuleCoverage.Single(coverage => coverage.RuleSet == "age").NeverFails);
    }

    [Theory]
    [InlineData("""{ "name": "x", "facts": { "worker": { "age": 15 } }, "expect": { "passed": true } }""", "rule-case-fails", "expected passed, got not passed with failures of-age")]
    [InlineData("""{ "name": "x", "facts": { "worker": { "age": 15 } }, "expect": { "passed": false, "failures": ["other"] } }""", "rule-case-fails", "with failures other")]
    [InlineData("""{ "name": "x", "facts": { "worker": { "age": 15 } }, "expect": { "pased": true } }""", "missing", "'passed' true or false")]
    [InlineData("""{ "name": "x", "fact": {}, "facts": {}, "expect": { "passed": false } }""", "unknown-member", "did you mean 'facts'?")]
    [InlineData("""{ "name": "x", "ruleSet": "agee", "facts": {}, "expect": { "passed": false } }""", "unknown-name", "did you mean 'age'?")]
    [InlineData("""{ "name": "x", "businessDate": "30.9.2022", "facts": {}, "expect": { "passed": false } }""", "wrong-value", "not a date")]
    public void A_wrong_example_is_told_with_its_line(string example, string code, string words)
    {
        var result = Read($"[\n{example}\n]");

        var error = Assert.Single(result.Problems, problem => problem.Severity == ProblemSeverity.Error);
        Assert.Equal((code, Cases, 2), (error.Code, error.File, error.Line));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_counts_only_while_it_is_in_force()
    {
        var result = Read(
            """
            [
              { "name": "before", "businessDate": "2025-12-31", "facts": { "worker": { "age": 15 } }, "expect": { "passed": true } },
              { "name": "after", "businessDate": "2026-01-01", "facts": { "worker": { "age": 15 } }, "expect": { "passed": false, "failures": ["of-age"] } },
              { "name": "adult", "businessDate": "2026-01-01", "facts": { "worker": { "age": 20 } }, "expect": { "passed": true } }
            ]
            """,
            validFrom: "\"ValidFrom\": \"2026-01-01\", ");

        Assert.Empty(result.Problems);
    }

    [Fact]
    public void Examples_without_their_rules_are_refused()
    {
        var result = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { ["rules/guangdong/lost.cases.json"] = "[]" });

        Assert.Equal("missing-file", Assert.Single(result.Problems).Code);
    }

    private static ContentResult Read(string cases, string validFrom = "", string expression = "\"Expression\": \"worker.age >= 16\"") => ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files)
    {
        [Rules] = $$"""
            { "WorkflowName": "age", "Facts": { "worker": { "age": "Int32" } },
              "Rules": [{ "RuleName": "of-age", {{validFrom}}{{expression}}, "ErrorMessage": "未满 16 周岁" }] }
            """,
        [Cases] = cases,
    });
}
