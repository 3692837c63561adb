using System.Globalization;
using System.Text.RegularExpressions;

namespace WorkflowEngine.Content.Tests;

/// <summary>The guide for policy staff quotes the files as they are: a wrong line number would send a reader astray.</summary>
public sealed partial class ContentGuideTests
{
    [Fact]
    public void The_guide_quotes_the_files_as_they_are()
    {
        var guide = File.ReadAllText(Path.Combine(ShippedContent.Root, "docs", "content-guide.zh.md"));
        var quotations = Quotation().Matches(guide);

        Assert.True(quotations.Count >= 10, "the guide shows no lines");
        foreach (Match quotation in quotations)
        {
            var path = quotation.Groups["path"].Value;
            var first = int.Parse(quotation.Groups["line"].Value, CultureInfo.InvariantCulture);
            var quoted = quotation.Groups["text"].Value.TrimEnd('\n').Split('\n').Select(line => line.Trim());
            var lines = ShippedContent.Files[path].Split('\n').Select(line => line.Trim()).ToList();
            var found = quoted.Select((line, i) => (line, Expected: first + i, Actual: lines.IndexOf(line) + 1)).ToList();

            Assert.All(found, line => Assert.True(lines[line.Expected - 1] == line.line, $"docs/content-guide.zh.md says {path} line {line.Expected}: {line.line} (it is line {line.Actual})"));
        }
    }

    [GeneratedRegex(@"\*\*`(?<path>[^`]+)` 第 (?<line>\d+) 行\*\*\n\n```\w+\n(?<text>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quotation();
}
