using WorkflowEngine.Content.Reading;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Content.Tests.Rehearsal;

/// <summary>What <c>check</c> says of the stories beside the flows: they are played, and what differs is told with its place.</summary>
public class StoryCheckTests
{
    private const string StoryPath = "workflows/guangdong/vendor-integration.scenarios.json";

    [Fact]
    public void A_shorter_limit_is_refused_by_the_stories_that_told_the_old_dates()
    {
        var files = ShippedContent.With(ShippedContent.FlowPath, ShippedContent.ReviewLimit(3), ShippedContent.ReviewLimit(2));

        var result = ShippedContent.Check(files);

        Assert.Null(result.Set);
        var problem = result.Problems.First(problem => problem is { Code: ProblemCodes.ScenarioFails, File: StoryPath });
        Assert.Equal(ProblemSeverity.Error, problem.Severity);
        Assert.Contains("story 'T1', act 1", problem.Message, StringComparison.Ordinal);
        Assert.Contains("open tasks should be [review", problem.Message, StringComparison.Ordinal);
        Assert.Contains("情景“T1”第 1 步", problem.Chinese, StringComparison.Ordinal);
        Assert.Contains("2022-10-10 到期", problem.Chinese, StringComparison.Ordinal);
        Assert.Contains("2022-10-09 到期", problem.Chinese, StringComparison.Ordinal);
        Assert.Equal(ShippedContent.LineOf(files[StoryPath], "\"id\": \"T1\"") + 4, problem.Line);
    }

    [Fact]
    public void A_word_that_the_content_does_not_have_is_told_in_the_story_file()
    {
        var files = new Dictionary<string, string>(ShippedContent.Files)
        {
            ["workflows/guangdong/mine.scenarios.json"] = """
                { "scenarios": [ { "id": "甲", "title": "写错的步骤", "acts": [
                  { "at": "2023-03-06 10:00", "who": "甲科技", "submit": "guangdong-vendor-integration", "authority": "441300" },
                  { "at": "2023-03-07 10:00", "who": "441300/officer", "task": "reviev", "outcome": "Approved" } ] } ] }
                """,
        };

        var problem = Assert.Single(ShippedContent.Check(files).Problems, problem => problem.Severity == ProblemSeverity.Error);

        Assert.Equal(("workflows/guangdong/mine.scenarios.json", 3, ProblemCodes.UnknownStep), (problem.File, problem.Line, problem.Code));
        Assert.Contains("did you mean 'review'?", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_edge_of_every_shipped_flow_is_taken_by_some_story()
    {
        var coverage = ShippedContent.Check(ShippedContent.Files).Report.Stories!;

        Assert.All(coverage.Flows, flow => Assert.True(flow.NotTaken.Count == 0, $"{flow}\n{string.Join('\n', flow.NotTaken)}"));
        Assert.True(coverage.Flows.Sum(flow => flow.Exempt.Count) <= 5, "few edges may be exempt");
    }

    [Fact]
    public void Without_its_story_an_edge_is_told_in_words_and_an_exemption_of_a_taken_edge_is_not_needed()
    {
        const string Complaints = "workflows/guangdong/complaint.scenarios.json";
        var files = new Dictionary<string, string>(ShippedContent.Files)
        {
            [Complaints] = """
                { "notTaken": [ { "flow": "guangdong-vendor-integration", "step": "review", "port": "Approved", "reason": "试一试" } ], "scenarios": [] }
                """,
        };

        var problems = ShippedContent.Check(files).Problems;

        Assert.Contains(problems, problem => problem is { Code: ProblemCodes.ExemptionNeedless, File: Complaints, Line: 1, Severity: ProblemSeverity.Warning });
        Assert.Contains(problems, problem => problem.Code == ProblemCodes.EdgeNotTaken && problem is { ActivityId: "may-end", File: ShippedContent.FlowPath, Severity: ProblemSeverity.Warning } && problem.Chinese!.Contains("—False→", StringComparison.Ordinal));
    }
}
