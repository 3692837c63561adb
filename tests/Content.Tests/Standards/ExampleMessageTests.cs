using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;

namespace WorkflowEngine.Content.Tests.Standards;

/// <summary>The messages under <c>docs/examples/</c> that the README has its reader send.</summary>
public sealed class ExampleMessageTests
{
    [Theory]
    [InlineData("ProjectWorker.Add")]
    [InlineData("WorkerEntryExit.Add")]
    [InlineData("WorkerAttendance.Add")]
    public void The_example_of_each_required_kind_is_accepted_as_it_is(string method)
    {
        Assert.Empty(Judge(method, method).Findings);
    }

    [Fact]
    public void The_faulty_example_has_the_two_mistakes_that_are_told_of_it()
    {
        Assert.Equal(["V1-id-checksum", "F3-dictionary"], Judge("ProjectWorker.Add", "ProjectWorker.Add.faulty").Findings.Select(finding => finding.Rule).OrderDescending(StringComparer.Ordinal));
    }

    private static MessageReport Judge(string method, string file)
    {
        var clear = JsonNode.Parse(File.ReadAllText(Path.Combine(ShippedContent.Root, "docs", "examples", file + ".json")))!.AsObject();
        var definition = ShippedContent.Set.Standards["national-1.2.1"].Messages!.Messages[method];
        return TestMessages.Check(method, FieldEncryption.Encrypt(definition, clear, TestMessages.Secret));
    }
}
