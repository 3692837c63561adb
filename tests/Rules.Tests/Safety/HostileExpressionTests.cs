using System.Diagnostics;
using System.Text.Json;

namespace WorkflowEngine.Rules.Tests.Safety;

/// <summary>
/// Expressions by people who mean harm: each is refused, or stopped within 50 ms and 16 MiB, and none reaches anything but
/// the facts it was given.
/// </summary>
public sealed class HostileExpressionTests
{
    private const double MostMilliseconds = 50;
    private const long MostBytes = 16 * 1024 * 1024;

    // A loaded machine can only make a measurement longer, on the clock more than on the processor: the shortest counts.
    private const int Attempts = 6;

    private static readonly RuleRun Run = new() { BusinessDate = new DateOnly(2026, 11, 20) };

    private static readonly Dictionary<string, object?> Facts = new()
    {
        ["input1"] = JsonSerializer.Deserialize<JsonElement>(
            $$"""{"a": 2, "s": "x", "e": [], "tags": ["a"], "items": [{"q": 1}, {"q": 3}], "long": "{{new string('a', 100_000)}}"}"""),
    };

    private static readonly RuleSettings Strict = new();

    private static readonly RuleSettings Compat = new() { Compat = true, CustomTypes = ["System.Text.RegularExpressions.Regex"] };

    public static TheoryData<string> Refused => [.. Read("refused")];

    public static TheoryData<string> Bounded => [.. Read("bounded")];

    public static TheoryData<string, string> Overgrown => new()
    {
        { "100,000 parentheses", new string('(', 100_000) + "1" + new string(')', 100_000) },
        { "9,000 parentheses", new string('(', 4_500) + "1" + new string(')', 4_500) },
        { "5,000 negations", new string('!', 5_000) + "true" },
        { "3,000 signs", new string('-', 3_000) + "1" },
        { "a text of 200,000 characters", $"\"{new string('a', 200_000)}\"" },
        { "a sum of 1,900 numbers", string.Join('+', Enumerable.Repeat("1", 1_900)) },
        { "700 alternatives", string.Join(" || ", Enumerable.Repeat("input1.a == 1", 700)) },
        { "90 nested choices", string.Concat(Enumerable.Repeat("iif(true,", 90)) + "1" + string.Concat(Enumerable.Repeat(",2)", 90)) },
        { "50 nested groupings", "input1.items" + string.Concat(Enumerable.Repeat(".GroupBy(it)", 50)) },
        { "300 copies", "input1.items" + string.Concat(Enumerable.Repeat(".ToList()", 300)) },
        { "300 concatenations", "input1.items" + string.Concat(Enumerable.Repeat(".Concat(input1.items)", 300)) + ".Count()" },
        { "40 nested lists", string.Concat(Enumerable.Repeat("input1.items.All(", 40)) + "true" + new string(')', 40) },
        { "80 nested arrays", string.Concat(Enumerable.Repeat("new[]{", 80)) + "1" + new string('}', 80) },
        { "40 nested objects", string.Concat(Enumerable.Repeat("new (", 40)) + "1 as A" + string.Concat(Enumerable.Repeat(") as A", 39)) + ")" },
        { "1,500 members", "input1" + string.Concat(Enumerable.Repeat(".a", 1_500)) },
        { "2,000 arguments", $"string.Concat({string.Join(',', Enumerable.Repeat("1", 2_000))})" },
    };

    [Fact]
    public void The_corpus_has_at_least_250_expressions() =>
        Assert.True(Refused.Count + Bounded.Count + Overgrown.Count >= 250);

    [Theory, MemberData(nameof(Refused))]
    public void Is_refused_quickly(string expression)
    {
        Assert.True(Measured(expression, Strict) is null, $"`{expression}` was evaluated");
        Measured(expression, Compat);
    }

    [Theory, MemberData(nameof(Bounded))]
    public void Is_harmless_and_quick(string expression)
    {
        Measured(expression, Strict);
        Measured(expression, Compat);
    }

    [Theory, MemberData(nameof(Overgrown))]
    public void Is_refused_or_answered_quickly_however_large(string name, string expression)
    {
        Assert.NotEmpty(name);
        Measured(expression, Strict);
        Measured(expression, Compat);
    }

    [Fact]
    public void Parameters_that_double_one_another_are_stopped()
    {
        var doubled = Enumerable.Range(1, 40).Select(i => $$"""{"Name": "p{{i}}", "Expression": "p{{i - 1}}.Concat(p{{i - 1}})"}""");
        var text = Enumerable.Range(1, 40).Select(i => $$"""{"Name": "t{{i}}", "Expression": "t{{i - 1}} + t{{i - 1}}"}""");
        var file = RuleFile.Parse(
            $$"""
            {"WorkflowName": "w", "Rules": [
              {"RuleName": "lists", "Expression": "p40.Count() == 0", "LocalParams": [{"Name": "p0", "Expression": "input1.items"}, {{string.Join(',', doubled)}}]},
              {"RuleName": "texts", "Expression": "t40 == \"\"", "LocalParams": [{"Name": "t0", "Expression": "input1.s"}, {{string.Join(',', text)}}]}]}
            """,
            "doubling.json");
        Assert.Empty(file.Problems);
        var rules = RuleSet.Compile(file.Workflows).RuleSet!;

        var report = Within(() => rules.Evaluate(Facts, Run), "doubling");

        Assert.All(report.Results, result => Assert.True(result.IsUndecided, result.ExceptionMessage));
    }

    [Fact]
    public void Workflows_that_double_one_another_are_refused()
    {
        static string Level(int i) =>
            $"{{\"WorkflowName\": \"i{i}\", \"WorkflowsToInject\": [\"i{i + 1}\", \"i{i + 1}\"]}},"
            + $"{{\"WorkflowName\": \"c{i}\", \"Facts\": {{\"p\": \"Int32\"}}, \"Rules\": [{string.Join(',', Enumerable.Range(0, 4).Select(j => $"{{\"RuleName\": \"r{j}\", \"Expression\": \"p > 1\", \"Actions\": {{{Call("OnSuccess", i, j)}, {Call("OnFailure", i, (j + 1) % 4)}}}}}"))}]}}";
        static string Call(string when, int i, int j) =>
            $"\"{when}\": {{\"Name\": \"EvaluateRule\", \"Context\": {{\"workflowName\": \"c{i + 1}\", \"ruleName\": \"r{j}\"}}}}";
        var file = RuleFile.Parse($"[{string.Join(',', Enumerable.Range(0, 15).Select(Level))}]", "x.json");
        Assert.Empty(file.Problems);
        var before = Environment.CpuUsage.TotalTime;

        var problems = RuleSet.Compile(file.Workflows).Problems;

        Assert.Contains(problems, problem => problem.Message.Contains("injects", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Message.Contains("are called through EvaluateRule", StringComparison.Ordinal));
        Assert.True(Environment.CpuUsage.TotalTime - before < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void A_lambda_given_to_a_small_stack_does_not_end_the_process()
    {
        var answered = 0;
        var thread = new Thread(
            () => answered = Overgrown.Count(row => Lambda.Compile((string)row[1]) is var result && (result.Lambda is null || result.Lambda.Evaluate(Facts, Run) is not null)),
            maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(Overgrown.Count, answered);
    }

    private static object? Measured(string expression, RuleSettings settings) => Within(
        () => Lambda.Compile(expression, null, null, settings).Lambda is { } lambda ? lambda.Evaluate(Facts, Run).Value : null,
        expression);

    private static T Within<T>(Func<T> action, string name)
    {
        var value = action();
        var (milliseconds, bytes) = (double.MaxValue, long.MaxValue);
        for (var i = 0; i < Attempts && (milliseconds > MostMilliseconds || bytes > MostBytes); i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var processor = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            value = action();
            var used = Math.Min(watch.Elapsed.TotalMilliseconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds);
            milliseconds = Math.Min(milliseconds, used);
            bytes = Math.Min(bytes, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(milliseconds <= MostMilliseconds, $"{Shown(name)} took {milliseconds:F1} ms");
        Assert.True(bytes <= MostBytes, $"{Shown(name)} made {bytes / 1024 / 1024} MiB");
        return value;
    }

    private static string Shown(string expression) => expression.Length > 100 ? expression[..100] + "…" : expression;

    private static string[] Read(string kind) => JsonSerializer.Deserialize<Dictionary<string, string[]>>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Safety", "hostile-expressions.json")))![kind];
}
