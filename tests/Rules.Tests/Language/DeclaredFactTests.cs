namespace WorkflowEngine.Rules.Tests.Language;

/// <summary>What a declared schema finds before any fact is seen, and what null means under it.</summary>
public sealed class DeclaredFactTests
{
    private static readonly FactSchema Schema = Ask.Schema("""
        {"worker": {"name": "String", "age": "Int32", "wage": "Decimal", "registered": "Boolean", "entry": "DateTime", "born": "DateOnly",
                    "days": "Int64", "score": "Double", "address": {"city": "String"}, "records": [{"hours": "Int32", "day": "DateOnly"}]}}
        """);

    [Theory]
    [InlineData("worker.nmae == \"a\"", 8, "did you mean 'name'?")]
    [InlineData("worker.address.ctiy == \"a\"", 16, "did you mean 'city'?")]
    [InlineData("worker.records.Any(x => x.hour > 1)", 27, "did you mean 'hours'?")]
    [InlineData("wroker.name == \"a\"", 1, "did you mean 'worker'?")]
    [InlineData("worker.age == worker.name", 12, "Int32? and String cannot be combined")]
    [InlineData("worker.name.Year", 13, "'Year' is not a member")]
    [InlineData("worker.records.hours", 16, "'hours' is not a member")]
    [InlineData("worker.entry > \"soon\"", 14, "\"soon\" is not a DateTime")]
    [InlineData("worker.age + true", 12, "cannot be combined")]
    public void A_mistake_is_found_when_the_rule_is_saved(string expression, int column, string message)
    {
        var problem = Assert.Single(Lambda.Compile(expression, Schema).Problems);
        Assert.Equal(column, problem.Column);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("worker.age >= 16", "true")]
    [InlineData("worker.wage * 2 > 10.5", "true")]
    [InlineData("worker.wage == 12.30", "true")]
    [InlineData("worker.entry > \"2026-01-01\"", "true")]
    [InlineData("worker.entry.Year == 2026 && worker.entry.Hour == 7", "true")]
    [InlineData("worker.born == \"1990-01-01\"", "true")]
    [InlineData("worker.born.AddYears(16) <= DateOnly(2026, 1, 1)", "true")]
    [InlineData("worker.days + worker.age", "36")]
    [InlineData("worker.score * 2", "3")]
    [InlineData("Math.Max(worker.age, 40)", "40")]
    [InlineData("worker.name.Substring(0, worker.age - 35)", "\"A\"")]
    [InlineData("worker.records.Sum(hours)", "8")]
    [InlineData("worker.records.Where(x => x.day.Month == 3).Count()", "1")]
    [InlineData("worker.records.Select(x => x.hours).Contains(worker.days)", "error: ")]
    [InlineData("worker.age in (35, 36)", "true")]
    public void Values_are_read_as_declared(string expression, string value) => Assert.StartsWith(value, Ask.Value(
        expression,
        """
        {"worker": {"name": "Ann", "age": 36, "wage": 12.30, "registered": true, "entry": "2026-09-13 07:58:21", "born": "1990-01-01", "days": 0,
                    "score": 1.5, "address": {"city": "x"}, "records": [{"hours": 8, "day": "2026-03-14"}], "extra": {"is": "not read"}}}
        """,
        Schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("worker.age > 16", "false")]
    [InlineData("worker.age == null", "true")]
    [InlineData("worker.age + 1", "null")]
    [InlineData("worker.registered", "null")]
    [InlineData("worker.registered == true", "false")]
    [InlineData("worker.registered && true", "null")]
    [InlineData("worker.registered || true", "true")]
    [InlineData("worker.registered ? 1 : 2", "2")]
    [InlineData("worker.entry.Year", "null")]
    [InlineData("worker.entry.HasValue", "false")]
    [InlineData("Math.Abs(worker.age)", "null")]
    [InlineData("worker.age ?? 0", "0")]
    [InlineData("worker.name == \"x\"", "false")]
    [InlineData("worker.name.Length", "error: ")]
    [InlineData("np(worker.name.Length, 0)", "0")]
    [InlineData("worker.address.city == \"x\"", "error: ")]
    [InlineData("np(worker.address.city, \"none\")", "\"none\"")]
    [InlineData("np(worker.records.Any(x => x.hours > 1), false)", "false")]
    [InlineData("string.IsNullOrEmpty(worker.name)", "true")]
    [InlineData("\"[\" + worker.name + worker.age + \"]\"", "\"[]\"")]
    public void Nothing_is_declared_impossible_to_be_null(string expression, string value) =>
        Assert.StartsWith(value, Ask.Value(expression, """{"worker": {}}""", Schema), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"worker": {"age": "36"}}""", "'worker.age' is \"36\", which is not Int32")]
    [InlineData("""{"worker": {"age": 3.5}}""", "which is not Int32")]
    [InlineData("""{"worker": {"records": {}}}""", "'worker.records' is an object, which is not a list")]
    [InlineData("""{"worker": {"records": [{"hours": true}]}}""", "'worker.records[0].hours'")]
    [InlineData("""{"worker": {"entry": "14/03/2026"}}""", "which is not DateTime")]
    [InlineData("""{"worker": {"name": 5, "age": 1}}""", "'worker.name' is 5, which is not String")]
    [InlineData("""{"worker": []}""", "which is not an object")]
    public void A_fact_of_another_type_is_named(string facts, string message) =>
        Assert.Contains(message, Ask.Value("true", facts, Schema), StringComparison.Ordinal);

    [Fact]
    public void An_identity_number_in_the_wrong_place_is_not_repeated()
    {
        var answer = Ask.Value("true", """{"worker": {"age": "441403199001011233"}}""", Schema);
        Assert.DoesNotContain("441403199001011233", answer, StringComparison.Ordinal);
        Assert.Contains("441403", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_that_is_declared_as_any_is_typed_by_its_values()
    {
        var schema = Ask.Schema("""{"worker": {"name": "String", "extra": "Any"}}""");
        Assert.False(schema.IsDeclared);
        Assert.Equal("3", Ask.Value("worker.extra.x + 1", """{"worker": {"extra": {"x": 2}}}""", schema));
        Assert.Equal("\"a1\"", Ask.Value("worker.extra.x + 1", """{"worker": {"extra": {"x": "a"}}}""", schema));
        Assert.StartsWith("error", Ask.Value("worker.nme", """{"worker": {}}""", schema), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"a": {"b": "Int23"}}""", 1, 13, "did you mean 'Int32'?")]
    [InlineData("""["a"]""", 1, 1, "must be an object")]
    [InlineData("""{"a": ["Int32", "String"]}""", 1, 7, "the type of its elements")]
    [InlineData("{\"a\": \"Int32\",\n \"a\": \"String\"}", 2, 2, "declared twice")]
    [InlineData("""{"a": "Int32",}""", 1, 15, "trailing comma")]
    public void A_mistake_in_the_schema_has_its_place(string json, int line, int column, string message)
    {
        var problem = Assert.Single(FactSchema.Parse(json).Problems);
        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains(message, problem.Message, StringComparison.OrdinalIgnoreCase);
    }
}
