using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Cases;

[Collection(PlatformCollection.Name)]
public sealed class RefusalTests(Platform platform)
{
    [Fact]
    public async Task Success_is_not_chosen_before_the_messages_conform()
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");
        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        var test = await Platform.OpenTaskAsync(officer, number, "interface-test");

        using var refused = await Platform.CompleteAsync(officer, test, "Succeeded");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("一致性检查", await TextAsync(refused), StringComparison.Ordinal);
        Assert.Equal(test.Line.Id, (await Platform.OpenTaskAsync(officer, number, "interface-test")).Line.Id);
    }

    [Fact]
    public async Task An_outcome_that_is_not_drawn_is_refused_with_those_that_are()
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");

        using var refused = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Rejected");

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("退回补正", await TextAsync(refused), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_return_states_its_defects()
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");

        using var refused = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Returned");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("defects", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_tells_every_field_that_is_wrong_at_once()
    {
        var vendor = await platform.AsAsync("jia");
        var form = await Platform.ApplicationAsync(vendor);
        form["uscc"] = "91440300MA5DEMA16K";
        form.Remove("productName");
        form["unknown"] = "x";

        using var refused = await vendor.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, form), CancellationToken.None);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problems = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["problems"]!.AsArray().Select(problem => problem!["field"]!.ToString());
        Assert.Equal(["productName", "unknown", "uscc"], problems.Order());
    }

    [Fact]
    public async Task An_enterprise_applies_in_its_own_name()
    {
        var yi = await platform.AsAsync("yi");
        var form = await Platform.ApplicationAsync(await platform.AsAsync("jia"));

        using var refused = await yi.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, form), CancellationToken.None);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var problems = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["problems"]!.AsArray();
        Assert.Equal(["companyName", "uscc"], problems.Select(problem => problem!["field"]!.ToString()).Order());
        Assert.Contains(problems, problem => problem!["message"]!.ToString() == "统一社会信用代码与登录企业不一致");
    }

    [Theory]
    [InlineData("no-such-flow", DemoPeople.Shenzhen)]
    [InlineData(Platform.Flow, DemoPeople.Province)]
    [InlineData(Platform.Flow, "449999")]
    [InlineData(Platform.Flow, DemoPeople.VendorYi)]
    public async Task What_cannot_be_asked_there_is_not_started(string flow, string authority)
    {
        var vendor = await platform.AsAsync("jia");

        using var refused = await vendor.SendAsync("/api/cases", new NewCase(flow, authority, []), CancellationToken.None);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory]
    [InlineData("营业执照.pdf", "MZ this is a program")]
    [InlineData("营业执照.png", "%PDF-1.4 in truth")]
    [InlineData("空.pdf", "")]
    public async Task A_file_that_is_not_what_it_says_is_refused(string name, string content)
    {
        var vendor = await platform.AsAsync("jia");

        var refusal = await Assert.ThrowsAsync<StoryException>(() => vendor.UploadAsync(name, Encoding.Latin1.GetBytes(content), CancellationToken.None));

        Assert.Contains("422", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_is_shown_once()
    {
        var number = await platform.SubmitAsync();
        var officer = await platform.AsAsync("sz-officer");
        var vendor = await platform.AsAsync("jia");
        using var approved = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "review"), "Approved");
        var key = Assert.Single((await Platform.CaseAsync(vendor, number)).Credentials);

        var shown = await vendor.PostAsync<RevealedKey>($"/api/credentials/{key.Id}/reveal", body: null, CancellationToken.None);
        using var again = await vendor.SendAsync($"/api/credentials/{key.Id}/reveal", body: null, CancellationToken.None);

        Assert.Equal(32, shown.Appsecret.Length);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task Without_the_token_against_forged_requests_nothing_is_changed()
    {
        using var browser = new HttpClient { BaseAddress = platform.Stage.Address };
        using var signedIn = await browser.PostAsJsonAsync("/api/session", new Credentials("jia", platform.Stage.PasswordOf("jia")));
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);

        using var forged = await browser.PostAsJsonAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, []));

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
    }

    /// <summary>Chinese in an answer may come as escapes.</summary>
    private static async Task<string> TextAsync(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync())!["detail"]!.ToString();
}
