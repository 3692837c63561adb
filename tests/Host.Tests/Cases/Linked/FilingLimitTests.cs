using System.Net;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Demo;
using WorkflowEngine.Host.Tests.Support;

namespace WorkflowEngine.Host.Tests.Cases.Linked;

/// <summary>Where a flow may be filed, and how many cases one enterprise may have in it.</summary>
public sealed class FilingLimitTests(SmallOffice office) : IClassFixture<SmallOffice>
{
    private const string Lanzhou = "620100";

    [Fact]
    public async Task Two_may_be_open_and_three_filed_in_a_day_whoever_clicks_twice_or_at_once()
    {
        var first = await SmallOffice.NumberAsync(await FileAsync("jia"));

        // One more is free; of four filings at one moment one gets it.
        var rivals = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => FileAsync("jia")));
        var second = await SmallOffice.NumberAsync(Assert.Single(rivals, answer => answer.StatusCode == HttpStatusCode.Created));
        foreach (var refused in rivals.Where(answer => answer.StatusCode != HttpStatusCode.Created))
        {
            Assert.Contains("最多同时有 2 件未办结，贵单位现有 2 件", await ReasonAsync(refused), StringComparison.Ordinal);
        }

        // Somebody else's are counted by themselves.
        await SmallOffice.NumberAsync(await FileAsync("bing"));

        await CloseAsync(first);
        var key = Guid.NewGuid().ToString("N");
        var third = await SmallOffice.NumberAsync(await FileAsync("jia", key));
        await CloseAsync(second);
        Assert.Equal(third, await SmallOffice.NumberAsync(await FileAsync("jia", key)));
        var over = await ReasonAsync(await FileAsync("jia"));
        Assert.Contains("每天最多提交 3 件，贵单位今天已提交 3 件。2022年10月1日 0 时起可以再次提交", over, StringComparison.Ordinal);

        await office.Stage.WaitUntilAsync("2022-09-30T23:59", CancellationToken.None);
        Assert.Equal(over, await ReasonAsync(await FileAsync("jia")));
        await office.Stage.WaitUntilAsync("2022-10-01T00:00", CancellationToken.None);
        await SmallOffice.NumberAsync(await FileAsync("jia"));
    }

    [Fact]
    public async Task A_flow_of_one_province_is_neither_offered_nor_taken_in_another()
    {
        var builder = await office.AsAsync("bing");
        var offered = JsonNode.Parse(await TextAsync("/api/flows"))!.AsArray().Single(flow => flow!["id"]!.GetValue<string>() == SmallOffice.Tip)!;
        Assert.Equal("440000", offered["province"]!.GetValue<string>());
        Assert.Contains($"value=\"{Lanzhou}\"", await TextAsync($"/apply/{SmallOffice.Objection}"), StringComparison.Ordinal);
        var page = await TextAsync($"/apply/{SmallOffice.Tip}");
        Assert.Contains($"value=\"{DemoPeople.Shenzhen}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"62", page, StringComparison.Ordinal);

        using var refused = await FileAsync("bing", authority: Lanzhou);

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var reason = await ReasonAsync(refused);
        Assert.Contains("广东省住房和城乡建设厅所辖", reason, StringComparison.Ordinal);
        Assert.Contains("兰州市住房和城乡建设局不在其中", reason, StringComparison.Ordinal);

        async Task<string> TextAsync(string path)
        {
            using var answer = await builder.ReadAsync(path, CancellationToken.None);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private async Task<HttpResponseMessage> FileAsync(string who, string? key = null, string authority = DemoPeople.Shenzhen) =>
        await (await office.AsAsync(who)).SendAsync(
            "/api/cases", new NewCase(SmallOffice.Tip, authority, new JsonObject { ["facts"] = "没有按规定公布接口标准。", ["confidential"] = "no" }), CancellationToken.None, key);

    private async Task CloseAsync(string number)
    {
        var officer = await office.AsAsync("sz-officer");
        using var closed = await Platform.CompleteAsync(officer, await Platform.OpenTaskAsync(officer, number, "verify"), "Closed");
        Assert.Equal(HttpStatusCode.OK, closed.StatusCode);
    }

    private static async Task<string> ReasonAsync(HttpResponseMessage refused)
    {
        using (refused)
        {
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            return JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!.GetValue<string>();
        }
    }
}
