using System.Text.Json.Nodes;

namespace WorkflowEngine.Templates.Tests.Conformance;

/// <summary>Templates and what they give, after the documentation of the language and of its functions.</summary>
public sealed class LanguageCaseTests
{
    public static TheoryData<int, string> Cases()
    {
        var data = new TheoryData<int, string>();
        var cases = Load();
        for (var i = 0; i < cases.Count; i++)
        {
            data.Add(i, (string)cases[i]!["template"]!);
        }

        return data;
    }

    private static JsonArray Load() =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Conformance", "language-cases.json")))!.AsArray();

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_template_gives_what_the_documentation_says(int index, string template)
    {
        var request = Load()[index]!.AsObject();
        var expected = request["expected"]!.AsObject();
        request.Remove("expected");

        var answer = JsonNode.Parse(TemplateBatch.Answer(request.ToJsonString(), TimeProvider.System.GetUtcNow()))!.AsObject();

        Assert.False(answer.ContainsKey("error"), $"{template}: {answer.ToJsonString()}");
        if (expected.ContainsKey("fails"))
        {
            Assert.False(answer.ContainsKey("text"), $"{template} should fail and gave {answer.ToJsonString()}");
        }
        else
        {
            Assert.True(answer.ContainsKey("text"), $"{template} fails: {answer.ToJsonString()}");
            Assert.Equal(((string)expected["text"]!).Trim(), ((string)answer["text"]!).Trim());
        }
    }
}
