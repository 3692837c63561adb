using System.Globalization;
using System.Text.RegularExpressions;
using WorkflowEngine.Host.Portal.Picture;
using WorkflowEngine.Workflows.Definitions;

namespace WorkflowEngine.Host.Tests.Portal.Picture;

public sealed partial class CasePictureTests
{
    private const string Admission = "guangdong/vendor-integration";

    public static TheoryData<string> Flows => [.. CaseOnPaper.AllFlows()];

    private static CaseOnPaper LateReview => new CaseOnPaper()
        .Completed("submit", "2022-09-30").Completed("check-materials", "2022-09-30", "Pass").Completed("receipt", "2022-09-30")
        .Opened("review", "2022-09-30", "2022-10-10").Fired("review", "2022-10-11", "Overdue").Opened("review-warning", "2022-10-11", "2022-10-13");

    [Theory]
    [MemberData(nameof(Flows))]
    public void In_every_flow_each_step_has_its_own_place_and_no_road_runs_through_a_step(string flow)
    {
        var picture = Draw(new CaseOnPaper(), "2022-10-11", flow: flow);

        foreach (var (step, i) in picture.Steps.Select((step, i) => (step, i)))
        {
            Assert.True(step.X >= 0 && step.Y >= 0 && step.X + step.Width <= picture.Width && step.Y + step.Height <= picture.Height, $"{step.Told} is outside the picture");
            Assert.All(picture.Steps.Skip(i + 1), other => Assert.False(Overlap(step, other.X, other.Y, other.X + other.Width, other.Y + other.Height), $"{step.Told} lies over {other.Told}"));
        }

        foreach (var road in picture.Roads)
        {
            foreach (var (x1, y1, x2, y2) in Segments(road.Line))
            {
                Assert.All(
                    picture.Steps.Where(step => step.Plan.Id != road.Plan.From && step.Plan.Id != road.Plan.To),
                    step => Assert.False(Overlap(step, x1, y1, x2, y2), $"the road {road.Plan.From} → {road.Plan.To} runs through {step.Told}"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Flows))]
    public void Roads_leave_from_the_edge_of_their_step_and_end_at_the_edge_of_the_next(string flow)
    {
        var picture = Draw(new CaseOnPaper(), "2022-10-11", flow: flow);
        var steps = picture.Steps.ToDictionary(step => step.Plan.Id);

        Assert.All(picture.Roads, road =>
        {
            var parts = Segments(road.Line).ToList();
            Assert.True(OnEdge(steps[road.Plan.From], parts[0].X1, parts[0].Y1), $"{road.Plan.From} → {road.Plan.To} begins nowhere");
            Assert.True(OnEdge(steps[road.Plan.To], parts[^1].X2, parts[^1].Y2), $"{road.Plan.From} → {road.Plan.To} ends nowhere");
            Assert.All(parts, part => Assert.True(part.X1 == part.X2 || part.Y1 == part.Y2));
        });
    }

    [Fact]
    public void A_late_step_says_so_and_the_warning_stands_beside_it()
    {
        var picture = Draw(LateReview, "2022-10-11");

        var review = Step(picture, "review");
        Assert.Equal(StepState.Late, review.Sight.State);
        Assert.Equal(["办理中，已超 1 个工作日", "2022-10-10（周一）到期"], review.Sight.Words);
        Assert.Equal(review, picture.Here);
        var warning = Step(picture, "review-warning");
        Assert.True(warning.Plan.IsSide);
        Assert.Equal(["待核实反馈，还剩 2 个工作日", "2022-10-13（周四）到期"], warning.Sight.Words);
        Assert.True(Road(picture, "review", "review-warning").IsTaken);
        Assert.Equal("超期", Road(picture, "review", "review-warning").Plan.Label);
    }

    [Fact]
    public void An_enterprise_sees_that_a_step_is_late_and_no_warning()
    {
        var picture = Draw(LateReview, "2022-10-11", forApplicant: true);

        Assert.Equal(StepState.Late, Step(picture, "review").Sight.State);
        Assert.DoesNotContain(picture.Steps, step => step.Plan.Kind == StepKind.Warning);
    }

    [Fact]
    public void What_was_decided_late_stays_marked_and_the_way_taken_is_told_from_the_others()
    {
        var picture = Draw(
            new CaseOnPaper().Completed("submit", "2022-09-30").Completed("check-materials", "2022-09-30", "Pass")
                .Decided("review", "2022-09-30", "2022-10-10", "2022-10-12", "Approved", "符合要求，发放测试密钥").Completed("issue-test-key", "2022-10-12"),
            "2022-10-12");

        Assert.Equal(StepState.DoneLate, Step(picture, "review").Sight.State);
        Assert.Equal(["2022-10-12 符合要求", "超期 2 个工作日"], Step(picture, "review").Sight.Words);
        Assert.True(Road(picture, "review", "issue-test-key").IsTaken);
        Assert.Equal("符合要求", Road(picture, "review", "issue-test-key").Label!.Text);
        Assert.All(picture.Roads.Where(road => road.Plan.From == "review" && road.Plan.To != "issue-test-key"), road => Assert.False(road.IsTaken));
    }

    [Fact]
    public void Letters_are_a_mark_of_the_step_they_leave_from()
    {
        var flow = CaseOnPaper.Flow(Admission);
        var picture = Draw(LateReview, "2022-10-11");

        Assert.DoesNotContain(picture.Steps, step => step.Plan.Activity.Type == "Gov.SendNotice");
        Assert.Equal(
            flow.Activities.Count(activity => activity.Type == "Gov.SendNotice"),
            picture.Steps.Sum(step => step.Plan.Notices.Count));
        Assert.Contains(picture.Steps, step => step.Letters is { Sent: > 0 } letters && letters.Told.Contains("2022-09-30", StringComparison.Ordinal));
    }

    [Fact]
    public void A_flow_that_nobody_has_drawn_is_laid_out_in_the_order_of_its_steps()
    {
        var flow = WorkflowDefinition.Read(
            """
            { "definitionId": "plain", "id": "plain", "name": "无坐标", "version": 1, "root": { "id": "f", "type": "Elsa.Flowchart", "version": 1, "activities": [
              { "id": "a", "type": "Elsa.Event", "version": 1, "customProperties": { "canStartWorkflow": true } },
              { "id": "b", "type": "Elsa.Event", "version": 1 }, { "id": "c", "type": "Elsa.Event", "version": 1 } ],
              "connections": [ { "source": { "activity": "a", "port": "Done" }, "target": { "activity": "b", "port": "In" } },
                               { "source": { "activity": "b", "port": "Done" }, "target": { "activity": "c", "port": "In" } } ] } }
            """, "plain.json").Definition!;

        var picture = CasePictures.Of(flow, new CaseOnPaper().View, CaseOnPaper.At("2022-10-11"), CaseOnPaper.Calendar, forApplicant: false)!;

        Assert.Equal(["a", "b", "c"], picture.Steps.OrderBy(step => step.Y).Select(step => step.Plan.Id));
        Assert.Equal(3, picture.Steps.Select(step => step.Y).Distinct().Count());
    }

    private static CasePicture Draw(CaseOnPaper paper, string today, bool forApplicant = false, string flow = Admission) =>
        CasePictures.Of(CaseOnPaper.Flow(flow), paper.View, CaseOnPaper.At(today), CaseOnPaper.Calendar, forApplicant)!;

    private static PictureStep Step(CasePicture picture, string id) => picture.Steps.Single(step => step.Plan.Id == id);

    private static PictureRoad Road(CasePicture picture, string from, string to) => picture.Roads.Single(road => road.Plan.From == from && road.Plan.To == to);

    private static bool Overlap(PictureStep step, int x1, int y1, int x2, int y2) =>
        Math.Min(x1, x2) < step.X + step.Width && step.X < Math.Max(x1, x2) + (x1 == x2 ? 1 : 0) && Math.Min(y1, y2) < step.Y + step.Height && step.Y < Math.Max(y1, y2) + (y1 == y2 ? 1 : 0);

    private static bool OnEdge(PictureStep step, int x, int y) =>
        ((x == step.X || x == step.X + step.Width) && y >= step.Y && y <= step.Y + step.Height)
        || ((y == step.Y || y == step.Y + step.Height) && x >= step.X && x <= step.X + step.Width);

    private static IEnumerable<(int X1, int Y1, int X2, int Y2)> Segments(string line)
    {
        var points = Point().Matches(line).Select(match => (X: Number(match, "x"), Y: Number(match, "y"))).ToList();
        return points.Zip(points.Skip(1), (one, next) => (one.X, one.Y, next.X, next.Y));
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"[ML](?<x>-?\d+) (?<y>-?\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Point();
}
