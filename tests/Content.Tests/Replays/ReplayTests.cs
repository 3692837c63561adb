using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Rehearsal;
using WorkflowEngine.Content.Replays;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Tests.Replays;

/// <summary>
/// Four applications of a week without holidays, done again on a draft and on what is published. 6 March 2023 is a Monday; a review of 3 working days that begins on it ends
/// on Thursday the 9th, one of 2 on Wednesday the 8th.
/// </summary>
public class ReplayTests
{
    private const string InTime = "YJDJ-2023-440300-000001";
    private const string AtTheLastMoment = "YJDJ-2023-440300-000002";
    private const string NeverReviewed = "YJDJ-2023-440606-000001";
    private const string HandedOn = "YJDJ-2023-440100-000001";
    private const string Continuation = "YJDJ-2023-440700-000001";

    private static readonly Library Published = new(ShippedContent.Set);

    private static readonly string[] Week =
    [
        """{"until":"2023-03-13 00:00"}""",
        Case(InTime, "440300", """{"at":"2023-03-07 08:30","step":"review","organisation":"440300","role":"officer","outcome":"Approved"}"""),
        Case(AtTheLastMoment, "440300", """{"at":"2023-03-09 16:00","step":"review","organisation":"440300","role":"officer","outcome":"Approved"}"""),
        Case(NeverReviewed, "440606"),
        Case(HandedOn, "440100", """{"at":"2023-03-07 08:30","step":"review","organisation":"440100","role":"leader","outcome":"Transferred","values":{"transferTo":"440700"}}"""),
        Case(Continuation, "440700", """{"at":"2023-03-08 08:30","step":"review","organisation":"440700","role":"officer","outcome":"Approved"}""", $"\"continues\":\"{HandedOn}\","),
    ];

    [Fact]
    public void On_the_same_content_nothing_differs()
    {
        var told = Compare(Week, ShippedContent.Set);

        Assert.True(told.IsSame, told.ToString());
        Assert.Equal((5, 0), (told.Total.Cases, told.Total.Differing));
        Assert.Equal(["草案与现行版本的文件完全相同。"], told.Notes);
        Assert.Empty(told.Total.NotReplayed);
        // Whoever never reviewed is late on both.
        Assert.Equal(1, told.Total.Overdue.Published);
        Assert.Contains("两个版本没有差别", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_review_of_two_days_instead_of_three_is_due_a_day_earlier_and_warns_of_who_took_the_third()
    {
        var told = Compare(Week, Draft(ShippedContent.With(ShippedContent.FlowPath, ShippedContent.ReviewLimit(3), ShippedContent.ReviewLimit(2))));

        // Five reviews, one of them where the case was handed on to, and the answer to the warning about who never reviewed.
        var move = Assert.Single(told.Total.DueMoves);
        Assert.Equal((-1, 6), (move.WorkingDays, move.Tasks));
        Assert.Equal((1, 2, 1, 0), (told.Total.Overdue.Published, told.Total.Overdue.Draft, told.Total.Overdue.More, told.Total.Overdue.Less));
        Assert.Equal([AtTheLastMoment], told.Total.Overdue.Examples);
        Assert.Empty(told.Total.Outcomes);
        Assert.Empty(told.Total.NotReplayed);

        // The bureau of Shenzhen is warned where it was not; Shunde, a county, on both.
        Assert.Equal(
            [(WarningColour.Red, OrganisationLevel.County, 1, 1), (WarningColour.Red, OrganisationLevel.City, 0, 1)],
            told.Total.Warnings.Select(warning => (warning.Colour, warning.Level, warning.Count.Published, warning.Count.Draft)));
        // With the warning: letters to the officer and the leader, to the province, to the vendor. The reminder of a day before comes on the 7th at 9:00, when two have decided already.
        Assert.Equal(
            [("overdue-above", 1), ("overdue-notice", 1), ("overdue-warning", 2)],
            told.Cities.Single(city => city.City == "440300").Figures.Notices.Where(notice => !notice.Count.IsSame).Select(notice => (notice.Template, notice.Count.More)));

        Assert.Equal(
            [("440100", 1, 1, 0), ("440300", 2, 2, 1), ("440600", 1, 1, 0), ("440700", 1, 1, 0)],
            told.Cities.Select(city => (city.City, city.Figures.Cases, city.Figures.Differing, city.Figures.Overdue.More)));
        var review = told.Steps.Single(step => step.Step == "review");
        Assert.Equal(("材料审核", 5, 5), (review.Title, review.Tasks.Draft, Assert.Single(review.DueMoves).Tasks));

        var table = told.ToString();
        Assert.Contains("| 材料审核（review） | 5 | 提前 1 个工作日 × 5 | 1 → 2 |", table, StringComparison.Ordinal);
        Assert.Contains("| 市级红色预警 | 0 → 1 | 1 | 0 | YJDJ-2023-440300-000002 |", table, StringComparison.Ordinal);
        Assert.Contains("| 深圳市住房和建设局 | 2 | 2 | 2 / 0 | 0 → 1 |", table, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(told.ToJson());
        Assert.Equal(-1, json.RootElement.GetProperty("total").GetProperty("dueMoves")[0].GetProperty("workingDays").GetInt32());
        Assert.Equal("county", json.RootElement.GetProperty("total").GetProperty("warnings")[0].GetProperty("level").GetString());
    }

    [Fact]
    public void Where_the_draft_has_no_such_branch_the_case_that_took_it_is_told_and_what_came_of_it()
    {
        var told = Compare(Week, Draft(WithoutTransfer()));

        Assert.Equal(
            [(ReplaySide.Draft, "review", "Transferred", "这一步没有这个办理结果", HandedOn), (ReplaySide.Draft, null, null, "流程没有把办件转到这里", Continuation)],
            told.Total.NotReplayed.OrderByDescending(reason => reason.Step).Select(reason => (reason.On, reason.Step, reason.Outcome, reason.Reason, Assert.Single(reason.Examples))));
        Assert.Equal(
            [("已转办", "未办结", HandedOn), ("未办结", "没有开立", Continuation)],
            told.Total.Outcomes.Select(outcome => (outcome.Published, outcome.Draft, Assert.Single(outcome.Examples))));
        Assert.Equal(2, told.Total.Differing);
        Assert.Contains("| 草案 | 材料审核（review） | Transferred | 这一步没有这个办理结果 | 1 | YJDJ-2023-440100-000001 |", told.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_case_that_others_look_at_is_replayed_and_not_counted()
    {
        string[] lines = [Week[0], .. Week[1..4], Week[4].Replace("\"kind\":", "\"context\":true,\"kind\":", StringComparison.Ordinal), Week[5]];

        var told = Compare(lines, ShippedContent.Set);

        Assert.Equal(4, told.Total.Cases);
        Assert.True(told.IsSame, told.ToString());
        Assert.Empty(told.Total.NotReplayed);
    }

    [Fact]
    public void The_calendar_of_the_time_counts_and_a_later_one_moves_what_is_open()
    {
        // The 9th becomes a day off on the 7th: the limit of who never reviewed, and of who had not yet, ends on the 10th.
        var file = JsonNode.Parse(ShippedContent.Files[ContentReader.CalendarFile])!;
        file["days"]!["2023-03-09"] = new JsonObject { ["name"] = "临时放假", ["isOffDay"] = true };
        var changed = Workflows.Calendars.WorkingDayCalendar.Read(file.ToJsonString(), ContentReader.CalendarFile);
        Assert.True(changed.Calendar is not null, string.Join('\n', changed.Problems));
        var period = Read(Week) with { Calendars = [new(default, Published.Content.Calendar), new(new DateTimeOffset(2023, 3, 7, 12, 0, 0, TimeSpan.FromHours(8)), changed.Calendar)] };

        var told = ReplayComparison.Of(period, Published, Published);

        Assert.True(told.IsSame, told.ToString());
        // The officers of three reviews that go on; the officer and the vendor of the test that began that morning.
        Assert.Equal(5, Assert.Single(told.Total.Notices, notice => notice.Template == "deadline-changed").Count.Published);
        Assert.Equal(1, told.Total.Overdue.Published);
    }

    [Fact]
    public void What_is_written_to_a_file_is_read_again_and_confidential_cases_stay_behind()
    {
        var period = Read(Week);
        period = period with { Cases = [.. period.Cases.Select(past => past with { IsConfidential = past.Number == InTime })] };

        var again = Read([.. PastCaseFile.Write(period)]);

        Assert.Equal(period.Until, again.Until);
        Assert.Equal(period.Cases.Where(past => !past.IsConfidential).Select(past => JsonSerializer.Serialize(past)), again.Cases.Select(past => JsonSerializer.Serialize(past)));
        Assert.DoesNotContain(again.Cases, past => past.Number == InTime);
    }

    [Theory]
    [InlineData(1, """{"untill":"2023-03-13 00:00"}""", "'untill' is not known here, did you mean 'until'?")]
    [InlineData(1, """{"until":"13.03.2023"}""", "'until' must be an instant")]
    [InlineData(3, "not json", "")]
    [InlineData(3, """{"number":"X","authority":"440300","applicant":"Y","at":"2023-03-06 10:00"}""", "'flow' is missing")]
    [InlineData(3, """{"number":"X","flow":"f","authority":"44030","applicant":"Y","at":"2023-03-06 10:00"}""", "'authority': there is no '44030', did you mean '440300'?")]
    [InlineData(3, """{"number":"X","flow":"f","authority":"440300","applicant":"Y","at":"soon"}""", "'at' must be an instant")]
    [InlineData(3, """{"number":"X","flow":"f","authority":"440300","applicant":"Y","kind":"vender","at":"2023-03-06 10:00"}""", "'kind': there is no 'vender', did you mean 'vendor'?")]
    [InlineData(3, """{"number":"X","flow":"guangdong-vendor-integration","authority":"440300","applicant":"Y","at":"2023-03-06 10:00","values":{"productNam":"甲"}}""", "has no field 'productNam', did you mean 'productName'?")]
    [InlineData(3, """{"number":"X","flow":"f","authority":"440300","applicant":"Y","at":"2023-03-06 10:00","acts":[{"at":"2023-03-05 10:00","step":"s","organisation":"o","role":"r","outcome":"Done"}]}""", "'acts' must be in the order of time")]
    [InlineData(3, """{"number":"X","flow":"f","authority":"440300","applicant":"Y","at":"2023-03-06 10:00","requests":[{"at":"2023-03-07 10:00","method":"M","times":0}]}""", "'times' must be a whole number")]
    [InlineData(3, """{"number":"YJDJ-2023-440300-000001","flow":"f","authority":"440300","applicant":"Y","at":"2023-03-06 10:00"}""", "stands in line 2 already")]
    public void What_is_wrong_in_a_file_is_told_with_line_and_member(int line, string text, string message)
    {
        string[] lines = line == 1 ? [text] : [Week[0], Week[1], text];

        var read = PastCaseFile.Read("past.jsonl", lines, ShippedContent.Set);

        Assert.Null(read.Period);
        var problem = read.Problems[0];
        Assert.Equal(("past.jsonl", line), (problem.File, problem.Line));
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Chinese);
    }

    private static ReplayComparison Compare(string[] lines, ContentSet draft) => ReplayComparison.Of(Read(lines), Published, new Library(draft));

    private static PastPeriod Read(string[] lines)
    {
        var read = PastCaseFile.Read("past.jsonl", lines, ShippedContent.Set);
        return read.Period ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
    }

    private static ContentSet Draft(IReadOnlyDictionary<string, string> files)
    {
        var read = ShippedContent.Read(files);
        return read.Set ?? throw new InvalidOperationException(string.Join('\n', read.Problems));
    }

    /// <summary>Filed on 6 March 2023 at 10:00, complete.</summary>
    private static string Case(string number, string authority, string act = "", string more = "") => $$"""
        {"number":"{{number}}","flow":"guangdong-vendor-integration","authority":"{{authority}}","applicant":"91440300MA5DEMA16J","kind":"vendor","at":"2023-03-06 10:00",{{more}}"values":
        {"companyName":"甲科技有限公司","uscc":"91440300MA5DEMA16J","productName":"实名通","productVersion":"{{number}}","productType":"软件","standardVersion":"V1.3","entry":"1","truth":true,
        {{string.Join(',', new[] { "businessLicence", "authorisation", "productDescription", "selfTestReport", "commitment" }.Select(paper => $$"""
        "{{paper}}":[{"id":"00000000-0000-0000-0000-000000000001","name":"1.pdf","size":1,"type":"application/pdf","sha256":"00"}]
        """))}}},"acts":[{{act}}]}
        """.ReplaceLineEndings("");

    /// <summary>The flow without 转办: outcome, branch and the steps of it.</summary>
    private static Dictionary<string, string> WithoutTransfer()
    {
        var flow = JsonNode.Parse(ShippedContent.Files[ShippedContent.FlowPath])!;
        string[] steps = ["transfer", "transfer-notice", "close-transferred"];
        var activities = flow["root"]!["activities"]!.AsArray();
        activities.RemoveAll(step => steps.Contains(step!["id"]!.ToString()));
        flow["root"]!["connections"]!.AsArray().RemoveAll(edge => steps.Contains(edge!["source"]!["activity"]!.ToString()) || steps.Contains(edge["target"]!["activity"]!.ToString()));
        var review = activities.Single(step => step!["id"]!.ToString() == "review")!;
        review["outcomes"]!["expression"]!["value"]!.AsArray().RemoveAll(outcome => outcome!["name"]!.ToString() == "Transferred");
        if (review["guards"]?["expression"]?["value"] is JsonArray guards) guards.RemoveAll(guard => guard!["outcome"]?.ToString() == "Transferred");
        const string Form = "workflows/forms/review.json";
        var form = JsonNode.Parse(ShippedContent.Files[Form])!;
        form["fields"]!.AsArray().RemoveAll(field => field!["name"]!.ToString().StartsWith("transfer", StringComparison.Ordinal));
        return new Dictionary<string, string>(ShippedContent.Files) { [ShippedContent.FlowPath] = flow.ToJsonString(), [Form] = form.ToJsonString() };
    }
}
