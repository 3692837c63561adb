using System.Diagnostics;

namespace WorkflowEngine.Rules.Tests.Evaluation;

/// <summary>The defects that RulesEngine 6.0.1 was found to have, each shown to be absent here.</summary>
public sealed class OriginalDefectTests
{
    [Fact]
    public void Injected_rules_do_not_pile_up_run_after_run()
    {
        var file = RuleFile.Parse(
            """[{"WorkflowName": "w", "WorkflowsToInject": ["v"], "Rules": [{"RuleName": "own", "Expression": "true"}]}, {"WorkflowName": "v", "Rules": [{"RuleName": "injected", "Expression": "true"}]}]""",
            "x.json");
        var rules = RuleSet.Compile(file.Workflows).RuleSet!;

        for (var i = 0; i < 1000; i++)
        {
            var report = rules.Evaluate(Ask.Facts(i % 2 == 0 ? """{"p": {"a": 1}}""" : """{"p": {"a": "x"}}"""), Ask.Today);
            Assert.Equal(["own", "injected"], report.Results.Select(result => result.RuleName));
        }

        Assert.Equal("own", Assert.Single(file.Workflows[0].Rules).RuleName);
    }

    [Theory]
    [InlineData("p.s.GetType().Assembly.Location != null")]
    [InlineData("p.s.GetType().Assembly.DefinedTypes.Count() > 0")]
    [InlineData("p.s.GetType().DeclaredProperties.Count() > 0")]
    public void Types_of_the_process_cannot_be_read(string expression)
    {
        foreach (var compat in new[] { false, true })
        {
            var outcome = Lambda.Compile(expression, null, null, new RuleSettings { Compat = compat }).Lambda!.Evaluate(Ask.Facts("""{"p": {"s": "x"}}"""), Ask.Today);
            Assert.Contains("GetType", outcome.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("\"a\".PadLeft(1000000000).Length > 0")]
    [InlineData("Enumerable.Range(0, 2000000000).Count() > 0")]
    public void What_takes_gigabytes_is_stopped(string expression)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var report = Ask.Report($$"""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "{{expression.Replace("\"", "\\\"", StringComparison.Ordinal)}}"}]}""", "{}");
        Assert.Equal("计算量超出上限", Assert.Single(report.Results).UndecidedReason);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 16 * 1024 * 1024);
    }

    [Fact]
    public void A_new_pattern_of_nulls_costs_nothing_when_facts_are_declared()
    {
        const int Members = 12;
        var declared = string.Join(',', Enumerable.Range(0, Members).Select(i => $"\"f{i}\": \"Int32\""));
        var rules = Ask.Rules(
            $$"""{"WorkflowName": "w", "Rules": [{{string.Join(',', Enumerable.Range(0, 100).Select(i => $"{{\"RuleName\": \"r{i}\", \"Expression\": \"p.f{i % Members} > {i} && p.f{(i + 1) % Members} != null\"}}"))}}]}""",
            Ask.Schema($"{{\"p\": {{{declared}}}}}"));
        var run = Ask.Today;
        string Pattern(int bits) => $"{{\"p\": {{{string.Join(',', Enumerable.Range(0, Members).Select(i => $"\"f{i}\": {((bits >> i & 1) == 0 ? "1" : "null")}"))}}}}}";
        for (var i = 0; i < 40; i++)
        {
            rules.Evaluate(Ask.Facts(Pattern(0)), run);
        }

        var facts = Enumerable.Range(1, 200).Select(bits => Ask.Facts(Pattern(bits * 7))).ToList();
        var before = GC.GetAllocatedBytesForCurrentThread();
        facts.ForEach(one => rules.Evaluate(one, run));
        var perRun = (GC.GetAllocatedBytesForCurrentThread() - before) / facts.Count;

        // A recompilation of 100 rules makes more than a megabyte; a report makes about a hundred bytes a rule.
        Assert.True(perRun < 60_000, $"{perRun} bytes per run");
    }

    [Fact]
    public void A_misspelt_member_is_an_error_and_not_silently_false()
    {
        var report = Ask.Report("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "input1.contry == \"india\""}]}""", """{"input1": {"country": "india"}}""");
        var result = Assert.Single(report.Results);
        Assert.True(result.IsUndecided);
        Assert.Contains("did you mean 'country'?", result.ExceptionMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_field_can_be_compared()
    {
        var report = Ask.Report("""{"WorkflowName": "w", "Rules": [{"RuleName": "r", "Expression": "input1.n > 3 || input1.n == null"}]}""", """{"input1": {"n": null}}""");
        Assert.True(report.Passed);
    }

    [Fact]
    public void An_empty_list_can_be_asked_about_the_members_of_its_elements_when_declared() =>
        Assert.Equal("false", Ask.Value("p.items.Any(x => x.k == 1)", """{"p": {"items": []}}""", Ask.Schema("""{"p": {"items": [{"k": "Int32"}]}}""")));

    [Fact]
    public void A_global_parameter_does_not_break_unqualified_names()
    {
        var report = Ask.Report("""{"WorkflowName": "w", "GlobalParams": [{"Name": "g", "Expression": "1"}], "Rules": [{"RuleName": "r", "Expression": "f0 == \"v\" && g == 1"}]}""", """{"input1": {"f0": "v"}}""");
        Assert.True(report.Passed, report.Results[0].ExceptionMessage);
    }

    [Fact]
    public void Rules_that_are_warm_are_evaluated_without_making_anything()
    {
        var rules = Ask.Rules(
            $$"""{"WorkflowName": "w", "Rules": [{{string.Join(',', Enumerable.Range(0, 300).Select(i => $$"""{"RuleName": "r{{i}}", "Expression": "p.s == \"v{{i}}\" && p.a > {{i}} && p.b <= {{i + 3}} && p.f == true"}"""))}}]}""",
            Ask.Schema("""{"p": {"s": "String", "a": "Int32", "b": "Decimal", "f": "Boolean"}}"""));
        var check = rules.Prepare(Ask.Facts("""{"p": {"s": "v7", "a": 5000, "b": 1.5, "f": true}}"""), Ask.Today)!;
        var holds = new bool[check.Count];
        for (var i = 0; i < 80; i++)
        {
            check.Run(holds);
        }

        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            check.Run(holds);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"6,000 evaluations took {watch.Elapsed}");
        Assert.Equal([7], holds.Select((hold, i) => hold ? i : -1).Where(i => i >= 0));
    }
}
