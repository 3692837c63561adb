using WorkflowEngine.Content.Reading;
using WorkflowEngine.Content.Scenarios;
using WorkflowEngine.Content.Scenarios.Playing;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Rehearsal;

/// <summary>
/// Everything that must be so before files become a release: what <see cref="ContentReader"/> finds in them, and that each story beside the flows comes out as it is
/// told. Pure: the same files give the same result.
/// </summary>
public static class ContentCheck
{
    private const string NoStory = "no story takes it";

    /// <param name="files">Texts by repository path.</param>
    /// <param name="reachableHosts">The hosts that flows of some organisation may send requests to; null when that is not known.</param>
    /// <param name="memory">What was found in files before, for who checks again and again; null: nothing.</param>
    public static ContentResult Run(IReadOnlyDictionary<string, string> files, IReadOnlyCollection<string>? reachableHosts = null, ContentMemory? memory = null)
    {
        memory ??= new ContentMemory();
        var read = ContentReader.Read(files, reachableHosts, memory);
        return read.Set is { } content ? Rehearse(content, read.Report, memory) : read;
    }

    /// <summary>Plays the stories of a release that was read without errors.</summary>
    /// <param name="report">Of the reading; the answer's has what the stories found besides.</param>
    public static ContentResult Rehearse(ContentSet content, CheckReport report, ContentMemory memory)
    {
        var found = new ProblemList();
        var coverage = memory.Find("stories", [content.Id], found, own => Play(content, own, memory));
        var whole = report with
        {
            Problems = ProblemList.InOrder(report.Problems.Concat(found.All)),
            Stories = coverage,
        };
        return new ContentResult(whole.IsPublishable ? content : null, whole);
    }

    private static StoryCoverage? Play(ContentSet content, ProblemList problems, ContentMemory memory)
    {
        var read = ScenarioReader.ReadShipped(content);
        foreach (var problem in read.Problems) problems.Add(problem);

        StoryCoverage? coverage = null;
        if (read.Scenarios is { } stories)
        {
            var book = new CoverageBook();
            var library = new Library(content, memory);
            foreach (var story in stories)
            {
                foreach (var difference in MemoryPlatform.Play(story, library, book).Differences) problems.Add(ProblemOf(story, difference));
            }

            coverage = book.Of(content, stories.Count, (flow, edge) => read.Exemptions.FirstOrDefault(exemption => exemption.Names(flow, edge))?.Reason);
            Uncovered(content, coverage, stories, problems);
            Needless(content, book, read.Exemptions, problems);
        }

        return coverage;
    }

    private static Problem ProblemOf(Scenario story, StoryDifference difference)
    {
        var (act, inChinese) = difference.Act == 0 ? ("", "") : ($", act {difference.Act}", $"第 {difference.Act} 步");
        return new Problem(
            ProblemCodes.ScenarioFails, ProblemSeverity.Error, story.File, difference.Line, 1, null, $"story '{story.Id}'{act}: {difference.English}")
        {
            Chinese = $"情景“{story.Id}”{inChinese}：{difference.Chinese}",
        };
    }

    /// <summary>A flow that stories play shall be played whole.</summary>
    private static void Uncovered(ContentSet content, StoryCoverage coverage, IReadOnlyList<Scenario> stories, ProblemList problems)
    {
        if (stories.Count == 0) return;

        foreach (var flow in coverage.Flows.Where(flow => flow.NotTaken.Count > 0 && flow.Taken > 0))
        {
            foreach (var edge in flow.NotTaken)
            {
                problems.Add(
                    ProblemCodes.EdgeNotTaken, flow.File, edge.Line, 1, edge.Source,
                    $"{NoStory}: the edge from '{edge.Source}' by {edge.Port} to '{edge.Target}'", $"没有情景走过这条连线：{edge.SourceTitle}（{edge.Source}）—{edge.Port}→ {edge.TargetTitle}（{edge.Target}）",
                    ProblemSeverity.Warning);
            }
        }
    }

    /// <summary>An exemption that is not needed hides the next edge that nobody tries.</summary>
    private static void Needless(ContentSet content, CoverageBook book, IReadOnlyList<EdgeExemption> exemptions, ProblemList problems)
    {
        foreach (var exemption in exemptions)
        {
            var flow = content.Flows[exemption.Flow];
            if (!flow.Activities.SelectMany(activity => activity.Connections).Any(edge => exemption.Names(flow, edge) && book.Took(flow, edge))) continue;

            problems.Add(
                ProblemCodes.ExemptionNeedless, exemption.File, exemption.Line, 1, null,
                $"a story takes the edge from '{exemption.Step}' by {exemption.Port}, so it needs no exemption", $"有情景走过“{exemption.Step}”的 {exemption.Port} 连线，不必声明不走", ProblemSeverity.Warning);
        }
    }
}
