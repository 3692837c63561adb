using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Portal.Records;
using WorkflowEngine.Host.Walkthrough;
using WorkflowEngine.Storage.Audit;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>报送记录: what officers see of persons whom devices tell of.</summary>
[Collection(IngestCollection.Name)]
public sealed class RecordPageTests(IngestWorld world)
{
    private const string Masked = "4403**********0010";
    private const string Reason = "核实投诉中反映的代刷考勤";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task An_officer_sees_persons_covered_and_a_leader_in_full_for_a_reason_that_is_recorded()
    {
        var key = await world.NewKeyAsync();
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)), IngestWorld.Now, None);
        var (officer, leader) = (await world.SignInAsync("sz-officer"), await world.SignInAsync("sz-leader"));

        var list = await PageAsync(officer, $"/keys/{key.CredentialId}/records");
        Assert.Contains(Masked, list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(TestMessages.Worker, list.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("张三", list.Text, StringComparison.Ordinal);
        var record = await RecordOfAsync(key);
        var covered = await PageAsync(officer, record);
        Assert.Contains("张*", covered.Text, StringComparison.Ordinal);
        Assert.Contains("砌筑工（010）", covered.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("查看理由", covered.Text, StringComparison.Ordinal);
        Assert.Contains("查看理由", (await PageAsync(leader, record)).Text, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await AskAsync(leader, record, "看看")).Status);
        var full = await AskAsync(leader, record, $"{Reason} {TestMessages.Worker}");
        Assert.Equal(HttpStatusCode.OK, full.Status);
        foreach (var value in new[] { TestMessages.Worker, "张三", "13800138000", $"data:image/png;base64,{TestMessages.Picture}" }) Assert.Contains(value, full.Text, StringComparison.Ordinal);
        await AskAsync(leader, record, Reason);

        Assert.Empty(await DatabaseScan.RowsContainingAsync(world.Services, TestMessages.Worker));
        var looks = await DatabaseScan.RowsContainingAsync(world.Services, Reason);
        Assert.Equal(2, looks.Count);
        Assert.All(looks, look => Assert.Contains("personal data viewed", look, StringComparison.Ordinal));
        Assert.True((await world.Services.GetRequiredService<AuditChain>().VerifyAsync(null, None)).Intact);
    }

    [Fact]
    public async Task Other_cities_vendors_and_operators_find_nothing_and_officers_may_not_ask_for_all()
    {
        var key = await world.NewKeyAsync();
        await key.Client.SendAsync(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)), IngestWorld.Now, None);
        var record = await RecordOfAsync(key);
        var (foreign, province, keeper) = (await world.SignInAsync("gz-officer"), await world.SignInAsync("gd-officer"), await world.SignInAsync("gd-operator"));

        foreach (var path in new[] { $"/keys/{key.CredentialId}/records", record, $"/keys/{key.CredentialId}/attendance" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await PageAsync(foreign, path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await PageAsync(world.Vendor, path)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await PageAsync(keeper, path)).Status);
            Assert.Equal(HttpStatusCode.OK, (await PageAsync(province, path)).Status);
        }

        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(await world.SignInAsync("sz-officer"), record, Reason)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync(world.Vendor, record, Reason)).Status);
        Assert.Equal(HttpStatusCode.OK, (await PageAsync(keeper, "/personal-data")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await PageAsync(await world.SignInAsync("sz-leader"), "/personal-data")).Status);
    }

    [Theory]
    [InlineData("440306199003070010", "id-number", "4403**********0010")]
    [InlineData("6222021001116245702", "bank-card", "***************5702")]
    [InlineData("13800138000", "mobile", "138****8000")]
    [InlineData("欧阳修", null, "欧**")]
    [InlineData("李", null, "李")]
    [InlineData("1234", "id-number", "1***")]
    [InlineData("", null, "")]
    [InlineData("广东省深圳市宝安区某路 1 号", null, "广****")]
    public void A_value_is_covered_but_for_what_tells_records_apart(string value, string? format, string covered) => Assert.Equal(covered, PersonalFields.Covered(value, format));

    private async Task<string> RecordOfAsync(TestKey key)
    {
        var request = Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
        return $"/keys/{key.CredentialId}/records/{request.Id:N}/0";
    }

    private static async Task<(HttpStatusCode Status, string Text)> PageAsync(PlatformClient person, string path) => await ReadAsync(await person.ReadAsync(path, None));

    private static async Task<(HttpStatusCode Status, string Text)> AskAsync(PlatformClient person, string path, string reason)
    {
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("reason", reason)]);
        return await ReadAsync(await person.SendContentAsync(path, form, None));
    }

    private static async Task<(HttpStatusCode Status, string Text)> ReadAsync(HttpResponseMessage answer)
    {
        using (answer) return (answer.StatusCode, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()));
    }
}
