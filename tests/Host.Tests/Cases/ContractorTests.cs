using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>A contractor complains like a vendor, and what the flow then asks of the complainant is the contractor's to do.</summary>
[Collection(PlatformCollection.Name)]
public sealed class ContractorTests(Platform platform)
{
    private const string Complaint = "guangdong-complaint";

    [Fact]
    public async Task A_contractor_who_is_asked_for_more_supplies_it_and_may_withdraw()
    {
        var builder = await platform.AsAsync("bing");
        var number = (await builder.PostAsync<OpenedCase>("/api/cases", new NewCase(Complaint, DemoPeople.Shenzhen, Answers()), CancellationToken.None)).Number;
        var officer = await platform.AsAsync("sz-officer");
        using var asked = await Platform.CompleteAsync(
            officer, await Platform.OpenTaskAsync(officer, number, "acknowledge"), "SupplementRequested", new JsonObject { ["wanted"] = "请补充收费凭证。" });
        Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());

        using var supplied = await Platform.CompleteAsync(builder, await Platform.OpenTaskAsync(builder, number, "supplement"), "Supplied", new JsonObject { ["account"] = "收费凭证见原件。" });
        Assert.True(supplied.IsSuccessStatusCode, await supplied.Content.ReadAsStringAsync());

        var option = Assert.Single((await Platform.CaseAsync(builder, number)).Tasks, task => task.Line is { Open: true, Kind: TaskKind.Option } && task.ActivityId == "withdraw-complaint");
        using var withdrawn = await Platform.CompleteAsync(builder, option, "Withdrawn", new JsonObject { ["confirm"] = true });
        Assert.True(withdrawn.IsSuccessStatusCode, await withdrawn.Content.ReadAsStringAsync());
        Assert.Equal("撤回", (await Platform.CaseAsync(builder, number)).Line.Outcome);
    }

    [Fact]
    public async Task A_contractor_does_not_apply_for_the_integration_of_a_product()
    {
        var builder = await platform.AsAsync("bing");

        using var filed = await builder.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, []), CancellationToken.None);

        Assert.Equal(HttpStatusCode.Forbidden, filed.StatusCode);
    }

    [Fact]
    public async Task The_vendor_that_a_contractor_names_must_be_registered()
    {
        var builder = await platform.AsAsync("bing");
        var project = new JsonObject
        {
            ["companyName"] = "丙建设有限公司",
            ["uscc"] = DemoPeople.ContractorBing,
            ["projectName"] = "某安置房工程",
            ["permitNumber"] = "440300202209190101",
            ["startDate"] = "2022-09-19",
            ["interface"] = "V1.3",
            ["vendorCode"] = DemoPeople.ContractorBing,
            ["productName"] = "实名通",
            ["productVersion"] = "2.1.0",
            ["contactName"] = "赵工",
            ["contactPhone"] = "13800138001",
            ["truth"] = true,
        };

        using var filed = await builder.SendAsync("/api/cases", new NewCase("guangdong-project-access", DemoPeople.Shenzhen, project), CancellationToken.None);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, filed.StatusCode);
        Assert.Contains("vendorCode", await filed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static JsonObject Answers() => new()
    {
        ["grounds"] = new JsonArray(new JsonObject { ["ground"] = "乱收费" }),
        ["project"] = "某安置房工程",
        ["account"] = "要求交纳接入费用。",
        ["confidential"] = "no",
        ["contactName"] = "赵工",
        ["contactPhone"] = "13800138001",
        ["truth"] = true,
    };
}
