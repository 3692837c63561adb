using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Cases;

[Collection(PlatformCollection.Name)]
public sealed class OrganisationTests(Platform platform)
{
    [Theory]
    [InlineData("yi")]
    [InlineData("gz-officer")]
    public async Task A_stranger_does_not_learn_that_a_case_exists(string stranger)
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");
        var review = await Platform.OpenTaskAsync(officer, number, "review");
        using var approved = await Platform.CompleteAsync(officer, review, "Approved");
        var view = await Platform.CaseAsync(officer, number);
        var credential = Assert.Single(view.Credentials);
        var paper = view.Submissions.First(submission => submission.FormId == "vendor-application").Values["businessLicence"]![0]!["id"]!.ToString();
        var outsider = await platform.AsAsync(stranger);

        foreach (var path in new[] { $"/api/cases/{number}", $"/api/tasks/{review.Line.Id}", $"/api/conformance/{credential.Id}", $"/api/attachments/{paper}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(outsider, path));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(officer, path));
        }

        using var completion = await Platform.CompleteAsync(outsider, review, "Approved");
        Assert.Equal(HttpStatusCode.NotFound, completion.StatusCode);
        using var reveal = await outsider.SendAsync($"/api/credentials/{credential.Id}/reveal", body: null, CancellationToken.None);
        Assert.Contains(reveal.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.Forbidden });
    }

    [Fact]
    public async Task The_province_reads_what_its_cities_do_and_does_not_do_it_for_them()
    {
        var number = await platform.SubmitAsync();
        var province = await platform.AsAsync("gd-officer");

        var review = await Platform.OpenTaskAsync(province, number, "review");
        using var completion = await Platform.CompleteAsync(province, review, "Approved");

        Assert.Equal(HttpStatusCode.Forbidden, completion.StatusCode);
    }

    [Fact]
    public async Task A_vendors_technician_does_not_file_applications()
    {
        var technician = await platform.AsAsync("jia-tech");

        using var filed = await technician.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, []), CancellationToken.None);

        Assert.Equal(HttpStatusCode.Forbidden, filed.StatusCode);
    }

    [Theory]
    [InlineData("gd-operator")]
    [InlineData("gd-policy")]
    public async Task Who_does_not_work_on_cases_sees_none(string userName)
    {
        var person = await platform.AsAsync(userName);

        foreach (var path in new[] { "/api/cases", "/api/tasks", "/api/credentials", "/api/warnings" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(person, path));
        }
    }

    [Fact]
    public async Task An_operators_letters_are_about_the_installation_and_never_about_a_case()
    {
        var number = await platform.SubmitAsync();
        var letter = (await Platform.CaseAsync(await platform.AsAsync("sz-officer"), number)).Notices[0];
        var @operator = await platform.AsAsync("gd-operator");

        Assert.DoesNotContain((await @operator.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, line => line.CaseNumber is not null);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(@operator, $"/api/notices/{letter.Id}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(@operator, $"/notices/{letter.Id}/content"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(await platform.AsAsync("gd-policy"), "/api/notices"));
    }

    [Fact]
    public async Task The_technical_support_unit_has_its_own_tasks_and_letters_and_reads_no_case()
    {
        var number = await platform.SubmitAsync();
        var review = await Platform.OpenTaskAsync(await platform.AsAsync("sz-officer"), number, "review");
        var support = await platform.AsAsync("sz-support");

        foreach (var path in new[] { "/api/cases", $"/api/cases/{number}", "/api/credentials", "/api/warnings" })
        {
            Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(support, path));
        }

        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(support, $"/api/tasks/{review.Line.Id}"));
        Assert.Empty((await support.GetAsync<Page<TaskOnList>>("/api/tasks", CancellationToken.None)).Items);
        Assert.All((await support.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, notice => Assert.Equal(Roles.SupportUnit, notice.Role));
        using var completion = await Platform.CompleteAsync(support, review, "Approved");
        Assert.Equal(HttpStatusCode.NotFound, completion.StatusCode);
    }

    [Fact]
    public async Task A_paper_of_another_vendor_cannot_be_filed()
    {
        var mine = await platform.AsAsync("jia");
        var theirs = await platform.AsAsync("yi");
        var form = await Platform.ApplicationAsync(mine);
        form["commitment"] = new JsonArray(await theirs.UploadAsync("承诺书.pdf", Platform.Pdf, CancellationToken.None));

        using var filed = await mine.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, form), CancellationToken.None);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, filed.StatusCode);
        Assert.Contains("commitment", await filed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_file_that_a_form_names_the_officer_reads_what_is_stored_not_what_the_sender_says()
    {
        var vendor = await platform.AsAsync("jia");
        var form = await Platform.ApplicationAsync(vendor);
        var handle = form["commitment"]![0]!.AsObject();
        var sha256 = handle["sha256"]!.ToString();
        handle["name"] = "省厅批复.pdf";
        handle["sha256"] = "forged";
        handle["size"] = "huge";
        handle["more"] = new string('x', 1000);

        var opened = await vendor.PostAsync<OpenedCase>("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, form), CancellationToken.None);

        var paper = Assert.Single((await Platform.CaseAsync(await platform.AsAsync("sz-officer"), opened.Number)).Submissions).Values["commitment"]![0]!.AsObject();
        Assert.Equal(("commitment.pdf", sha256), (paper["name"]!.ToString(), paper["sha256"]!.ToString()));
        Assert.Equal(Platform.Pdf.Length, paper["size"]!.GetValue<int>());
        Assert.Null(paper["more"]);
    }

    [Fact]
    public async Task Looking_at_a_notice_does_not_sign_for_it()
    {
        var number = await platform.SubmitAsync();
        var vendor = await platform.AsAsync("jia");
        var path = $"/api/notices/{(await Platform.CaseAsync(vendor, number)).Notices[0].Id}";

        Assert.Null((await vendor.GetAsync<NoticeView>(path, CancellationToken.None)).Line.ReadAt);
        using var province = await (await platform.AsAsync("gd-officer")).SendAsync($"{path}/sign", body: null, CancellationToken.None);
        Assert.Equal(HttpStatusCode.NotFound, province.StatusCode);
        Assert.NotNull((await vendor.PostAsync<NoticeView>($"{path}/sign", body: null, CancellationToken.None)).Line.ReadAt);
    }

    private static async Task<HttpStatusCode> StatusAsync(Host.Walkthrough.PlatformClient person, string path)
    {
        using var response = await person.ReadAsync(path, CancellationToken.None);
        return response.StatusCode;
    }
}
