using FsCheck;
using FsCheck.Fluent;
using System.Text.Json.Nodes;

namespace WorkflowEngine.Templates.Tests;

public sealed class TemplateBatchTests
{
    private static JsonObject Answer(string line) => JsonNode.Parse(TemplateBatch.Answer(line, TimeProvider.System.GetUtcNow()))!.AsObject();

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"template": 5}""")]
    [InlineData("""{"template": "x", "model": []}""")]
    [InlineData("""{"template": "x", "modle": {}}""")]
    [InlineData("""{"template": "x", "mode": "mustache"}""")]
    [InlineData("""{"template": "x", "escape": "pdf"}""")]
    [InlineData("""{"template": "x", "culture": "xx-QQ-none"}""")]
    [InlineData("""{"template": "x", "settings": {"LoopLimt": 5}}""")]
    [InlineData("""{"template": "x", "settings": {"LoopLimit": "many"}}""")]
    [InlineData("""{"template": "{{ 1 }}", "includes": {"a": 5}}""")]
    public void A_line_that_is_no_request_is_answered_with_an_error(string line) =>
        Assert.Equal(["error"], Answer(line).Select(m => m.Key));

    [Fact]
    public void A_mistyped_member_is_pointed_out() =>
        Assert.Contains("did you mean 'settings'?", (string)Answer("""{"template": "x", "setings": {}}""")["error"]!, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_escaped_unless_asked_for()
    {
        Assert.Equal("<b>", (string)Answer("""{"template": "{{ x }}", "model": {"x": "<b>"}}""")["text"]!);
        Assert.Equal("&lt;b&gt;", (string)Answer("""{"template": "{{ x }}", "model": {"x": "<b>"}, "escape": "html"}""")["text"]!);
    }

    [Fact]
    public void A_template_that_does_not_parse_is_told_from_one_that_fails()
    {
        Assert.StartsWith("text(2,6) : error : ", (string)Answer("""{"template": "a\n{{ x }"}""")["errors"]![0]!, StringComparison.Ordinal);
        Assert.StartsWith("text(2,6) : error : ", (string)Answer("""{"template": "a\n{{ x.y.z }}", "model": {}}""")["exception"]!["text"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("StrictVariables", "true", "{{ x }}")]
    [InlineData("EnableRelaxedMemberAccess", "false", "{{ this.x }}")]
    [InlineData("EnableRelaxedIndexerAccess", "false", "{{ [1][5] }}")]
    [InlineData("LoopLimit", "3", "{{ for i in 1..4; end }}")]
    [InlineData("RecursiveLimit", "2", "{{ func f(x); if x > 0; f (x - 1); end; end; f 5 }}")]
    [InlineData("ObjectRecursionLimit", "1", "{{ [[[1]]] }}")]
    [InlineData("ExpressionDepthLimit", "5", "{{ ((((((1)))))) }}")]
    public void A_stricter_setting_makes_the_template_fail(string setting, string value, string template)
    {
        var request = new JsonObject { ["template"] = template };
        Assert.True(Answer(request.ToJsonString()).ContainsKey("text"));

        request["settings"] = new JsonObject { [setting] = JsonNode.Parse(value) };
        Assert.False(Answer(request.ToJsonString()).ContainsKey("text"));
    }

    [Theory]
    [InlineData("EnableRelaxedTargetAccess", "{{ a.b.c }}")]
    [InlineData("EnableRelaxedFunctionAccess", "{{ 'x' | nothing }}{{ nothing 1 }}")]
    [InlineData("EnableNullIndexer", "{{ [1][null] }}")]
    [InlineData("EnableBreakAndContinueAsReturnOutsideLoop", "{{ break }}")]
    public void A_more_lenient_setting_lets_the_template_pass(string setting, string template)
    {
        var request = new JsonObject { ["template"] = template };
        Assert.True(Answer(request.ToJsonString()).ContainsKey("exception"));

        request["settings"] = new JsonObject { [setting] = true };
        Assert.Equal("", (string)Answer(request.ToJsonString())["text"]!);
    }

    [Fact]
    public void Every_line_has_an_answer() => Prop.ForAll<NonNull<string>>(line =>
        JsonNode.Parse(TemplateBatch.Answer(line.Get, TimeProvider.System.GetUtcNow())) is JsonObject { Count: 1 }).QuickCheckThrowOnFailure();
}
