using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Cases;

/// <summary>Every act that carries an <c>Idempotency-Key</c> refuses one that names nothing, and one that has named something else.</summary>
[Collection(PlatformCollection.Name)]
public sealed class IdempotencyDoorTests(Platform platform)
{
    public static TheoryData<string, string> Doors => new()
    {
        { "/api/cases", "jia" },
        { "/api/tasks/00000000000000000000000000000000.1.1/complete", "sz-officer" },
        { "/api/incidents/none/resolve", "gd-operator" },
        { "/workflows/nowhere", "jia" },
    };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task A_key_that_is_blank_or_too_long_is_refused_with_words(string path, string who)
    {
        foreach (var key in new[] { "", "   ", new string('k', 101) })
        {
            using var answer = await (await platform.AsAsync(who)).SendAsync(path, BodyFor(path), CancellationToken.None, key);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Contains("1 至 100 个字符", JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["detail"]!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_named_an_application_names_no_completion_and_one_of_an_outcome_no_other()
    {
        var (vendor, officer) = (await platform.AsAsync("jia"), await platform.AsAsync("sz-officer"));
        var key = Guid.NewGuid().ToString("N");
        using var filed = await vendor.SendAsync("/api/cases", new NewCase(Platform.Flow, DemoPeople.Shenzhen, await Platform.ApplicationAsync(vendor)), CancellationToken.None, key);
        var number = JsonNode.Parse(await filed.Content.ReadAsStringAsync())!["number"]!.ToString();
        var review = await Platform.OpenTaskAsync(officer, number, "review");
        var withdraw = (await Platform.CaseAsync(vendor, number)).Tasks.First(task => task.Line is { Open: true, Kind: TaskKind.Option });

        using var other = await Platform.CompleteAsync(vendor, withdraw, withdraw.Outcomes[0].Name, new JsonObject { ["reason"] = "产品调整，撤回申请", ["confirm"] = true }, key);
        using var approved = await Platform.CompleteAsync(officer, review, "Approved", key: key);
        using var returned = await Platform.CompleteAsync(officer, review, "Returned", key: key);

        // Keys are each person's own.
        Assert.Equal(HttpStatusCode.OK, approved.StatusCode);
        foreach (var refused in new[] { other, returned })
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
            Assert.Contains("idempotency key", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static object BodyFor(string path) => path switch
    {
        "/api/cases" => new NewCase(Platform.Flow, DemoPeople.Shenzhen, []),
        "/api/incidents/none/resolve" => new IncidentAnswer(IncidentDecision.Retry, null, null),
        _ => new TaskAnswer("Approved", []),
    };
}
