namespace WorkflowEngine.Rules.Tests.Language;

/// <summary>What expressions mean when facts are not declared and the language is its own.</summary>
public sealed class ExpressionTests
{
    private static readonly RuleSettings Original = new() { Compat = true };

    private const string Facts = """
        {"input1": {"a": 2, "s": "x", "n": null, "d": "2026-03-14", "price": 4.2, "flag": true, "名称": "广州",
         "items": [{"q": 1, "k": "a"}, {"q": 3, "k": "b"}, {"q": 3, "k": "a"}], "some": [{"q": 1}, {"q": null}, {"r": 2}],
         "tags": ["a", "b"], "nums": [1, 2, 3], "mixed": [1, 2.5], "e": [], "b": {"c": null, "d": {"e": 5}}}}
        """;

    [Theory]
    [InlineData("1 + 2 * 3 - 4 / 2", "5")]
    [InlineData("1/4", "0")]
    [InlineData("1.0 / 4", "0.25")]
    [InlineData("7 % 4 + 7 mod 4", "6")]
    [InlineData("-2147483648", "-2147483648")]
    [InlineData("-5 % 3", "-2")]
    [InlineData("2147483647 + 1", "-2147483648")]
    [InlineData("1 << 4 >> 1", "8")]
    [InlineData("6 & 3 | 8", "10")]
    [InlineData("0xFF + 0b11", "258")]
    [InlineData("10L + 1", "11")]
    [InlineData("1.5m + 1", "2.5")]
    [InlineData("1e3", "1000")]
    [InlineData("\"a\" + 1 + null", "\"a1\"")]
    [InlineData("\"a\" & 1", "\"a1\"")]
    [InlineData("\"\\u4e2d\\t\\\"\"", "\"\\u4E2D\\t\\u0022\"")]
    [InlineData("1 < 2 and not (2 < 1) or false", "true")]
    [InlineData("1 eq 1 && 1 ne 2 && 1 lt 2 && 2 gt 1 && 1 le 1 && 1 ge 1", "true")]
    [InlineData("1 = 1 and 1 <> 2", "true")]
    [InlineData("true ? 1 : 2", "1")]
    [InlineData("iif(1 > 2, \"y\", \"n\")", "\"n\"")]
    [InlineData("true ? 1 : null", "1")]
    [InlineData("null ?? 3", "3")]
    [InlineData("\"2026-01-02\" == DateTime(2026, 1, 2)", "true")]
    [InlineData("DateTime(2026,3,1).AddDays(-1).Day", "28")]
    [InlineData("(DateTime(2026,3,1) - DateTime(2026,2,1)).TotalDays", "28")]
    [InlineData("DateTime.Now.Hour", "9")]
    [InlineData("DateTime.Today == DateTime(2026, 11, 20)", "true")]
    [InlineData("DateOnly.Parse(\"2026-03-14\") < DateOnly(2026, 3, 15)", "true")]
    [InlineData("DateTime(2026,11,20).DayOfWeek == DayOfWeek.Friday", "true")]
    [InlineData("int(2.9) + int(\"5\")", "7")]
    [InlineData("Math.Max(1, 2.5)", "2.5")]
    [InlineData("Math.Round(2.5m, MidpointRounding.AwayFromZero)", "3")]
    [InlineData("string.Join(\"-\", new[] { \"a\", \"b\" })", "\"a-b\"")]
    [InlineData("\"a,b\".Split(\",\").Length", "2")]
    [InlineData("\"ABC\".ToLower().Contains(\"b\")", "true")]
    [InlineData("\"a\" < \"b\" && \"Z\" < \"a\"", "true")]
    [InlineData("\"abc\"[1]", "\"b\"")]
    [InlineData("\"abc\".Any(it == 'c')", "true")]
    [InlineData("Regex.IsMatch(\"13812345678\", \"^1[3-9][0-9]{9}$\")", "true")]
    [InlineData("string.Format(\"{0:D4}-{1}\", 7, \"x\")", "\"0007-x\"")]
    [InlineData("3 in (1, 2, 3)", "true")]
    [InlineData("3 not in (1, 2)", "true")]
    [InlineData("Enumerable.Range(1, 4).Sum()", "10")]
    [InlineData("ExpressionUtils.CheckContains(\"b\", \"a,b\")", "true")]
    [InlineData("is(1, \"Int32\") && !is(\"a\", \"Int32\")", "true")]
    [InlineData("cast(3, \"Double\") / 2", "1.5")]
    [InlineData("\"\\x41B\\.\\102\\e\"", "\"AB.B\\u001B\"")]
    [InlineData("float.Parse(\"1.5\") + short.MaxValue", "32768.5")]
    [InlineData("Math.Log(8, 2) + Math.Cbrt(27) + Convert.ToByte(\"4\")", "10")]
    [InlineData("DateTime.ParseExact(\"13/09/2022\", \"dd/MM/yyyy\", null).Month", "9")]
    [InlineData("TimeSpan.FromHours(3).Divide(TimeSpan.FromHours(2))", "1.5")]
    [InlineData("Guid.Empty < Guid(\"00000000-0000-0000-0000-000000000001\")", "true")]
    [InlineData("DateTime(2022, 9, 13) in (\"2022-09-13\")", "true")]
    public void Is_evaluated(string expression, string value) => Assert.Equal(value, Ask.Value(expression));

    [Theory]
    [InlineData("input1.a * 2 + input1.A", "6")]
    [InlineData("a + 1", "3")]
    [InlineData("it.a + root.a", "4")]
    [InlineData("input1.名称 == \"广州\"", "true")]
    [InlineData("input1[\"s\"] == \"x\"", "true")]
    [InlineData("input1.n == null", "true")]
    [InlineData("input1.n == 5", "false")]
    [InlineData("input1.n > 5", "false")]
    [InlineData("input1.n ?? 7", "7")]
    [InlineData("np(input1.n.x.y, 1)", "1")]
    [InlineData("np(input1.b.c.d)", "null")]
    [InlineData("np(input1.b.d.e)", "5")]
    [InlineData("input1.items.Where(q > 2).Count()", "2")]
    [InlineData("input1.items.Any(x => x.q == 1 && x.k == \"a\")", "true")]
    [InlineData("input1.items.All(x => input1.items.Any(y => y.q >= x.q))", "true")]
    [InlineData("input1.items.Select(x => x.q * parent.a)", "[2,6,6]")]
    [InlineData("input1.items.Sum(q)", "7")]
    [InlineData("input1.items.Average(x => x.q)", "2.3333333333333335")]
    [InlineData("input1.items.Max(x => x.q) - input1.nums.Min()", "2")]
    [InlineData("input1.items.OrderByDescending(q).ThenBy(k).First().k", "\"a\"")]
    [InlineData("input1.items.Select(new (k as Name, q)).Last()", "{\"Name\":\"a\",\"q\":3}")]
    [InlineData("input1.items.GroupBy(k).Select(new (Key as K, Count() as C))", "[{\"K\":\"a\",\"C\":2},{\"K\":\"b\",\"C\":1}]")]
    [InlineData("input1.items.GroupBy(new (k as K)).Count()", "2")]
    [InlineData("input1.items.SelectMany(x => input1.tags).Distinct().Count()", "2")]
    [InlineData("input1.items.Skip(1).Take(1).Single().k", "\"b\"")]
    [InlineData("input1.items.FirstOrDefault(q > 9) == null", "true")]
    [InlineData("np(input1.items.FirstOrDefault(q > 9).q, 0)", "0")]
    [InlineData("input1.tags.Contains(\"b\") && \"b\" in input1.tags", "true")]
    [InlineData("input1.nums.Concat(input1.nums).Reverse().First()", "3")]
    [InlineData("input1.nums.Append(9).Count()", "4")]
    [InlineData("input1.tags[1]", "\"b\"")]
    [InlineData("input1.items.Count", "3")]
    [InlineData("input1.e.Count() == 0 && !input1.e.Any()", "true")]
    [InlineData("input1.e.FirstOrDefault(x => true) == null", "true")]
    [InlineData("!np(input1.n.open, false) && np(input1.n.days, 5) + 1 == 6", "true")]
    [InlineData("input1.mixed.Sum()", "3.5")]
    [InlineData("input1.some.Sum(q)", "1")]
    [InlineData("input1.some.Count(x => x.q == null)", "2")]
    [InlineData("input1.some.Max(r)", "2")]
    [InlineData("input1.items.MaxBy(q).k", "\"b\"")]
    [InlineData("input1.items.DistinctBy(k).Count()", "2")]
    [InlineData("DateTime(input1.d).Day + int(input1.d.Substring(0, 4))", "2040")]
    [InlineData("cast(input1.d.Substring(5, 2), \"Int32\") == 3", "true")]
    public void Is_evaluated_over_facts(string expression, string value) => Assert.Equal(value, Ask.Value(expression, Facts));

    /// <summary>What people do not write, and imported files may hold.</summary>
    [Theory]
    [InlineData("\"a\"\"b\"", "\"a\\u0022\\u0022b\"")]
    [InlineData("input1.a in (2, 4.2)", "true")]
    [InlineData("input1.s in (\"y\", null)", "false")]
    [InlineData("input1.n in (null)", "true")]
    [InlineData("input1.flag in (false)", "true")]
    [InlineData("DateTime(2022, 9, 13).DayOfWeek in (\"Tuesday\", 3)", "true")]
    [InlineData("input1[\"a\"]", "2")]
    [InlineData("input1[\"s\"] == \"x\"", "false")]
    [InlineData("as(input1.a, \"Int64?\")", "null")]
    public void Is_evaluated_as_the_original_does(string expression, string value) => Assert.Equal(value, Ask.Value(expression, Facts, settings: Original));

    [Theory]
    [InlineData("input1.a in (\"2\")", "cannot be combined")]
    [InlineData("input1.n in (\"x\")", "cannot be combined")]
    [InlineData("input1[\"a\"] + 1", "cannot be combined")]
    [InlineData("as(input1.a, \"Int64\")", "nullable")]
    [InlineData("\"\\d\"", "is not an escape")]
    [InlineData("\"\\x4\"", "is not an escape")]
    public void Is_refused_as_the_original_does(string expression, string reason) => Assert.Contains(reason, Ask.Value(expression, Facts, settings: Original), StringComparison.Ordinal);

    [Theory]
    [InlineData("input1.tagz", "did you mean 'tags'?")]
    [InlineData("input1.items.Any(x => x.qq == 1)", "did you mean")]
    [InlineData("inptu1.a", "did you mean 'input1'?")]
    [InlineData("input1.s.Containz(\"a\")", "did you mean 'Contains'?")]
    [InlineData("Mth.Abs(1)", "did you mean 'Math'?")]
    [InlineData("Math.Abz(1)", "did you mean 'Abs'?")]
    [InlineData("DayOfWeek.Mondey", "did you mean 'Monday'?")]
    [InlineData("input1.items.Wher(q > 1)", "did you mean 'Where'?")]
    [InlineData("input1.n.Length", "input1.n is null")]
    [InlineData("input1.b.c.d", "input1.b.c is null")]
    [InlineData("input1?.a", "use np(")]
    [InlineData("input1.s as string", "'as' names the members of new")]
    [InlineData("'abc'", "use double quotes")]
    [InlineData("input1.s > 1", "String and Int32 cannot be combined")]
    [InlineData("input1.price > 1.5m", "Double and Decimal cannot be combined")]
    [InlineData("input1.flag == \"yes\"", "\"yes\" is not a Boolean")]
    [InlineData("1 / 0", "divide by zero")]
    [InlineData("input1.items.First(q > 9)", "no matching element")]
    public void Says_what_is_wrong(string expression, string hint)
    {
        var answer = Ask.Value(expression, Facts);
        Assert.StartsWith("error: ", answer, StringComparison.Ordinal);
        Assert.Contains(hint, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input1.a == ", 13)]
    [InlineData("input1.a == (1 + ", 18)]
    [InlineData("input1.a ==\n  )", 15)]
    [InlineData("1 + \"abc", 5)]
    [InlineData("iif(true, 1)", 1)]
    public void A_mistake_has_its_column(string expression, int column)
    {
        var problem = Assert.Single(Lambda.Compile(expression, Ask.Schema("""{"input1": {"a": "Int32"}}""")).Problems);
        Assert.Equal(column, problem.Column);
    }

    [Fact]
    public void Letter_case_matters_only_when_asked_for()
    {
        var sensitive = new RuleSettings { IsExpressionCaseSensitive = true };
        Assert.Equal("2", Ask.Value("INPUT1.A", Facts));
        Assert.StartsWith("error", Ask.Value("INPUT1.A", Facts, null, sensitive), StringComparison.Ordinal);
        Assert.Equal("2", Ask.Value("input1.a", Facts, null, sensitive));
        Assert.Equal("true", Ask.Value("input1.a == 2 and not false", Facts, null, sensitive));
        Assert.StartsWith("error", Ask.Value("input1.a == 2 AND true", Facts, null, sensitive), StringComparison.Ordinal);
        Assert.Equal("true", Ask.Value("input1.a == 2 AND TRUE", Facts));
    }
}
