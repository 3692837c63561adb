using System.Text.Json.Nodes;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Workflows.Tests.Cases;

/// <summary>The shipped flow of attachment 2, played with the dates of the acceptance stories.</summary>
public sealed class VendorIntegrationTests
{
    [Fact]
    public void A_clean_run_over_the_national_day_of_2022_ends_in_success()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2022-09-30 16:40");
        Assert.Equal(new DateOnly(2022, 10, 10), Task(@case, "review").DueDate);
        Assert.Contains("application-receipt", @case.Notices);

        @case.At("2022-10-08 23:59");
        Assert.DoesNotContain("deadline-reminder", @case.Notices);
        @case.At("2022-10-09 11:00");
        Assert.Contains("deadline-reminder", @case.Notices);

        @case.Complete("review", "Approved");
        var test = Task(@case, "interface-test");
        Assert.Equal(new DateOnly(2022, 10, 14), test.DueDate);
        Assert.DoesNotContain(@case.Timers, t => t.Kind != TimerKind.Delay && t.DueAt < new DateTimeOffset(2022, 10, 13, 0, 0, 0, TimeSpan.FromHours(8)));
        var key = Assert.Single(@case.Effects.OfType<Effect.IssueCredential>());
        Assert.Equal(("91440300192359041F", CredentialStage.Test), (key.HolderId, key.Stage));

        @case.At("2022-10-12 17:00");
        Assert.IsType<RunResult.Refused>(@case.TryComplete("interface-test", "Succeeded"));
        @case.Conforms(key.Id.ToString(), CaseInMemory.Summary(accepted: 1));
        Assert.Contains("conformance-met", @case.Notices);

        @case.At("2022-10-13 15:30");
        @case.Complete("interface-test", "Succeeded");
        Assert.Equal("联调成功", @case.State.Outcome);
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
        Assert.Empty(@case.Timers);
        Assert.Equal(4, @case.State.Clocks["test"].UsedOn(new DateOnly(2022, 12, 1), Calendars.ChinaCalendar.Shipped));
    }

    [Fact]
    public void Of_what_was_connected_elsewhere_the_other_city_gets_the_proof_and_not_the_file()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Registers("applicant/91440300192359041F/guangdong-vendor-integration", new JsonObject
        {
            ["number"] = "YJDJ-2022-440100-000003", ["flow"] = "guangdong-vendor-integration", ["authority"] = "440100", ["authorityName"] = "广州市住房和城乡建设局",
            ["outcome"] = "联调成功", ["closedAt"] = "2022-09-20T10:00:00+08:00", ["open"] = false, ["credential"] = new JsonObject { ["id"] = "x.1.1" },
            ["traffic"] = new JsonObject { ["accepted"] = 12 },
            ["values"] = new JsonObject { ["productName"] = "考勤机 A", ["productVersion"] = "2.1", ["standardVersion"] = "V1.3", ["contactEmail"] = "jia@example.com" },
        });

        @case.Start("2022-09-30 16:40");

        var proof = (JsonObject)Task(@case, "review").Data!["proof"]!;
        Assert.Equal(["authorityName", "closedAt", "number", "outcome", "productName", "productVersion", "standardVersion"], proof.Select(member => member.Key).Order());
        Assert.Equal(("YJDJ-2022-440100-000003", "2.1"), ((string?)proof["number"], (string?)proof["productVersion"]));
        @case.Complete("review", "Approved");
        Assert.Equal(proof.ToJsonString(), Task(@case, "interface-test").Data!["proof"]!.ToJsonString());
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(40, false)]
    public void Who_has_sent_nothing_is_reminded_on_the_third_working_day(int refused, bool isReminded)
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Registers("number/440300-2022-0001", new JsonObject
        {
            ["number"] = "440300-2022-0001", ["traffic"] = new JsonObject { ["accepted"] = 0, ["rejected"] = refused },
        });
        @case.Start("2022-09-30 16:40");
        @case.At("2022-10-09 11:00");
        @case.Complete("review", "Approved");

        @case.At("2022-10-12 09:00");

        Assert.Equal(isReminded, @case.Notices.Contains("response-nudge"));
    }

    [Fact]
    public void A_weekend_submission_that_is_returned_keeps_the_one_day_that_was_left()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2023-03-04 10:05");
        Assert.Equal(new DateOnly(2023, 3, 8), Task(@case, "review").DueDate);

        @case.At("2023-03-07 15:20");
        @case.Complete("review", "Returned");
        Assert.Equal(new DateOnly(2023, 3, 21), Task(@case, "correct").DueDate);
        Assert.Contains("correction-request", @case.Notices);

        @case.At("2023-03-13 09:10");
        Assert.Empty(@case.Effects.OfType<Effect.RaiseWarning>());
        @case.Complete("correct", "Resubmitted");
        var review = Task(@case, "review");
        Assert.Equal((new DateOnly(2023, 3, 13), new DateOnly(2023, 3, 14)), (review.StartDate, review.DueDate));

        var reminders = @case.Notices.Count(n => n == "deadline-reminder");
        @case.At("2023-03-13 09:11");
        Assert.Equal(reminders + 1, @case.Notices.Count(n => n == "deadline-reminder"));

        @case.At("2023-03-14 17:00");
        @case.Complete("review", "Approved");
        Assert.Equal(3, @case.State.Clocks["review"].UsedOn(new DateOnly(2023, 4, 1), Calendars.ChinaCalendar.Shipped));
        Assert.Equal(new DateOnly(2023, 3, 21), Task(@case, "interface-test").DueDate);
    }

    [Fact]
    public void A_second_correction_gets_its_ten_days_again_and_the_review_what_is_left()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2024-06-03 09:00");
        @case.At("2024-06-04 09:00");
        @case.Complete("review", "Returned");
        @case.At("2024-06-05 09:00");
        @case.Complete("correct", "Resubmitted");
        @case.At("2024-06-06 09:00");
        @case.Complete("review", "Returned", new() { ["newPointReason"] = "补正的内容带来了新的问题" });
        Assert.Equal(new DateOnly(2024, 6, 21), Task(@case, "correct").DueDate);
        @case.At("2024-06-17 09:00");
        @case.Complete("correct", "Resubmitted");
        Assert.Equal(new DateOnly(2024, 6, 18), Task(@case, "review").DueDate);
    }

    [Fact]
    public void A_late_review_warns_and_stays_open_and_the_warning_outlives_the_case()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2022-09-30 16:40");
        @case.At("2022-10-11 00:00");

        var warning = Assert.Single(@case.Effects.OfType<Effect.RaiseWarning>());
        Assert.Equal((WarningColour.Red, OrganisationLevel.City, new DateOnly(2022, 10, 13)), (warning.Colour, warning.Level, warning.AnswerDue));
        Assert.Equal(Task(@case, "review").Id.ToString(), warning.AboutTaskId);
        Assert.Equal(TaskKind.Warning, Task(@case, "review-warning").Kind);
        Assert.Equal(warning.Id.ToString(), Task(@case, "review-warning").WarningId);

        @case.At("2022-10-11 10:00");
        @case.Complete("review", "Approved");
        var key = Assert.Single(@case.Effects.OfType<Effect.IssueCredential>());
        @case.Conforms(key.Id.ToString(), CaseInMemory.Summary(accepted: 1));
        @case.Complete("interface-test", "Succeeded");
        Assert.Equal("联调成功", @case.State.Outcome);
        Assert.Equal(InstanceStatus.Running, @case.State.Status);

        @case.Complete("review-warning", "Answered");
        Assert.Equal(warning.Id.ToString(), Assert.Single(@case.Effects.OfType<Effect.AnswerWarning>()).WarningId);

        // After the planned date the flow looks once more, and finds the case decided.
        @case.At("2022-10-19 00:00");
        Assert.Equal(InstanceStatus.Finished, @case.State.Status);
        Assert.Empty(@case.Timers);
    }

    [Fact]
    public void An_unanswered_warning_is_followed_by_a_supervision_order()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2026-02-13 17:05");
        Assert.Equal(new DateOnly(2026, 2, 25), Task(@case, "review").DueDate);
        @case.At("2026-03-01 00:00");
        Assert.Equal(["review-warning", "review-supervise"], @case.Effects.OfType<Effect.RaiseWarning>().Select(warning => warning.ActivityId));
        Assert.Contains("supervision-order", @case.Notices);
    }

    [Fact]
    public void A_withdrawn_case_leaves_nothing_open()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2022-09-30 16:40");
        @case.At("2022-10-11 08:00");
        @case.Cancel("已撤回");
        Assert.Equal((InstanceSubStatus.Cancelled, "已撤回"), (@case.State.SubStatus, @case.State.Outcome));
        Assert.Empty(@case.Timers);
        Assert.Empty(@case.Tasks);
    }

    [Fact]
    public void A_deadline_into_an_unpublished_year_is_provisional_and_moves_when_the_calendar_arrives()
    {
        var @case = new CaseInMemory(CaseInMemory.VendorIntegration);
        @case.Start("2026-12-30 10:00");
        var review = Task(@case, "review");
        Assert.True(review.Provisional);
        Assert.Equal(new DateOnly(2027, 1, 5), review.DueDate);

        var published = Calendars.ChinaCalendar.Read(RepositoryFiles.Read("rules/calendars/cn.json")
            .Replace("""{"status": "provisional"}""", """{"status": "official"}""", StringComparison.Ordinal)
            .Replace("\"2027-01-01\": {\"name\": \"元旦\", \"isOffDay\": true}", "\"2027-01-01\": {\"name\": \"元旦\", \"isOffDay\": true}, \"2027-01-02\": {\"name\": \"元旦\", \"isOffDay\": false}", StringComparison.Ordinal));
        @case.Import(published);

        var moved = Assert.Single(@case.Effects.OfType<Effect.ChangeDeadline>());
        Assert.Equal((new DateOnly(2027, 1, 5), new DateOnly(2027, 1, 4), false), (moved.OldDue, moved.NewDue, moved.Provisional));
        Assert.Contains(@case.Timers, t => t.Kind == TimerKind.Overdue && t.DueAt == new DateTimeOffset(2027, 1, 5, 0, 0, 0, TimeSpan.FromHours(8)));
        Assert.DoesNotContain(@case.Timers, t => t.DueAt == new DateTimeOffset(2027, 1, 6, 0, 0, 0, TimeSpan.FromHours(8)));
    }

    private static Effect.OpenTask Task(CaseInMemory @case, string activityId) => @case.Tasks.Single(t => t.ActivityId == activityId);
}
