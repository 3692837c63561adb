using System.Globalization;
using System.Text;

namespace WorkflowEngine.Content.Tests.Checks;

/// <summary>Content comes from many hands: whatever a file says, reading it ends soon with problems and never with a crash.</summary>
public sealed class HostileContentTests
{
    private static readonly string[] Paths =
    [
        ShippedContent.FlowPath, "workflows/forms/review.json", "rules/guangdong/material-completeness.json", "rules/guangdong/material-completeness.cases.json",
        "templates/application-receipt.model.json", "rules/regions.json", "rules/calendars/cn.json",
    ];

    public static TheoryData<string> Texts =>
    [
        "", "null", "[]", "{}", "1", "\"\"", "{", "[[[[[[", "\u0000", "{\"root\":{}}", "{\"root\":{\"type\":\"Elsa.Flowchart\",\"id\":\"f\",\"activities\":{},\"connections\":{}}}",
        "{\"definitionId\":\"x\",\"root\":{\"type\":\"Elsa.Flowchart\",\"id\":\"f\",\"activities\":[{\"id\":\"a\",\"type\":\"Gov.HumanTask\",\"outcomes\":1,\"limit\":[],\"guards\":{}}],\"connections\":[{\"source\":1,\"target\":{}}]}}",
        "{\"fields\":[1,{},{\"name\":[],\"type\":{}}],\"title\":{}}", "[1,{},{\"facts\":1,\"expect\":[]}]", "{\"WorkflowName\":1,\"Rules\":{}}",
    ];

    [Theory]
    [MemberData(nameof(Texts))]
    public void Nonsense_in_any_file_ends_in_problems(string text)
    {
        foreach (var path in Paths)
        {
            var result = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { [path] = text });

            Assert.True(result.Set is null || (path.EndsWith(".cases.json", StringComparison.Ordinal) && text == "[]"), $"{path} was accepted");
            Assert.All(result.Problems, problem => Assert.True(problem.Line >= 1, problem.ToString()));
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_ends_in_problems()
    {
        var text = ShippedContent.Files[ShippedContent.FlowPath];
        foreach (var length in Enumerable.Range(1, 12).Select(part => part * text.Length / 13))
        {
            Assert.Null(ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { [ShippedContent.FlowPath] = text[..length] }).Set);
        }
    }

    [Fact]
    public void Names_of_a_hundred_thousand_letters_cost_no_gigabytes()
    {
        var name = new string('a', 100_000);
        var flow = $$"""
            {"definitionId":"x","root":{"type":"Elsa.Flowchart","id":"f","activities":[{"id":"{{name}}b","type":"Elsa.WriteLine"}],
             "connections":[{"source":{"activity":"{{name}}b","port":"Done"},"target":{"activity":"{{name}}","port":"In"} }]} }
            """;

        var result = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { ["workflows/x.json"] = flow });

        Assert.Contains(result.Problems, problem => problem.Code == "unknown-step");
    }

    [Fact]
    public void A_flow_of_a_thousand_steps_is_checked()
    {
        var steps = new StringBuilder();
        var edges = new StringBuilder();
        for (var i = 0; i < 1_000; i++)
        {
            steps.Append(CultureInfo.InvariantCulture, $$"""{{(i > 0 ? "," : "")}}{"id":"s{{i}}","type":"Elsa.WriteLine","version":1}""");
            if (i > 0)
            {
                edges.Append(CultureInfo.InvariantCulture, $$"""{{(i > 1 ? "," : "")}}{"source":{"activity":"s{{i - 1}}","port":"Done"},"target":{"activity":"s{{i}}","port":"In"} }""");
            }
        }

        var flow = $$"""{"definitionId":"long","root":{"type":"Elsa.Flowchart","id":"f","activities":[{{steps}}],"connections":[{{edges}}]} }""";
        var result = ShippedContent.Read(new Dictionary<string, string>(ShippedContent.Files) { ["workflows/long.json"] = flow });

        Assert.Empty(result.Problems);
    }
}
