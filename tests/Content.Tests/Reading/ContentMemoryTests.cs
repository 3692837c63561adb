using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.Reading;

/// <summary>Who reads files again finds what he would find had he never read any: nothing that is kept outlives a text that it follows from.</summary>
public sealed class ContentMemoryTests
{
    private const int Changes = 10;

    [Fact]
    public void Files_read_one_after_another_are_found_as_if_each_were_the_first()
    {
        var random = new Random(20261122);
        var paths = ShippedContent.Files.Keys.Order(StringComparer.Ordinal).ToList();
        var memory = new ContentMemory();
        var files = ShippedContent.Files.ToDictionary();
        for (var change = 0; change < Changes; change++)
        {
            var path = paths[random.Next(paths.Count)];
            var what = random.Next(4) switch
            {
                0 => Without(files, path),
                1 => With(files, path, Cut(files.GetValueOrDefault(path, ""), random)),
                2 => With(files, path, files.GetValueOrDefault(path, "") + "\n"),
                _ => With(files, path, ShippedContent.Files[path]),
            };

            var remembered = ContentReader.Read(files, ["example.org"], memory);
            var fresh = ContentReader.Read(files, ["example.org"]);

            Assert.Equal(Told(fresh), Told(remembered));
            Assert.Equal(fresh.Set?.Id, remembered.Set?.Id);
            Assert.Equal(fresh.Report.Counts, remembered.Report.Counts);
            Assert.True(fresh.Report.RuleCoverage.Select(set => set.ToString()).SequenceEqual(remembered.Report.RuleCoverage.Select(set => set.ToString())), $"Change {change} ({what}): the examples of rules try something else.");
            // Most of what is broken is mended again, or every reading would end at the first of many errors.
            if (random.Next(3) > 0) files = ShippedContent.Files.ToDictionary();
        }
    }

    [Fact]
    public void A_flow_that_names_a_form_is_checked_again_when_the_form_changes()
    {
        var memory = new ContentMemory();
        Assert.NotNull(ContentReader.Read(ShippedContent.Files, memory: memory).Set);

        var without = ShippedContent.Files.ToDictionary();
        Assert.True(without.Remove("workflows/forms/correction.json"));
        var found = ContentReader.Read(without, memory: memory);

        Assert.Contains(found.Problems, problem => problem is { Code: "unknown-name", File: ShippedContent.FlowPath, Severity: ProblemSeverity.Error });
        Assert.NotNull(ContentReader.Read(ShippedContent.Files, memory: memory).Set);
    }

    [Fact]
    public void Stories_are_played_once_for_a_release()
    {
        var first = ShippedContent.Check(ShippedContent.Files);
        var again = ShippedContent.Check(ShippedContent.Files);

        Assert.NotNull(first.Report.Stories);
        Assert.Same(first.Report.Stories, again.Report.Stories);
    }

    [Fact]
    public void What_nobody_asks_for_any_more_is_forgotten()
    {
        var memory = new ContentMemory();
        ContentReader.Read(ShippedContent.Files, memory: memory);
        var kept = memory.Count;
        for (var draft = 0; draft < 40; draft++)
        {
            ContentReader.Read(ShippedContent.With(ShippedContent.FlowPath, "广东省实名制软硬件接入联调\",", $"联调{draft}\","), memory: memory);
        }

        // Besides the shipped files the last drafts are known: the flow as it was read and what was proved of it.
        Assert.InRange(memory.Count, kept + 2, kept + 70);
    }

    private static List<string> Told(ContentResult result) => [.. result.Problems.Select(problem => $"{problem} {problem.Chinese} {problem.Severity}")];

    private static string Without(Dictionary<string, string> files, string path)
    {
        files.Remove(path);
        return $"without {path}";
    }

    private static string With(Dictionary<string, string> files, string path, string text)
    {
        files[path] = text;
        return $"another {path}";
    }

    private static string Cut(string text, Random random)
    {
        var at = random.Next(text.Length + 1);
        var length = Math.Min(text.Length - at, random.Next(200));
        return text.Remove(at, length);
    }
}
