namespace WorkflowEngine.Rules.Tests.Evaluation;

public sealed class WorkflowTests
{
    [Fact]
    public void A_failed_rejecting_rule_fails_the_set_and_a_failed_warning_does_not()
    {
        const string Rules = """
            {"WorkflowName": "w", "Rules": [
              {"RuleName": "grown-up", "Expression": "input1.age >= 18"},
              {"RuleName": "not retired", "Severity": "Warn", "Expression": "input1.age < 60"}]}
            """;

        var old = Ask.Report(Rules, """{"input1": {"age": 65}}""");
        var young = Ask.Report(Rules, """{"input1": {"age": 15}}""");

        Assert.True(old.Passed);
        Assert.Equal("not retired", Assert.Single(old.Failures).RuleName);
        Assert.False(young.Passed);
        Assert.Equal("grown-up", Assert.Single(young.Failures).RuleName);
    }

    [Fact]
    public void Parameters_are_computed_in_order_and_seen_by_the_rules_below()
    {
        var report = Ask.Report(
            """
            {"WorkflowName": "w", "GlobalParams": [{"Name": "g", "Expression": "input1.a * 10"}, {"Name": "h", "Expression": "g + 1"}],
             "Rules": [{"RuleName": "top", "Operator": "And", "LocalParams": [{"Name": "l", "Expression": "h + 1"}], "Rules": [
               {"RuleName": "one", "LocalParams": [{"Name": "m", "Expression": "l + 1"}], "Expression": "m == 23"},
               {"RuleName": "two", "LocalParams": [{"Name": "k", "Expression": "l * 2"}], "Expression": "k == 44 && h == 21"}]}]}
            """,
            """{"input1": {"a": 2}}""");

        var top = Assert.Single(report.Results);
        Assert.True(top.IsSuccess, top.ExceptionMessage);
        Assert.Equal(["input1", "g", "h", "l"], top.Inputs.Keys);
        Assert.Equal(["input1", "g", "h", "l", "m"], top.Children![0].Inputs.Keys);
        Assert.Equal((23, 44), (top.Children[0].Inputs["m"], top.Children[1].Inputs["k"]));
    }

    [Fact]
    public void A_parameter_of_one_rule_is_unknown_to_its_neighbour()
    {
        var file = RuleFile.Parse(
            """
            {"WorkflowName": "w", "Facts": {"input1": {"a": "Int32"}}, "Rules": [
              {"RuleName": "one", "LocalParams": [{"Name": "limit", "Expression": "3"}], "Expression": "input1.a < limit"},
              {"RuleName": "two", "Expression": "input1.a < limit"}]}
            """,
            "x.json");
        Assert.Contains("'limit' is not known here", Assert.Single(RuleSet.Compile(file.Workflows).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_with_the_name_of_another_is_refused()
    {
        var file = RuleFile.Parse(
            """
            {"WorkflowName": "w", "Facts": {"input1": {"a": "Int32"}}, "GlobalParams": [{"Name": "g", "Expression": "1"}],
             "Rules": [{"RuleName": "one", "LocalParams": [{"Name": "g", "Expression": "3"}], "Expression": "true"}]}
            """,
            "x.json");
        Assert.Equal(RuleProblemCodes.DuplicateName, Assert.Single(RuleSet.Compile(file.Workflows).Problems).Code);
    }

    [Theory]
    [InlineData("And", true, true, true)]
    [InlineData("And", true, false, false)]
    [InlineData("AndAlso", false, true, false)]
    [InlineData("Or", false, true, true)]
    [InlineData("OrElse", false, false, false)]
    public void A_group_is_decided_by_its_operator(string op, bool left, bool right, bool expected)
    {
        var report = Ask.Report(
            $$"""
            {"WorkflowName": "w", "Rules": [{"RuleName": "g", "Operator": "{{op}}", "Rules": [
              {"RuleName": "l", "Expression": "p.l"}, {"RuleName": "r", "Expression": "p.r"}, {"RuleName": "off", "Enabled": false, "Expression": "p.r"}]}]}
            """,
            $"{{\"p\": {{\"l\": {(left ? "true" : "false")}, \"r\": {(right ? "true" : "false")}}}}}");

        Assert.Equal(expected, report.Results[0].IsSuccess);
        Assert.Equal([left, right], report.Results[0].Children!.Select(child => child.IsSuccess));
    }

    [Fact]
    public void The_first_that_holds_wins_by_priority_then_order()
    {
        const string Rules = """
            {"WorkflowName": "tariff", "Match": "First", "Rules": [
              {"RuleName": "anybody", "Expression": "true", "Actions": {"OnSuccess": {"Name": "OutputExpression", "Context": {"Expression": "100"}}}},
              {"RuleName": "old", "Priority": 5, "Expression": "p.age >= 60", "Actions": {"OnSuccess": {"Name": "OutputExpression", "Context": {"Expression": "50"}}}},
              {"RuleName": "very old", "Priority": 9, "Expression": "p.age >= 80", "Actions": {"OnSuccess": {"Name": "OutputExpression", "Context": {"Expression": "0"}}}}]}
            """;

        var report = Ask.Report(Rules, """{"p": {"age": 70}}""");

        Assert.Equal(["very old", "old"], report.Results.Select(result => result.RuleName));
        Assert.Equal(("old", 50), (report.Matched!.RuleName, report.Matched.Action.Output));
        Assert.True(report.Passed);
        Assert.Empty(report.Failures);
        Assert.Equal("anybody", Ask.Report(Rules, """{"p": {"age": 7}}""").Matched!.RuleName);
    }

    [Theory]
    [InlineData("2022-09-09", 1)]
    [InlineData("2022-09-10", 2)]
    [InlineData("2026-12-31", 2)]
    [InlineData("2027-01-01", 1)]
    public void A_rule_is_in_force_on_its_first_and_last_day(string date, int results)
    {
        var rules = Ask.Rules(
            """
            {"WorkflowName": "w", "Rules": [{"RuleName": "always", "Expression": "true"},
              {"RuleName": "new line", "ValidFrom": "2022-09-10", "ValidTo": "2026-12-31", "Expression": "true"}]}
            """);
        var run = new RuleRun { BusinessDate = DateOnly.Parse(date, System.Globalization.CultureInfo.InvariantCulture) };
        Assert.Equal(results, rules.Evaluate(Ask.Facts("{}"), run).Results.Count);
    }

    [Fact]
    public void An_action_computes_a_value_and_another_calls_a_rule_elsewhere()
    {
        var report = Ask.Report(
            """
            [{"WorkflowName": "w", "GlobalParams": [{"Name": "rate", "Expression": "3"}], "Rules": [
               {"RuleName": "ok", "Expression": "p.a == 2", "Actions": {"OnSuccess": {"Name": "outputexpression", "Context": {"expression": "new (p.a * rate as Fee, p.tags.Where(it != \"x\") as Tags)"}}}},
               {"RuleName": "not", "Expression": "p.a == 3", "Actions": {"OnFailure": {"Name": "EvaluateRule", "Context": {
                  "workflowName": "v", "ruleName": "double", "inputFilter": ["rate"], "additionalInputs": [{"Name": "n", "Expression": "p.a + 5"}]}}}}]},
             {"WorkflowName": "v", "Rules": [{"RuleName": "double", "Expression": "n > 0", "Actions": {"OnSuccess": {"Name": "OutputExpression", "Context": {"Expression": "n * 2 * rate"}}}}]}]
            """,
            """{"p": {"a": 2, "tags": ["x", "y"]}}""");

        var made = Assert.IsType<Dictionary<string, object?>>(report.Results[0].Action.Output);
        Assert.Equal(6, made["Fee"]);
        Assert.Equal(["y"], Assert.IsType<List<object?>>(made["Tags"]));
        Assert.Equal((42, "Int32"), (report.Results[1].Action.Output, report.Results[1].Action.OutputType));
    }

    [Theory]
    [InlineData(70, "senior")]
    [InlineData(20, "adult")]
    [InlineData(7, null)]
    public void The_event_of_a_run_is_that_of_the_first_rule_that_held(int age, string? expected) => Assert.Equal(expected, Ask.Report(
        """{"WorkflowName": "w", "Rules": [{"RuleName": "over 60", "SuccessEvent": "senior", "Expression": "p.age > 60"}, {"RuleName": "adult", "Expression": "p.age > 18"}]}""",
        $"{{\"p\": {{\"age\": {age}}}}}").SuccessEvent);

    [Fact]
    public void A_rule_that_calls_itself_through_an_action_is_refused()
    {
        var file = RuleFile.Parse(
            """
            {"WorkflowName": "w", "Facts": {"p": "Int32"}, "Rules": [{"RuleName": "r", "Expression": "true", "Actions": {"OnSuccess": {"Name": "EvaluateRule", "Context": {"workflowName": "w", "ruleName": "r"}}}}]}
            """,
            "x.json");
        Assert.Contains("calls itself", Assert.Single(RuleSet.Compile(file.Workflows).Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_names_the_facts_and_hides_identity_numbers()
    {
        var report = Ask.Report(
            """
            {"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "p.age >= 16", "ErrorMessage": "$(p.name)($(p.id))今年 $(p.age) 岁,$(p.none) $(nobody) $(p.tags) $(p.nil)"}]}
            """,
            """{"p": {"name": "张三", "id": "441403199001011233", "age": 15, "tags": ["甲"], "nil": null}}""");

        var result = Assert.Single(report.Failures);
        Assert.Equal("张三(441403**********33)今年 15 岁,$(p.none) $(nobody) [\"甲\"] （空）", result.ErrorMessage);
        Assert.Equal(result.ErrorMessage, result.ExceptionMessage);
    }

    [Fact]
    public void A_rule_that_cannot_be_decided_fails_and_says_so()
    {
        var schema = Ask.Schema("""{"p": {"name": "String", "n": "Int32", "items": [{"q": "Int32"}]}}""");
        var report = Ask.Report(
            """
            {"WorkflowName": "w", "Rules": [{"RuleName": "null", "Expression": "p.name.Length > 1"}, {"RuleName": "zero", "Expression": "1 / (p.n - 2) == 1"},
              {"RuleName": "empty", "Expression": "p.items.Max(q) > 1 && p.items.First().q == 1"}, {"RuleName": "good", "Expression": "p.n == 2"}]}
            """,
            """{"p": {"name": null, "n": 2, "items": []}}""",
            schema);

        Assert.Equal([true, true, false, false], report.Results.Select(result => result.IsUndecided));
        Assert.Contains("'p.name' is null where it is read", report.Results[0].ExceptionMessage, StringComparison.Ordinal);
        Assert.Equal("以下数据为空：p.name", report.Results[0].UndecidedReason);
        Assert.Equal("除数为零", report.Results[1].UndecidedReason);
        Assert.True(report.Results[3].IsSuccess);
    }

    [Fact]
    public void Functions_that_the_caller_lends_can_be_called_and_no_others()
    {
        var codes = new HashSet<string> { "010", "020" };
        var settings = new RuleSettings { Functions = RuleFunctions.None.With("Dict", "Has", (string dictionary, string? code) => dictionary == "workType" && code is not null && codes.Contains(code)) };
        var schema = Ask.Schema("""{"p": {"workType": "String"}}""");

        Assert.Equal("true", Ask.Value("Dict.Has(\"workType\", p.workType)", """{"p": {"workType": "020"}}""", schema, settings));
        Assert.Equal("false", Ask.Value("Dict.Has(\"workType\", p.workType)", """{"p": {}}""", schema, settings));
        Assert.Contains("did you mean 'Has'?", Ask.Value("Dict.Hass(\"workType\", \"1\")", "{}", schema, settings), StringComparison.Ordinal);
        Assert.Contains("does not take", Ask.Value("Dict.Has(1)", "{}", schema, settings), StringComparison.Ordinal);
        Assert.StartsWith("error", Ask.Value("Dict.Has(\"workType\", \"010\")", "{}", schema), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_may_be_a_method_a_closure_or_an_extension_and_takes_scalars_only()
    {
        var settings = new RuleSettings
        {
            Functions = RuleFunctions.None
                .With("F", "Trimmed", (Func<string, string>)string.Intern)
                .With("F", "Twice", (int? value) => value * 2)
                .With("F", "Has", new List<int> { 1, 2 }.Contains),
        };

        Assert.Equal("\"a\"", Ask.Value("F.Trimmed(\"a\")", "{}", null, settings));
        Assert.Equal("6", Ask.Value("f.twice(3)", "{}", null, settings));
        Assert.Equal("true", Ask.Value("F.Has(2)", "{}", null, settings));
        Assert.Throws<ArgumentException>(() => RuleFunctions.None.With("F", "Bad", (object value) => 1));
        Assert.Throws<ArgumentException>(() => RuleFunctions.None.With("F", "Bad", () => { }));
    }

    [Fact]
    public void Codes_are_checked_inside_expressions()
    {
        const string Facts = """{"p": {"id": "441403199001011233", "code": "91350100M000100Y43", "none": null}}""";
        Assert.Equal("true", Ask.Value("IdNumber.IsValid(p.id) && !IdNumber.IsValid(p.none) && CreditCode.IsValid(p.code)", Facts));
        Assert.Equal("true", Ask.Value("IdNumber.BirthDate(p.id) == DateOnly(1990, 1, 1) && IdNumber.AgeOn(p.id, DateOnly(2026, 11, 20)) == 36", Facts));
        Assert.Equal("false", Ask.Value("OrganisationCode.IsValid(\"000000001\")", Facts));
    }

    [Fact]
    public void A_set_is_shared_by_threads()
    {
        var rules = Ask.Rules(
            """
            {"WorkflowName": "w", "GlobalParams": [{"Name": "g", "Expression": "p.n * 2"}], "Rules": [
              {"RuleName": "r", "LocalParams": [{"Name": "l", "Expression": "g + 1"}], "Expression": "l == p.n + p.n + 1 && p.items.All(x => x.q == p.n)"}]}
            """,
            Ask.Schema("""{"p": {"n": "Int32", "items": [{"q": "Int32"}]}}"""));

        Parallel.For(0, 400, i =>
        {
            var report = rules.Evaluate(Ask.Facts($"{{\"p\": {{\"n\": {i}, \"items\": [{{\"q\": {i}}}]}}}}"), Ask.Today);
            Assert.True(report.Passed, report.Results[0].ExceptionMessage);
        });
    }
}
