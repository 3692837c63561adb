using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Tests.Cases.Linked;

/// <summary>Who complains in confidence is known to the province and to nobody at the authority complained of (D-19).</summary>
public sealed class ConfidentialCaseTests(SmallOffice office) : IClassFixture<SmallOffice>
{
    [Fact]
    public async Task In_confidence_the_authority_learns_what_is_objected_and_not_by_whom()
    {
        var vendor = await office.AsAsync("jia");
        var evidence = await vendor.UploadAsync("证据.pdf", Platform.Pdf, CancellationToken.None);
        var permit = await SmallOffice.NumberAsync(await office.ApplyAsync(SmallOffice.NewProduct(), DemoPeople.Shenzhen));
        var number = await SmallOffice.NumberAsync(await office.ObjectAsync("jia", DemoPeople.Guangzhou, permit, isConfidential: true, (JsonObject)evidence.DeepClone()));
        var officer = await office.AsAsync("gz-officer");

        var task = Assert.Single((await officer.GetAsync<Page<TaskOnList>>("/api/tasks", CancellationToken.None)).Items, task => task.Task.CaseNumber == number).Task;
        var detail = (await officer.GetAsync<TaskWithForm>($"/api/tasks/{task.Id}", CancellationToken.None)).Task;
        Assert.Contains("没有说明理由", detail.Data!["objection"]!["facts"]!.GetValue<string>(), StringComparison.Ordinal);
        var letter = Assert.Single((await officer.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, notice => notice.CaseNumber == number);
        Assert.Contains("申请保密", letter.Subject, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(officer, $"/api/attachments/{evidence["id"]}"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(officer, $"/api/cases/{number}"));
        await AssertUnnamedAsync(officer, $"/api/cases?search={number}", "/api/tasks", $"/api/tasks/{task.Id}", "/api/tasks?open=false", "/api/notices", $"/api/notices/{letter.Id}",
            "/api/warnings", "/api/credentials", "/tasks", $"/tasks/{task.Id}", "/notices", $"/notices/{letter.Id}/content", "/cases", $"/cases/{number}");

        var sibling = await office.AsAsync("sz-officer");
        foreach (var path in new[] { $"/api/cases/{number}", $"/api/tasks/{task.Id}", $"/api/notices/{letter.Id}", $"/api/attachments/{evidence["id"]}" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(sibling, path));
        }

        // The objected-to permit is Shenzhen's, who must not read there that somebody objected.
        Assert.Empty((await Platform.CaseAsync(sibling, permit)).Linked);
        var province = await office.AsAsync("gd-officer");
        Assert.Equal((SmallOffice.JiaName, true), ((await Platform.CaseAsync(province, number)).Line.ApplicantName, (await Platform.CaseAsync(province, number)).Line.IsConfidential));

        foreach (var path in new[] { $"/api/cases/{number}", $"/cases/{number}" })
        {
            Assert.NotNull(await NameInAsync(province, path));
        }

        using var decided = await Platform.CompleteAsync(officer, detail, "Unfounded");
        Assert.Equal(HttpStatusCode.OK, decided.StatusCode);
        Assert.Equal("不属实", (await Platform.CaseAsync(vendor, number)).Line.Outcome);
        await AssertUnnamedAsync(officer, "/api/tasks?open=false", "/tasks?view=closed", $"/api/tasks/{task.Id}");
    }

    [Fact]
    public async Task What_was_said_in_confidence_stays_so_where_it_is_handed_on()
    {
        var first = await SmallOffice.NumberAsync(await office.ObjectAsync("jia", DemoPeople.Guangzhou, about: null, isConfidential: true));
        var officer = await office.AsAsync("gz-officer");
        var task = Assert.Single((await officer.GetAsync<Page<TaskOnList>>("/api/tasks", CancellationToken.None)).Items, task => task.Task.CaseNumber == first).Task;
        var verify = (await officer.GetAsync<TaskWithForm>($"/api/tasks/{task.Id}", CancellationToken.None)).Task;

        using var handed = await Platform.CompleteAsync(officer, verify, "Transferred", new JsonObject { ["target"] = DemoPeople.Shenzhen });
        Assert.Equal(HttpStatusCode.OK, handed.StatusCode);
        await office.Stage.SettleAsync(CancellationToken.None);

        var second = Assert.Single((await Platform.CaseAsync(await office.AsAsync("jia"), first)).Linked);
        Assert.True(second.IsConfidential);
        var receiver = await office.AsAsync("sz-officer");
        var received = Assert.Single((await receiver.GetAsync<Page<TaskOnList>>("/api/tasks", CancellationToken.None)).Items, task => task.Task.CaseNumber == second.Number).Task;
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(receiver, $"/api/cases/{second.Number}"));
        var letter = Assert.Single((await receiver.GetAsync<Page<NoticeLine>>("/api/notices", CancellationToken.None)).Items, notice => notice.CaseNumber == second.Number);
        await AssertUnnamedAsync(receiver, $"/api/cases?search={second.Number}", $"/api/tasks?search={second.Number}", $"/api/tasks/{received.Id}", $"/api/notices/{letter.Id}", $"/tasks/{received.Id}", $"/cases/{second.Number}");
    }

    /// <summary>Nothing of the answer names the applicant: neither the enterprise nor its people nor the case that the objection is about.</summary>
    private static async Task AssertUnnamedAsync(PlatformClient reader, params string[] paths)
    {
        foreach (var path in paths)
        {
            var name = await NameInAsync(reader, path);
            Assert.True(name is null, $"{path} names {name}.");
        }
    }

    private static async Task<string?> NameInAsync(PlatformClient reader, string path)
    {
        using var answer = await reader.ReadAsync(path, CancellationToken.None);
        // JSON and HTML each escape Chinese in their way.
        var text = WebUtility.HtmlDecode(Regex.Unescape((await answer.Content.ReadAsStringAsync()).Replace("\\\"", "'", StringComparison.Ordinal)));
        return Array.Find(["甲科技", "王晓", DemoPeople.VendorJia], name => text.Contains(name, StringComparison.Ordinal));
    }

    private static async Task<HttpStatusCode> StatusAsync(PlatformClient reader, string path)
    {
        using var answer = await reader.ReadAsync(path, CancellationToken.None);
        return answer.StatusCode;
    }
}
