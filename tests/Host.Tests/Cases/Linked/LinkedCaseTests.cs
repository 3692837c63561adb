using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Cases.Linked;

/// <summary>Applications of which one may be open, cases about cases, and cases that go on elsewhere, by the public API.</summary>
public sealed class LinkedCaseTests(SmallOffice office) : IClassFixture<SmallOffice>
{
    [Fact]
    public async Task A_second_application_for_the_same_product_is_refused_with_the_number_of_the_first()
    {
        var product = SmallOffice.NewProduct();
        var first = await SmallOffice.NumberAsync(await office.ApplyAsync(product));

        // Written a little differently it is the same product still.
        using var second = await office.ApplyAsync($" {product.Replace("1", "１", StringComparison.Ordinal)} ");

        Assert.Equal(HttpStatusCode.Forbidden, second.StatusCode);
        Assert.Contains(first, await DetailAsync(second), StringComparison.Ordinal);
        Assert.StartsWith("XK-2022-440300-", first, StringComparison.Ordinal);
        await SmallOffice.NumberAsync(await office.ApplyAsync(product, DemoPeople.Guangzhou));
    }

    [Fact]
    public async Task Of_filings_at_the_same_moment_one_is_taken_and_the_others_are_told_its_number()
    {
        var product = SmallOffice.NewProduct();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => office.ApplyAsync(product)));

        var opened = await SmallOffice.NumberAsync(Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created));
        foreach (var refused in answers.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Contains(opened, await DetailAsync(refused), StringComparison.Ordinal);
            refused.Dispose();
        }
    }

    [Fact]
    public async Task A_click_that_is_repeated_is_told_the_first_answer_and_not_that_the_application_is_open()
    {
        var product = SmallOffice.NewProduct();

        var first = await SmallOffice.NumberAsync(await office.ApplyAsync(product, key: "one-click"));
        var again = await SmallOffice.NumberAsync(await office.ApplyAsync(product, key: "one-click"));

        Assert.Equal(first, again);
    }

    [Fact]
    public async Task Withdrawing_is_offered_on_the_case_is_nobodys_work_and_makes_room_for_a_new_application()
    {
        var product = SmallOffice.NewProduct();
        var number = await SmallOffice.NumberAsync(await office.ApplyAsync(product));
        var vendor = await office.AsAsync("jia");
        var option = Assert.Single((await Platform.CaseAsync(vendor, number)).Tasks, task => task.Line.Kind == TaskKind.Option);
        Assert.DoesNotContain((await vendor.GetAsync<Page<TaskOnList>>("/api/tasks", CancellationToken.None)).Items, task => task.Task.CaseNumber == number);

        using var done = await Platform.CompleteAsync(vendor, option, "Withdrawn");

        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal("已撤回", (await Platform.CaseAsync(vendor, number)).Line.Outcome);
        await SmallOffice.NumberAsync(await office.ApplyAsync(product));
    }

    [Fact]
    public async Task A_case_can_be_about_an_own_case_only()
    {
        var mine = await office.PermitAsync();

        foreach (var (who, about) in new[] { ("yi", mine), ("jia", "XK-2022-440300-999999") })
        {
            using var refused = await office.ObjectAsync(who, DemoPeople.Shenzhen, about);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            var problem = Assert.Single(JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["problems"]!.AsArray());
            Assert.Equal("about", problem!["field"]!.GetValue<string>());
        }

        var objection = await SmallOffice.NumberAsync(await office.ObjectAsync("jia", DemoPeople.Shenzhen, mine));
        Assert.StartsWith("YY-", objection, StringComparison.Ordinal);
        var officer = await office.AsAsync("sz-officer");
        Assert.Equal(mine, (await Platform.CaseAsync(officer, objection)).Line.LinkedTo);
        Assert.Equal(objection, Assert.Single((await Platform.CaseAsync(officer, mine)).Linked).Number);
    }

    [Fact]
    public async Task What_is_decided_about_a_case_decides_its_open_task_and_nobody_can_choose_that()
    {
        var permit = await office.PermitAsync();
        var objection = await SmallOffice.NumberAsync(await office.ObjectAsync("jia", DemoPeople.Shenzhen, permit));
        var officer = await office.AsAsync("sz-officer");
        var review = await Platform.OpenTaskAsync(officer, permit, "review");
        Assert.Equal(["Approved", "Transferred"], review.Outcomes.Select(outcome => outcome.Name));
        using var chosen = await Platform.CompleteAsync(officer, review, "Overruled");
        Assert.Equal(HttpStatusCode.Forbidden, chosen.StatusCode);

        using var upheld = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, objection, "verify"), "Upheld");
        await office.Stage.SettleAsync(CancellationToken.None);

        var view = await Platform.CaseAsync(officer, permit);
        var decided = view.Tasks.Single(task => task.ActivityId == "review");
        Assert.Equal((TaskEnd.Superseded, "Overruled", null), (decided.End, decided.Outcome, decided.ClosedBy));
        Assert.Equal("复核后许可", view.Line.Outcome);
    }

    [Fact]
    public async Task Who_may_file_what_is_told_with_the_offer()
    {
        var offers = await (await office.AsAsync("jia")).GetAsync<List<JsonObject>>("/api/flows", CancellationToken.None);

        Assert.Equal(
            ["objection: vendor-admin,contractor", "permit: vendor-admin", "repair: vendor-admin", "tip: vendor-admin,contractor"],
            offers.Select(offer => $"{offer["id"]}: {string.Join(',', offer["roles"]!.AsArray())}").Order());
    }

    [Fact]
    public async Task A_case_that_is_handed_on_goes_on_with_its_day_its_form_and_its_files()
    {
        var vendor = await office.AsAsync("jia");
        var paper = await vendor.UploadAsync("材料.pdf", Platform.Pdf, CancellationToken.None);
        var first = await office.PermitAsync((JsonObject)paper.DeepClone());
        var filed = (await Platform.CaseAsync(vendor, first)).Line.SubmittedAt;
        var officer = await office.AsAsync("sz-officer");

        using var handed = await Platform.CompleteAsync(
            officer, await Platform.OpenTaskAsync(officer, first, "review"), "Transferred", new JsonObject { ["target"] = DemoPeople.Guangzhou });
        await office.Stage.SettleAsync(CancellationToken.None);

        Assert.Equal("已转办", (await Platform.CaseAsync(officer, first)).Line.Outcome);
        var second = Assert.Single((await Platform.CaseAsync(vendor, first)).Linked);
        Assert.StartsWith("XK-2022-440100-", second.Number, StringComparison.Ordinal);
        Assert.Equal((first, DemoPeople.Guangzhou, filed, null), (second.LinkedTo, second.AuthorityId, second.SubmittedAt, second.Outcome));
        var receiver = await office.AsAsync("gz-officer");
        var view = await Platform.CaseAsync(receiver, second.Number);
        Assert.StartsWith("实名通", Assert.Single(view.Submissions).Values["product"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(receiver, $"/api/attachments/{paper["id"]}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(receiver, $"/api/cases/{first}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(officer, $"/api/cases/{second.Number}"));

        // It is one application still: its applicant files no other beside it.
        using var beside = await office.ApplyAsync(view.Submissions[0].Values["product"]!.GetValue<string>(), DemoPeople.Guangzhou);
        Assert.Contains(second.Number, await DetailAsync(beside), StringComparison.Ordinal);
        using var approved = await Platform.CompleteAsync(receiver, await Platform.OpenTaskAsync(receiver, second.Number, "review"), "Approved");
        Assert.Equal("已许可", (await Platform.CaseAsync(vendor, second.Number)).Line.Outcome);
    }

    [Fact]
    public async Task The_technical_support_unit_of_a_city_reads_nothing_of_its_counties()
    {
        var order = new JsonObject { ["companyName"] = SmallOffice.JiaName, ["uscc"] = DemoPeople.VendorJia, ["product"] = SmallOffice.NewProduct() };
        var number = await SmallOffice.NumberAsync(
            await (await office.AsAsync("jia")).SendAsync("/api/cases", new NewCase(SmallOffice.Repair, SmallOffice.Liwan, order), CancellationToken.None));
        var repair = await Platform.OpenTaskAsync(await office.AsAsync("gz-officer"), number, "repair");
        var support = await office.AsAsync(SmallOffice.GuangzhouSupport);

        Assert.Empty((await support.GetAsync<Page<TaskOnList>>("/api/tasks?withSubordinates=true", CancellationToken.None)).Items);
        foreach (var path in new[] { $"/api/tasks/{repair.Line.Id}", $"/tasks/{repair.Line.Id}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(support, path));
        }

        using var done = await Platform.CompleteAsync(support, repair, "Repaired");
        Assert.Equal(HttpStatusCode.NotFound, done.StatusCode);
    }

    private static async Task<HttpStatusCode> StatusAsync(PlatformClient reader, string path)
    {
        using var answer = await reader.ReadAsync(path, CancellationToken.None);
        return answer.StatusCode;
    }

    private static async Task<string> DetailAsync(HttpResponseMessage refused) => JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();
}
