namespace WorkflowEngine.Rules.Tests.Files;

public sealed class RuleFileTests
{
    [Fact]
    public void A_file_with_everything_is_read_whole()
    {
        var file = RuleFile.Parse(
            """
            [{
              "$schema": "x", "WorkflowName": "w", "Description": "d", "WorkflowsToInject": ["v"], "RuleExpressionType": 0, "Match": "First",
              "Facts": {"input1": {"a": "Int32"}},
              "GlobalParams": [{"Name": "g", "Expression": "1"}],
              "Rules": [{
                "RuleName": "r", "Expression": "input1.a > g", "RuleExpressionType": "LambdaExpression", "Enabled": false,
                "LocalParams": [{"Name": "l", "Expression": "2"}], "Properties": {"x": [1]}, "SuccessEvent": "10", "ErrorMessage": "m",
                "Actions": {"OnSuccess": {"Name": "OutputExpression", "Context": {"Expression": "1"}}, "OnFailure": {"Name": "EvaluateRule", "Context": {}}},
                "Priority": -3, "ValidFrom": "2022-09-10", "ValidTo": "2026-12-31", "LegalBasis": {"Document": "粤建市〔2022〕161号", "Article": "三"},
                "Severity": "Warn", "Advice": "do", "Field": "input1.a"
              }, {"RuleName": "group", "Operator": "OrElse", "Rules": [{"RuleName": "child", "Expression": "true"}]}]
            }, {"WorkflowName": "v", "Rules": [{"RuleName": "other", "Expression": "true"}]}]
            """,
            "all.json");

        Assert.Empty(file.Problems);
        var workflow = file.Workflows[0];
        var rule = workflow.Rules[0];
        Assert.Equal(("w", RuleMatch.First, "v", "g"), (workflow.WorkflowName, workflow.Match, workflow.WorkflowsToInject[0], workflow.GlobalParams[0].Name));
        Assert.Equal((false, "10", "m", -3, RuleSeverity.Warn), (rule.Enabled, rule.SuccessEvent, rule.ErrorMessage, rule.Priority, rule.Severity));
        Assert.Equal((new DateOnly(2022, 9, 10), new DateOnly(2026, 12, 31)), (rule.ValidFrom!.Value, rule.ValidTo!.Value));
        Assert.Equal("粤建市〔2022〕161号 三", rule.LegalBasis!.ToString());
        Assert.Equal(("do", "input1.a", 1), (rule.Advice, rule.Field, rule.Properties["x"].GetArrayLength()));
        Assert.Equal(("OutputExpression", "EvaluateRule"), (rule.OnSuccess!.Name, rule.OnFailure!.Name));
        Assert.Equal((RuleOperator.Or, "child"), (workflow.Rules[1].Operator!.Value, workflow.Rules[1].Rules[0].RuleName));
        Assert.Equal((6, 37), (rule.ExpressionPlace.Line, rule.ExpressionPlace.Column));
    }

    [Theory]
    [InlineData("""{"WorkflowName": "w", "WorkflowsToInject": ["v"], "Ruls": []}""", 1, 51, RuleProblemCodes.UnknownMember, "did you mean 'Rules'?")]
    [InlineData("""{"WorkflowName": "v", "workflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true"}]}""", 1, 23, RuleProblemCodes.UnknownMember, "did you mean 'WorkflowName'?")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "ErrorType": "Error"}]}""", 1, 73, RuleProblemCodes.UnknownMember, "use Severity")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "SuccesEvent": "1"}]}""", 1, 73, RuleProblemCodes.UnknownMember, "did you mean 'SuccessEvent'?")]
    [InlineData("""{"WorkflowName": "w", "WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true"}]}""", 1, 23, RuleProblemCodes.DuplicateMember, "twice")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Operator": "and", "Rules": [{"RuleName": "c", "Expression": "true"}]}]}""", 1, 63, RuleProblemCodes.WrongValue, "did you mean 'And'?")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "Enabled": "yes"}]}""", 1, 84, RuleProblemCodes.WrongValue, "true or false")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "ValidFrom": "10.9.2022"}]}""", 1, 86, RuleProblemCodes.WrongValue, "2022-09-10")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "ValidFrom": "2022-09-10", "ValidTo": "2022-09-09"}]}""", 1, 33, RuleProblemCodes.Contradiction, "before it begins")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "Severity": "warn"}]}""", 1, 85, RuleProblemCodes.WrongValue, "did you mean 'Warn'?")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r"}]}""", 1, 33, RuleProblemCodes.Missing, "needs an Expression")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Operator": "Or", "Rules": []}]}""", 1, 33, RuleProblemCodes.Missing, "no Rules")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true", "Rules": [{"RuleName": "c", "Expression": "true"}]}]}""", 1, 33, RuleProblemCodes.Contradiction, "no Operator")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "1", "Operator": "Or", "Rules": [{"RuleName": "c", "Expression": "true"}]}]}""", 1, 65, RuleProblemCodes.Contradiction, "never be read")]
    [InlineData("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "true"}, {"RuleName": "r", "Expression": "true"}]}""", 1, 74, RuleProblemCodes.DuplicateName, "two rules 'r'")]
    [InlineData("""{"WorkflowName": "w", "GlobalParams": [{"Name": "g", "Expression": "1"}, {"Name": "g", "Expression": "2"}], "WorkflowsToInject": ["v"]}""", 1, 74, RuleProblemCodes.DuplicateName, "two global parameters 'g'")]
    [InlineData("""{"WorkflowName": "w"}""", 1, 1, RuleProblemCodes.Missing, "needs Rules or WorkflowsToInject")]
    [InlineData("""[1]""", 1, 2, RuleProblemCodes.WrongValue, "a workflow object")]
    [InlineData("{\n  // a comment\n}", 2, 3, RuleProblemCodes.NotJson, "'/' is invalid")]
    [InlineData("{\"WorkflowName\": \"w\",\n}", 2, 1, RuleProblemCodes.NotJson, "trailing comma")]
    [InlineData("", 1, 1, RuleProblemCodes.NotJson, "")]
    public void A_mistake_has_its_place(string json, int line, int column, string code, string message)
    {
        var problem = Assert.Single(RuleFile.Parse(json, "rules/x.json").Problems);
        Assert.Equal(("rules/x.json", line, column, code), (problem.File, problem.Line, problem.Column, problem.Code));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.StartsWith($"rules/x.json:{line}:{column}: ", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_mistake_of_a_file_is_told_at_once()
    {
        var problems = RuleFile.Parse("""{"WorkflowName": "", "Rules": [{"RuleNam": "r", "Expression": 5}, {"RuleName": "s", "Expression": "true", "Prio": 1}]}""", "x").Problems;
        Assert.Equal(6, problems.Count);
    }

    [Fact]
    public void A_mistake_in_an_expression_is_placed_in_the_file()
    {
        var file = RuleFile.Parse(
            """
            {"WorkflowName": "w", "Facts": {"input1": {"country": "String", "a": "Int32"}},
             "Rules": [
               {"RuleName": "r", "Expression": "input1.country == \"cn\" && input1.contry == \"cn\""},
               {"RuleName": "s", "LocalParams": [{"Name": "l", "Expression": "input1.b"}], "Expression": "input1.a > l"},
               {"RuleName": "t", "Expression": "input1.a > 1", "Actions": {"OnSuccess": {"Name": "OutputExpression", "Context": {"Expression": "input1.aa"}}}},
               {"RuleName": "u", "Expression": "input1.a"},
               {"RuleName": "v", "Expression": "true", "Actions": {"OnSuccess": {"Name": "EvaluateRule", "Context": {"workflowName": "ww", "ruleName": "r"}}}}
             ]}
            """,
            "rules/x.json");
        Assert.Empty(file.Problems);

        var problems = RuleSet.Compile(file.Workflows).Problems;

        Assert.Equal([(3, 72), (4, 74), (5, 140), (6, 37), (7, 69)], problems.Select(problem => (problem.Line, problem.Column)));
        Assert.Contains("did you mean 'country'?", problems[0].Message, StringComparison.Ordinal);
        Assert.Contains("did you mean 'w'?", problems[4].Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Overgrown => new()
    {
        { "unknown members", $"{{{string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"WorkflowNam{i}\":1"))}}}" },
        { "workflows", $"[{string.Join(',', Enumerable.Repeat("{\"WorkflowName\":\"w\"}", 150_000))}]" },
        { "rules", $"{{\"WorkflowName\":\"w\",\"Rules\":[{string.Join(',', Enumerable.Repeat("{\"RuleName\":\"r\",\"Expression\":\"\"}", 80_000))}]}}" },
        { "parameters", $"{{\"WorkflowName\":\"w\",\"GlobalParams\":[{string.Join(',', Enumerable.Repeat("{\"Name\":\"p\"}", 200_000))}]}}" },
        { "facts", $"{{\"WorkflowName\":\"w\",\"Facts\":{{{string.Join(',', Enumerable.Range(0, 150_000).Select(i => $"\"f{i}\":\"Int3\""))}}}}}" },
        { "brackets", new string('[', 1_000_000) },
        { "characters", new string(' ', 5_000_000) },
    };

    [Theory, MemberData(nameof(Overgrown))]
    public void A_file_of_any_size_is_answered_with_a_few_problems(string what, string json)
    {
        var before = Environment.CpuUsage.TotalTime;
        var file = RuleFile.Parse(json, "x.json");
        Assert.InRange(file.Problems.Count, 1, 500);
        Assert.True(Environment.CpuUsage.TotalTime - before < TimeSpan.FromSeconds(20), what);
    }

    [Fact]
    public void Columns_count_characters_also_far_into_a_long_line()
    {
        const int Signs = 3_000;
        var json = $"{{\"WorkflowName\": \"{string.Concat(Enumerable.Repeat("案😀", Signs))}\", \"Ruls\": [], \"WorkflowsToInject\": [\"v\"]}}";
        Assert.Equal(json.IndexOf("\"Ruls\"", StringComparison.Ordinal) + 1, Assert.Single(RuleFile.Parse(json, "x").Problems).Column);
    }

    [Fact]
    public void Without_declared_facts_the_syntax_is_still_checked()
    {
        var file = RuleFile.Parse("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "input1.a = = 1"}]}""", "x.json");
        var problem = Assert.Single(RuleSet.Compile(file.Workflows).Problems);
        Assert.Equal((1, 77, RuleProblemCodes.Syntax), (problem.Line, problem.Column, problem.Code));
    }

    [Fact]
    public void Injecting_what_does_not_exist_or_oneself_is_found()
    {
        var file = RuleFile.Parse(
            """[{"WorkflowName": "a", "WorkflowsToInject": ["b"]}, {"WorkflowName": "b", "WorkflowsToInject": ["a"]}, {"WorkflowName": "c", "WorkflowsToInject": ["d"]}]""",
            "x.json");
        Assert.Empty(file.Problems);
        var messages = RuleSet.Compile(file.Workflows).Problems.Select(problem => problem.Message).ToList();
        Assert.Contains(messages, message => message.Contains("injects itself", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("'d', which does not exist", StringComparison.Ordinal));
    }
}
