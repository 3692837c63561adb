using WorkflowEngine.Content;
using WorkflowEngine.Content.Scenarios;

namespace WorkflowEngine.Host.Tests.Support;

/// <summary>The shipped content in a folder where a test may change it.</summary>
public static class ContentCopy
{
    /// <param name="withStories">Stories are played before a change of what they are about is published; a test that makes such a change leaves them out.</param>
    public static void Of(string root, string to, bool withStories = false)
    {
        foreach (var (path, text) in ContentFolder.ReadFiles(root).Files!.Where(file => withStories || !file.Key.EndsWith(ScenarioReader.Ending, StringComparison.Ordinal)))
        {
            var target = Path.Combine(to, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllText(target, text);
        }
    }

    /// <summary>The review's limit in working days as the flow file writes it, below its clock.</summary>
    public static string Limit(int days) => $$"""
        "clock": { "typeName": "String", "expression": { "type": "Literal", "value": "review" } },
                "limit": { "typeName": "Int32", "expression": { "type": "Literal", "value": {{days}} } }
        """;

    /// <summary>Saves the file with one text in place of another, which must stand there once.</summary>
    public static async Task ChangeAsync(string file, string from, string to)
    {
        var text = await File.ReadAllTextAsync(file);
        Assert.True(text.Split(from).Length == 2, $"{file} should contain {from} once.");
        await File.WriteAllTextAsync(file, text.Replace(from, to, StringComparison.Ordinal));
    }
}
