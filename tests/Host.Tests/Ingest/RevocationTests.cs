using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Audit;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>A formal key is taken back by the leader of the authority that gave it out, for a reason that its holder reads; a test key is its case's to end.</summary>
[Collection(IngestCollection.Name)]
public sealed class RevocationTests(IngestWorld world)
{
    private const string Why = "现场核实项目已于九月底竣工验收";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_leader_takes_a_formal_key_back_its_holder_is_told_why_and_no_host_takes_it_any_more()
    {
        var key = await world.NewFormalKeyAsync();
        var leader = await world.SignInAsync("sz-leader");
        await Site.OpenAsync(key);
        Assert.Contains("收回密钥", await TextAsync(leader, $"/keys/{key.CredentialId}"), StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, await RevokeAsync(leader, key, "ended", "完工"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await RevokeAsync(leader, key, "because", Why));
        Assert.Equal(HttpStatusCode.SeeOther, await RevokeAsync(leader, key, "ended", Why));
        Assert.Equal(HttpStatusCode.Conflict, await RevokeAsync(leader, key, "ended", Why));

        await world.Services.GetRequiredService<KeyRing>().RefreshAsync(None);
        var refused = await key.Client.SendAsync("Corp.Upload", Site.Corp(Site.Contractor), IngestWorld.Now, None);
        Assert.Equal("-3", refused.Code);
        Assert.Contains("停用", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"项目已经结束：{Why}", await TextAsync(world.Vendor, $"/keys/{key.CredentialId}"), StringComparison.Ordinal);
        Assert.Contains(await DatabaseScan.RowsContainingAsync(world.Services, Why), row => row.Contains("notices", StringComparison.Ordinal) && row.Contains("我的投诉", StringComparison.Ordinal));
        Assert.Contains(await DatabaseScan.RowsContainingAsync(world.Services, Why), row => row.Contains("credential revoked", StringComparison.Ordinal));
        Assert.True((await world.Services.GetRequiredService<AuditChain>().VerifyAsync(null, None)).Intact);
    }

    [Fact]
    public async Task Nobody_else_takes_a_key_back_and_nobody_a_test_key()
    {
        var (formal, test) = (await world.NewFormalKeyAsync(), await world.NewKeyAsync());
        foreach (var person in new[] { "sz-officer", "gz-officer", "gd-officer" })
        {
            Assert.Equal(HttpStatusCode.NotFound, await RevokeAsync(await world.SignInAsync(person), formal, "ended", Why));
        }

        Assert.Equal(HttpStatusCode.Forbidden, await RevokeAsync(world.Vendor, formal, "ended", Why));
        Assert.Equal(HttpStatusCode.NotFound, await RevokeAsync(await world.SignInAsync("sz-leader"), test, "ended", Why));
        Assert.Equal("0", (await formal.Client.SendAsync("Corp.Upload", Site.Corp(Site.Contractor), IngestWorld.Now, None)).Code);
    }

    private static async Task<string> TextAsync(PlatformClient person, string path)
    {
        using var page = await person.ReadAsync(path, None);
        return WebUtility.HtmlDecode(await page.Content.ReadAsStringAsync());
    }

    private static async Task<HttpStatusCode> RevokeAsync(PlatformClient person, TestKey key, string reason, string explanation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["reason"] = reason, ["explanation"] = explanation });
        using var answer = await person.SendContentAsync($"/keys/{key.CredentialId}/revoke", form, None);
        return answer.StatusCode;
    }
}
