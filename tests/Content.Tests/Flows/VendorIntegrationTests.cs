using WorkflowEngine.Rules;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Content.Tests.Flows;

/// <summary>The main path of attachment 2, with the dates of the procedure's own stories.</summary>
public sealed class VendorIntegrationTests
{
    /// <summary>Story T1: submitted on the eve of National Day 2022, never late.</summary>
    [Fact]
    public void A_first_time_vendor_in_Shenzhen_over_National_Day_2022_comes_to_success_without_a_warning()
    {
        var world = new CaseWorld();

        world.Submit("2022-09-30 16:40");
        Assert.Equal(new DateOnly(2022, 10, 10), world.Task("review").DueDate);
        Assert.Equal(["application-receipt → applicant"], world.LettersAt("2022-09-30 16:40"));
        Assert.Contains("2022年10月10日（星期一）", world.Letters[0].Letter.Text, StringComparison.Ordinal);
        Assert.Contains("10月8日、10月9日为调休上班，计入时限", world.Letters[0].Letter.Html, StringComparison.Ordinal);

        world.Advance("2022-10-08 23:59");
        Assert.Single(world.Letters);

        world.Advance("2022-10-09 10:59");
        Assert.Equal(["deadline-reminder → authority"], world.LettersAt("2022-10-09 09:00"));

        world.Complete("2022-10-09 11:00", "review", "Approved");
        Assert.Equal(new DateOnly(2022, 10, 14), world.Task("interface-test").DueDate);
        Assert.Equal(["test-key-for-support → authority", "test-key-issued → applicant"], world.LettersAt("2022-10-09 11:00"));
        Assert.Equal(CredentialStage.Test, Assert.Single(world.Effects.OfType<Effect.IssueCredential>()).Stage);

        world.ConformanceMet("2022-10-12 15:00");
        Assert.Equal(["conformance-met → applicant", "conformance-met → authority"], world.LettersAt("2022-10-12 15:00"));

        world.Advance("2022-10-13 15:00");
        Assert.Equal(["deadline-reminder → applicant", "deadline-reminder → authority"], world.LettersAt("2022-10-13 09:00"));

        world.Complete("2022-10-13 15:30", "interface-test", "Succeeded");
        world.Advance("2022-10-20 00:00");
        Assert.Equal("联调成功", world.Outcome);
        Assert.Equal(["integration-succeeded → applicant"], world.LettersAt("2022-10-13 15:30"));
        Assert.Empty(world.Warnings);
        Assert.Empty(world.Tasks);
        Assert.Equal(InstanceStatus.Finished, world.State.Status);
    }

    /// <summary>Story T5: a correction suspends the review's clock.</summary>
    [Fact]
    public void A_correction_in_Huizhou_suspends_the_review_and_leaves_what_was_left()
    {
        var world = new CaseWorld();

        world.Submit("2023-03-04 10:05");
        Assert.Equal(new DateOnly(2023, 3, 8), world.Task("review").DueDate);

        world.Complete("2023-03-07 15:20", "review", "Returned", CaseWorld.Defects("授权书", "接口自测报告", "承诺书"));
        Assert.Equal(new DateOnly(2023, 3, 21), world.Task("correct").DueDate);
        var letter = world.Letters.Single(letter => letter.Queued.Notice == "correction-request").Letter;
        foreach (var words in new[] { "1. 授权书", "2. 接口自测报告", "3. 承诺书", "2023年3月21日（星期二）", "已用 2 个工作日，剩余 1 个工作日", "第 1 次补正" })
        {
            Assert.Contains(words, letter.Text, StringComparison.Ordinal);
        }

        world.Advance("2023-03-13 09:00");
        Assert.Empty(world.Warnings);

        world.Complete("2023-03-13 09:10", "correct", "Resubmitted", new()
        {
            ["remedies"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject { ["item"] = "承诺书", ["explanation"] = "已上传" }),
            ["commitment"] = CaseWorld.File("承诺书.pdf"),
        });
        Assert.Equal(new DateOnly(2023, 3, 14), world.Task("review").DueDate);

        world.Advance("2023-03-13 09:11");
        Assert.Equal(["application-receipt → applicant", "deadline-reminder → authority"], world.LettersAt("2023-03-13 09:10"));
        Assert.Contains("第 1 次补正后重新提交", world.Letters.Last(letter => letter.Queued.Notice == "application-receipt").Letter.Text, StringComparison.Ordinal);

        world.Complete("2023-03-14 17:00", "review", "Approved");
        Assert.Equal(new DateOnly(2023, 3, 21), world.Task("interface-test").DueDate);

        world.ConformanceMet("2023-03-17 10:00");
        world.Complete("2023-03-20 10:00", "interface-test", "Succeeded");
        Assert.Equal("联调成功", world.Outcome);
        Assert.DoesNotContain(world.Letters, sent => sent.Queued.Notice == "correction-reminder");
        Assert.Empty(world.Warnings);
    }

    [Fact]
    public void What_was_corrected_replaces_the_old_answer_and_the_rest_stays()
    {
        var world = new CaseWorld();
        world.Submit("2022-09-30 16:40");
        Assert.Equal(["commitment-present"], Findings(world));

        world.Complete("2022-10-08 10:00", "review", "Returned", CaseWorld.Defects("承诺书"));
        world.Complete("2022-10-09 10:00", "correct", "Resubmitted", new() { ["commitment"] = CaseWorld.File("承诺书.pdf") });
        Assert.Empty(Findings(world));

        world.Complete("2022-10-10 10:00", "review", "Returned", CaseWorld.DefectsAgain("产品版本"));
        world.Complete("2022-10-11 10:00", "correct", "Resubmitted", new() { ["productVersion"] = "2.2.0" });
        Assert.Empty(Findings(world));
        var application = world.Variables["application"]!;
        Assert.Equal(("2.2.0", "甲科技有限公司"), ((string?)application["productVersion"], (string?)application["companyName"]));
        Assert.Equal("承诺书.pdf", (string?)application["commitment"]![0]!["name"]);
        Assert.Equal(2, (int)world.Variables["round"]!);
    }

    [Fact]
    public void Each_round_of_correction_has_its_own_ten_days_and_the_review_keeps_its_three()
    {
        var world = new CaseWorld();
        world.Submit("2023-03-06 09:00");
        world.Complete("2023-03-07 10:00", "review", "Returned", CaseWorld.Defects("授权书"));
        Assert.Equal(new DateOnly(2023, 3, 21), world.Task("correct").DueDate);

        world.Complete("2023-03-20 10:00", "correct", "Resubmitted");
        Assert.Equal(new DateOnly(2023, 3, 22), world.Task("review").DueDate);

        world.Complete("2023-03-21 10:00", "review", "Returned", CaseWorld.DefectsAgain("承诺书"));
        Assert.Equal(new DateOnly(2023, 4, 4), world.Task("correct").DueDate);

        world.Complete("2023-04-03 10:00", "correct", "Resubmitted");
        Assert.Equal(new DateOnly(2023, 4, 4), world.Task("review").DueDate);
    }

    [Fact]
    public void A_late_review_is_warned_about_and_answered_while_it_stays_open()
    {
        var world = new CaseWorld();
        world.Submit("2022-09-30 16:40");

        world.Advance("2022-10-11 00:00");
        var warning = Assert.Single(world.Warnings);
        Assert.Equal((WarningColour.Red, new DateOnly(2022, 10, 13)), (warning.Colour, warning.AnswerDue));
        Assert.Equal(
            ["overdue-above → authority.parent", "overdue-notice → applicant", "overdue-warning → authority", "overdue-warning → authority"],
            world.LettersAt("2022-10-11 00:00"));
        Assert.Equal(["review", "review-warning", "withdraw"], world.Tasks.Select(task => task.ActivityId).Order());

        world.Complete("2022-10-12 10:00", "review-warning", "Answered", new() { ["cause"] = "人员不足", ["account"] = "经办人请假", ["plannedDate"] = "2022-10-13" });
        Assert.Equal(["warning-answered → applicant", "warning-answered → authority.parent"], world.LettersAt("2022-10-12 10:00"));
        Assert.Contains("人员不足", world.Letters[^1].Letter.Text, StringComparison.Ordinal);

        world.Complete("2022-10-12 11:00", "review", "Approved");
        Assert.Equal(new DateOnly(2022, 10, 19), world.Task("interface-test").DueDate);
    }

    [Fact]
    public void A_warning_that_nobody_answers_is_put_before_the_authoritys_leader_and_the_level_above()
    {
        var world = new CaseWorld();
        world.Submit("2022-09-30 16:40");

        world.Advance("2022-10-14 00:00");

        Assert.Equal(["supervision-order → authority", "supervision-request → authority.parent"], world.LettersAt("2022-10-14 00:00"));
        Assert.Equal("leader", world.Letters.Single(letter => letter.Queued.Notice == "supervision-order").Queued.Role);
        var supervision = world.Task("review-supervise");
        Assert.Equal(("440000", new DateOnly(2022, 10, 19)), (supervision.OrganisationId, supervision.DueDate));

        // Nobody stands above the province.
        world.Advance("2022-10-20 00:00");
        Assert.Equal(["review-supervise", "review-warning"], world.Warnings.Select(warning => warning.ActivityId).Order());
    }

    [Fact]
    public void A_warning_stays_answerable_after_the_case_is_decided()
    {
        var world = new CaseWorld();
        world.Submit("2022-09-30 16:40");
        world.Complete("2022-10-11 08:00", "review", "Approved");
        world.ConformanceMet("2022-10-11 09:00");
        world.Complete("2022-10-11 10:00", "interface-test", "Succeeded");

        Assert.Equal("联调成功", world.Outcome);
        Assert.Equal(InstanceStatus.Running, world.State.Status);

        world.Complete("2022-10-12 10:00", "review-warning", "Answered", new() { ["cause"] = "其他", ["account"] = "已办结", ["plannedDate"] = "2022-10-11" });
        world.Advance("2022-10-19 00:00");
        Assert.Equal(InstanceStatus.Finished, world.State.Status);
        Assert.Single(world.Warnings);
    }

    [Fact]
    public void Success_cannot_be_declared_before_the_test_data_conform()
    {
        var world = new CaseWorld();
        world.Submit("2022-09-30 16:40");
        world.Complete("2022-10-09 11:00", "review", "Approved");

        var refused = Assert.IsType<RunResult.Refused>(world.Complete("2022-10-10 10:00", "interface-test", "Succeeded"));
        Assert.Contains("一致性检查尚未达到要求", refused.Message, StringComparison.Ordinal);

        world.ConformanceMet("2022-10-11 10:00");
        Assert.IsType<RunResult.Ran>(world.Complete("2022-10-11 10:30", "interface-test", "Succeeded"));
    }

    [Fact]
    public void A_correction_that_does_not_come_is_reminded_and_ends_the_case()
    {
        var world = new CaseWorld();
        world.Submit("2024-04-28 09:00");
        world.Complete("2024-04-29 14:00", "review", "Returned", CaseWorld.Defects("授权书", "承诺书"));
        Assert.Equal(new DateOnly(2024, 5, 15), world.Task("correct").DueDate);

        world.Advance("2024-05-16 00:00");

        Assert.Equal(["deadline-reminder → applicant"], world.LettersAt("2024-05-13 09:00"));
        Assert.Equal(["application-ended → applicant"], world.LettersAt("2024-05-16 00:00"));
        Assert.Equal("逾期未补正", world.Outcome);
        Assert.Empty(world.Warnings);
        Assert.Empty(world.Tasks);
        Assert.Equal(InstanceStatus.Finished, world.State.Status);
    }

    [Fact]
    public void With_a_review_limit_of_two_days_the_due_date_moves()
    {
        const string Review = "\"clock\": { \"typeName\": \"String\", \"expression\": { \"type\": \"Literal\", \"value\": \"review\" } },\n        \"limit\": { \"typeName\": \"Int32\", \"expression\": { \"type\": \"Literal\", \"value\": ";
        var files = ShippedContent.With(ShippedContent.FlowPath, Review + "3 }", Review + "2 }");

        Assert.Equal(new DateOnly(2022, 10, 9), DueDateOfReview(files));
    }

    [Fact]
    public void With_the_8th_of_October_2022_as_a_holiday_the_due_date_moves()
    {
        var files = ShippedContent.With("rules/calendars/cn.json", "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": false}", "\"2022-10-08\": {\"name\": \"国庆节\", \"isOffDay\": true}");

        Assert.Equal(new DateOnly(2022, 10, 11), DueDateOfReview(files));
    }

    [Fact]
    public void No_letter_carries_personal_data_or_a_secret()
    {
        var world = new CaseWorld();
        world.Submit("2022-09-30 16:40");
        world.Complete("2022-10-09 11:00", "review", "Approved");

        Assert.All(world.Letters, letter => Assert.DoesNotContain("contact", FactJson.Of(letter.Queued.Told)!.ToJsonString(), StringComparison.OrdinalIgnoreCase));
        Assert.All(world.Letters, letter => Assert.Contains("本事项不收取任何费用", letter.Letter.Text, StringComparison.Ordinal));
        Assert.All(world.Letters, letter => Assert.Contains("本事项不收取任何费用", letter.Letter.Html, StringComparison.Ordinal));
    }

    private static DateOnly? DueDateOfReview(Dictionary<string, string> files)
    {
        var result = ShippedContent.Read(files);
        var world = new CaseWorld(result.Set ?? throw new InvalidOperationException(result.Report.ToString()));
        world.Submit("2022-09-30 16:40");
        return world.Task("review").DueDate;
    }

    private static IEnumerable<string> Findings(CaseWorld world) =>
        world.Variables["findings"]!.AsArray().Select(finding => (string)finding!["rule"]!);
}
