using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Incidents;

public sealed class IncidentTests(FailingOffice office) : IClassFixture<FailingOffice>
{
    private const string Reason = "标记已在线下登记，见收文 12 号";

    [Fact]
    public async Task A_retry_by_the_operator_goes_on_once_the_cause_is_mended()
    {
        var number = await office.FileAsync("marked");
        var first = await office.SeenByAsync("gd-operator", number);
        Assert.Equal(("登记标记", true, null), (first!.Step, first.StandsStill, first.CaseTitle));
        Assert.Equal([IncidentDecision.Retry], first.Decisions);
        Assert.Empty(first.Outcomes);
        var instance = await (await office.AsAsync("gd-officer")).GetAsync<JsonObject>($"/elsa/api/workflow-instances/{number}", CancellationToken.None);
        Assert.Equal((1, "mark"), (instance["incidentCount"]!.GetValue<int>(), instance["workflowState"]!["incidents"]![0]!["activityId"]!.GetValue<string>()));

        Assert.True((await DoneAsync(await office.DecideAsync("gd-operator", first, IncidentDecision.Retry))).FailedAgain);
        var second = await office.SeenByAsync("gd-operator", number);
        Assert.NotEqual(first.Id, second!.Id);

        await office.CompleteAsync(number, "review", new JsonObject { ["mark"] = "已核" });
        Assert.False((await DoneAsync(await office.DecideAsync("gd-operator", second, IncidentDecision.Retry))).FailedAgain);
        Assert.Null(await office.SeenByAsync("gd-operator", number));
        await office.CompleteAsync(number, "sign");
        var @case = await office.CaseAsync(number);
        Assert.Equal("办结", @case.Line.Outcome);
        Assert.All(@case.Incidents, incident => Assert.NotNull(incident.ResolvedAt));
    }

    [Fact]
    public async Task To_go_on_without_the_step_is_for_who_answers_for_the_case_and_needs_a_reason()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;
        Assert.Equal([("True", "是"), ("False", "否")], incident.Outcomes.Select(outcome => (outcome.Name, outcome.Label)));
        Assert.Contains("<option value=\"True\">是（True）</option>", await PageAsync("sz-leader", "/incidents"), StringComparison.Ordinal);

        await RefusedAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Skip, Reason, "True"), "负责人");
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, "  ", "True"), "请填写理由");
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, Reason), "True、False");
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, new string('长', 501), "True"), "500");

        await DoneAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, Reason, "True", "skip-once"));
        await DoneAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Skip, Reason, "True", "skip-once"));
        using (var reused = await office.DecideAsync("sz-leader", incident, IncidentDecision.Cancel, Reason, null, "skip-once")) Assert.Equal(HttpStatusCode.UnprocessableEntity, reused.StatusCode);
        using (var late = await office.DecideAsync("gd-officer", incident, IncidentDecision.Cancel, Reason)) Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);

        var @case = await office.CaseAsync(number);
        Assert.Equal("yes", Assert.Single(@case.Tasks, task => task.Line.Open).ActivityId);
        var skipped = Assert.Single(@case.Timeline, entry => entry.Event == "Skipped");
        Assert.Equal(("周正（深圳负责人）", Reason), (skipped.ByName, (string?)skipped.Details!["reason"]));
    }

    [Fact]
    public async Task A_step_that_is_given_up_leaves_the_other_branches_as_they_are()
    {
        var number = await office.FileAsync("marked");
        var incident = (await office.SeenByAsync("gd-officer", number))!;

        await DoneAsync(await office.DecideAsync("gd-officer", incident, IncidentDecision.Cancel, Reason));

        Assert.Null(await office.SeenByAsync("gd-operator", number));
        Assert.Equal("review", Assert.Single((await office.CaseAsync(number)).Tasks, task => task.Line.Open).ActivityId);
    }

    [Fact]
    public async Task What_would_leave_the_case_standing_for_ever_is_refused()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;

        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Cancel, Reason), "没有可以继续的步骤");
        Assert.NotNull(await office.SeenByAsync("sz-leader", number));
    }

    [Fact]
    public async Task Of_decisions_at_one_moment_one_counts()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;

        await office.AsAsync("gd-officer");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(index =>
            office.DecideAsync(index % 2 == 0 ? "sz-leader" : "gd-officer", incident, IncidentDecision.Skip, Reason, index % 2 == 0 ? "True" : "False")));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.All(answers, answer => Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.Forbidden]));
        Assert.Single((await office.CaseAsync(number)).Tasks, task => task.Line.Open);
        foreach (var answer in answers) answer.Dispose();
    }

    [Fact]
    public async Task The_limits_of_other_branches_run_on()
    {
        var number = await office.FileAsync("marked");
        await office.Stage.WaitUntilAsync(office.Stage.Now.AddDays(30), CancellationToken.None);

        var @case = await office.CaseAsync(number);
        Assert.Contains(@case.Timeline, entry => entry is { ActivityId: "review", Event: "Fired" } && entry.Outcomes!.Contains("Overdue"));
        Assert.Single(@case.Warnings);
        Assert.NotNull(await office.SeenByAsync("gd-operator", number));
    }

    [Fact]
    public async Task What_fell_due_while_a_stopped_flow_stood_is_done_when_it_goes_on_and_nothing_before_its_time()
    {
        var number = await office.FileAsync("strict");
        var filed = office.Stage.Now;
        await office.Stage.WaitUntilAsync(filed.AddDays(20), CancellationToken.None);
        Assert.Empty((await office.CaseAsync(number)).Tasks);

        await DoneAsync(await office.DecideAsync("sz-leader", (await office.SeenByAsync("sz-leader", number))!, IncidentDecision.Skip, Reason, "True"));
        await office.Stage.WaitUntilAsync(office.Stage.Now, CancellationToken.None);
        Assert.Equal(["after-soon", "sign"], await OpenTasksAsync());
        await office.Stage.WaitUntilAsync(filed.AddDays(59), CancellationToken.None);
        Assert.Equal(["after-soon", "sign"], await OpenTasksAsync());
        await office.Stage.WaitUntilAsync(filed.AddDays(60), CancellationToken.None);
        Assert.Equal(["after-later", "after-soon", "sign"], await OpenTasksAsync());

        async Task<IEnumerable<string>> OpenTasksAsync() => (await office.CaseAsync(number)).Tasks.Where(task => task.Line.Open).Select(task => task.ActivityId).Order();
    }

    [Fact]
    public async Task Who_answers_into_a_circle_is_told_and_the_task_stays_as_it_was()
    {
        var number = await office.FileAsync("circled");
        var officer = await office.AsAsync("sz-officer");
        using (var circled = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Again"))
        {
            await RefusedAsync(circled, "循环");
        }

        var incident = (await office.SeenByAsync("sz-leader", number))!;
        Assert.Equal([IncidentDecision.Skip, IncidentDecision.Cancel], incident.Decisions);
        Assert.Equal("review", Assert.Single((await office.CaseAsync(number)).Tasks, task => task.Line.Open).ActivityId);
        await office.CompleteAsync(number, "review", new JsonObject { ["mark"] = "已核" });
        Assert.Null(await office.SeenByAsync("sz-leader", number));
    }

    [Fact]
    public async Task A_circle_that_a_timer_began_goes_on_by_a_retry_once_it_has_an_end()
    {
        var number = await office.FileAsync("circled");
        await office.Stage.WaitUntilAsync(office.Stage.Now.AddDays(2), CancellationToken.None);
        var incident = (await office.SeenByAsync("gd-operator", number))!;
        await RefusedAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Retry), "循环");

        await office.CompleteAsync(number, "review", new JsonObject { ["mark"] = "已核" });
        await DoneAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Retry));
        await office.CompleteAsync(number, "sign");
        Assert.Equal("办结", (await office.CaseAsync(number)).Line.Outcome);
    }

    [Fact]
    public async Task Of_what_stopped_nothing_somebody_takes_note_with_a_reason_even_when_the_case_is_over()
    {
        var number = await office.FileAsync("told");
        Assert.Equal("办结", (await office.CaseAsync(number)).Line.Outcome);
        var incident = (await office.SeenByAsync("gd-operator", number))!;
        Assert.Equal((false, "平台"), (incident.StandsStill, incident.Step ?? "平台"));
        Assert.Equal([IncidentDecision.Acknowledge], incident.Decisions);
        Assert.Contains("value=\"Acknowledge\"", await PageAsync("gd-operator", "/incidents"), StringComparison.Ordinal);
        var ofCase = await PageAsync("sz-officer", $"/cases/{number}");
        Assert.Contains("流程没有因此停住", ofCase, StringComparison.Ordinal);
        Assert.DoesNotContain("有一个步骤未能完成", ofCase, StringComparison.Ordinal);

        await RefusedAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Acknowledge), "请填写理由");
        await RefusedAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Retry, Reason), "没有停住的步骤");
        using (var officer = await office.DecideAsync("sz-officer", incident, IncidentDecision.Acknowledge, Reason)) Assert.Equal(HttpStatusCode.Forbidden, officer.StatusCode);
        await DoneAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Acknowledge, Reason, null, "noted-once"));
        await DoneAsync(await office.DecideAsync("gd-operator", incident, IncidentDecision.Acknowledge, Reason, null, "noted-once"));
        using (var late = await office.DecideAsync("sz-leader", incident, IncidentDecision.Acknowledge, Reason)) Assert.Equal(HttpStatusCode.NotFound, late.StatusCode);

        var @case = await office.CaseAsync(number);
        var noted = Assert.Single(@case.Timeline, entry => entry.Event == "Acknowledged");
        Assert.Equal(("郑维（运维）", Reason), (noted.ByName, (string?)noted.Details!["reason"]));
        Assert.Equal("办结", @case.Line.Outcome);
        Assert.NotNull(Assert.Single(@case.Incidents).ResolvedAt);
        Assert.Contains("系统中断已核查", await PageAsync("sz-leader", $"/cases/{number}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_stands_is_not_settled_by_taking_note()
    {
        var number = await office.FileAsync("decided");
        var incident = (await office.SeenByAsync("sz-leader", number))!;
        Assert.DoesNotContain(IncidentDecision.Acknowledge, incident.Decisions);
        await RefusedAsync(await office.DecideAsync("sz-leader", incident, IncidentDecision.Acknowledge, Reason), "停住");
        Assert.NotNull(await office.SeenByAsync("sz-leader", number));
    }

    [Theory]
    [InlineData("jia")]
    [InlineData("sz-officer")]
    public async Task Others_have_no_list(string userName)
    {
        var number = await office.FileAsync("marked");
        var incident = (await office.SeenByAsync("sz-leader", number))!;
        using var list = await (await office.AsAsync(userName)).ReadAsync("/api/incidents", CancellationToken.None);
        using var decided = await office.DecideAsync(userName, incident, IncidentDecision.Retry);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.StatusCode, decided.StatusCode));
    }

    [Fact]
    public async Task The_pages_say_what_stands_where_since_when_and_offer_what_the_viewer_may_decide()
    {
        var number = await office.FileAsync("marked");
        var incident = (await office.SeenByAsync("sz-leader", number))!;

        var forLeader = await PageAsync("sz-leader", "/incidents");
        Assert.Contains(number, forLeader, StringComparison.Ordinal);
        Assert.Contains("登记标记", forLeader, StringComparison.Ordinal);
        Assert.Contains(incident.Advice, forLeader, StringComparison.Ordinal);
        Assert.Contains("value=\"Skip\"", forLeader, StringComparison.Ordinal);
        var forOperator = await PageAsync("gd-operator", "/incidents");
        Assert.Contains("value=\"Retry\"", forOperator, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"Skip\"", forOperator, StringComparison.Ordinal);
        Assert.DoesNotContain("甲科技", forOperator, StringComparison.Ordinal);

        var ofCase = await PageAsync("sz-leader", $"/cases/{number}");
        Assert.Contains($"action=\"/incidents/{incident.Id}\"", ofCase, StringComparison.Ordinal);
        Assert.Contains("有一个步骤未能完成", ofCase, StringComparison.Ordinal);
        var forVendor = await PageAsync("jia", $"/cases/{number}");
        Assert.Contains("处理出错", forVendor, StringComparison.Ordinal);
        Assert.DoesNotContain("/incidents/", forVendor, StringComparison.Ordinal);
    }

    private async Task<string> PageAsync(string userName, string path)
    {
        using var page = await (await office.AsAsync(userName)).ReadAsync(path, CancellationToken.None);
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        return await page.Content.ReadAsStringAsync();
    }

    private static async Task<IncidentDone> DoneAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
            return await PlatformClient.BodyAsync<IncidentDone>(response, CancellationToken.None);
        }
    }

    private static async Task RefusedAsync(HttpResponseMessage response, string why)
    {
        using (response)
        {
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            Assert.Contains(why, JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }
}
