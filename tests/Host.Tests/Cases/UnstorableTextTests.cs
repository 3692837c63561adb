using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>Text that a database cannot hold (NUL) names nothing and is told to be wrong; it is no defect of the platform.</summary>
[Collection(PlatformCollection.Name)]
public sealed class UnstorableTextTests(Platform platform)
{
    [Theory]
    [InlineData("/apply/guangdong-complaint?link=%00", HttpStatusCode.NotFound)]
    [InlineData("/apply/guangdong-vendor-integration?from=%00", HttpStatusCode.NotFound)]
    [InlineData("/workflows/orders?correlationId=%00", HttpStatusCode.BadRequest)]
    [InlineData("/api/cases?search=%00", HttpStatusCode.OK)]
    public async Task In_an_address_it_finds_nothing(string path, HttpStatusCode expected)
    {
        using var answer = await (await platform.AsAsync("jia")).ReadAsync(path, CancellationToken.None);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("caseNumber", "\0", HttpStatusCode.UnprocessableEntity)]
    [InlineData("authority", "\0", HttpStatusCode.Forbidden)]
    public async Task In_a_form_it_is_refused(string place, string text, HttpStatusCode expected)
    {
        var values = new JsonObject
        {
            ["grounds"] = new JsonArray(new JsonObject { ["ground"] = "乱收费" }),
            ["account"] = "要求交纳接入费用。",
            ["confidential"] = "no",
            ["contactName"] = "王晓",
            ["contactPhone"] = "13800138001",
            ["truth"] = true,
        };
        if (place == "caseNumber") values[place] = text;
        var order = new NewCase("guangdong-complaint", place == "authority" ? text : DemoPeople.Shenzhen, values);

        using var answer = await (await platform.AsAsync("jia")).SendAsync("/api/cases", order, CancellationToken.None);

        Assert.Equal(expected, answer.StatusCode);
    }
}
