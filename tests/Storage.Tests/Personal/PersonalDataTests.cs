using System.Security.Cryptography;
using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Personal;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Personal;

/// <summary>Personal values of devices' records: who sees them, that each look is recorded, and that after their time nobody can.</summary>
public sealed class PersonalDataTests : IAsyncLifetime
{
    private const string WorkerId = "440301199001011234";
    private const int KeepMonths = 36;

    private static readonly DateTimeOffset September = Story.Noon;
    private static readonly DateTimeOffset October = new(2022, 10, 1, 0, 0, 0, TimeSpan.FromHours(8));
    private static readonly DateTimeOffset LastMomentOfSeptember = new(2025, 9, 30, 23, 59, 59, TimeSpan.FromHours(8));
    private static readonly DateTimeOffset EndOfSeptember = new(2025, 10, 1, 0, 0, 0, TimeSpan.FromHours(8));
    private static readonly Actor Leader = new("u-leader", "周正", Story.Shenzhen.Id, "leader");

    private readonly Story _story = new();
    private string _key = null!;
    private Guid _request;

    private IngestStore Ingest => new(_story.Database, _story.WakeUps);

    private PersonalRetention Retention => new(_story.Database);

    private DeviceRecords Records => new(_story.Database);

    public async Task InitializeAsync()
    {
        await _story.InitializeAsync();
        var unit = _story.NewCase(Story.Credential(Story.Jia, Story.Shenzhen));
        await _story.CommitAsync<CommitResult.Committed>(unit with { Secrets = new Dictionary<EffectId, IssuedSecret> { [Story.Effect(unit, 1)] = new($"key-{Guid.NewGuid():N}", "secret") } });
        _key = Story.Effect(unit, 1).ToString();
        _request = await StoreAsync(September, "w1");
        await StoreAsync(October, "w2");
    }

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task After_its_time_a_months_personal_values_are_gone_and_its_figures_stay()
    {
        Assert.Equal(0, await Retention.DestroyAsync(KeepMonths, LastMomentOfSeptember, CancellationToken.None));
        Assert.Equal([WorkerId, WorkerId], await NumbersAsync());
        var summary = (await Ingest.SummaryAsync(_key, CancellationToken.None)).ToJsonString();

        Assert.Equal(1, await Retention.DestroyAsync(KeepMonths, EndOfSeptember, CancellationToken.None));
        Assert.Equal(0, await Retention.DestroyAsync(KeepMonths, EndOfSeptember, CancellationToken.None));

        Assert.Equal([WorkerId, null], await NumbersAsync());
        Assert.IsType<PersonalView.Destroyed>(await ViewAsync(Story.Shenzhen, Leader, EndOfSeptember));
        Assert.Equal(summary, (await Ingest.SummaryAsync(_key, CancellationToken.None)).ToJsonString());
        Assert.Equal(2L, await _story.ScalarAsync<long>("select count(*) from ingest_records where id_index is not null and personal is not null"));
        var month = Assert.Single(await Retention.MonthsAsync(CancellationToken.None), month => month.DestroyedAt is not null);
        Assert.Equal((Story.Province.Name, new DateOnly(2022, 9, 1), EndOfSeptember), (month.ProvinceName, month.Month, month.DestroyedAt));
        Assert.Contains("\"month\":\"2022-09\"", await _story.ScalarAsync<string>("select content from audit where chain = 'personal-data:440000'"), StringComparison.Ordinal);
        Assert.True((await new AuditChain(_story.Database).VerifyAsync(null, CancellationToken.None)).Intact);
        // The same record, sent again after all that time, is still the same.
        Assert.Equal(0, await NewRecordsAsync(EndOfSeptember, "w1"));
    }

    [Fact]
    public async Task A_key_that_a_restore_brings_back_is_destroyed_again_and_without_it_no_key_of_the_installation_opens_the_values()
    {
        var wrapped = await _story.ScalarAsync<string>("select encode(wrapped, 'hex') from month_keys where month = '2022-09-01'");
        await Retention.DestroyAsync(KeepMonths, EndOfSeptember, CancellationToken.None);
        var value = await _story.ScalarAsync<byte[]>("select personal from ingest_records where request_id = $1", _request);
        var place = new SealedPlace("ingest_records", "personal", $"{_request:N}.0");
        var october = (await _story.Database.MonthKeys.MakeAsync("440000", new DateOnly(2022, 10, 1), EndOfSeptember, CancellationToken.None))!;
        Assert.ThrowsAny<CryptographicException>(() => october.OpenText(value, place));
        Assert.ThrowsAny<CryptographicException>(() => _story.Database.Envelope.Open(value, place));

        await _story.TamperAsync($"update month_keys set wrapped = decode('{wrapped}', 'hex'), destroyed_at = null where month = '2022-09-01'");
        Assert.Equal([WorkerId, WorkerId], await NumbersAsync());
        await Retention.DestroyAsync(KeepMonths, EndOfSeptember.AddMinutes(1), CancellationToken.None);

        Assert.Equal([WorkerId, null], await NumbersAsync());
    }

    [Fact]
    public async Task A_month_that_is_held_is_kept_until_it_is_released()
    {
        var month = new DateOnly(2022, 9, 1);
        Assert.True(await Retention.HoldAsync("440000", month, "案件 2025-12 尚在审理", Leader, EndOfSeptember, CancellationToken.None));
        Assert.False(await Retention.HoldAsync("440000", month, "再次", Leader, EndOfSeptember, CancellationToken.None));
        Assert.Equal(0, await Retention.DestroyAsync(KeepMonths, EndOfSeptember, CancellationToken.None));

        Assert.True(await Retention.HoldAsync("440000", month, reason: null, Leader, EndOfSeptember, CancellationToken.None));
        Assert.Equal(1, await Retention.DestroyAsync(KeepMonths, EndOfSeptember, CancellationToken.None));

        Assert.False(await Retention.HoldAsync("440000", month, "太迟", Leader, EndOfSeptember, CancellationToken.None));
        Assert.Equal(3L, await _story.ScalarAsync<long>("select count(*) from audit where chain = 'personal-data:440000'"));
    }

    [Fact]
    public async Task Values_of_before_there_were_month_keys_can_be_opened_until_their_time_and_are_then_overwritten()
    {
        var old = await StoreAsync(new DateTimeOffset(2022, 8, 3, 0, 0, 0, TimeSpan.FromHours(8)), "w3");
        var value = _story.Database.Envelope.Seal($$"""{"idCardNumber":"{{WorkerId}}"}""", new SealedPlace("ingest_records", "personal", $"{old:N}.0"));
        await _story.TamperAsync(
            $"update ingest_records set personal = decode('{Convert.ToHexString(value)}', 'hex') where request_id = '{old}'; delete from month_keys where month = '2022-08-01'; insert into unkeyed_months values ('440000', '2022-08-01')");
        Assert.Equal([WorkerId, WorkerId, WorkerId], await NumbersAsync());

        Assert.Equal(0, await Retention.DestroyAsync(KeepMonths, new DateTimeOffset(2025, 8, 31, 12, 0, 0, TimeSpan.Zero), CancellationToken.None));
        Assert.Contains(await Retention.MonthsAsync(CancellationToken.None), month => month.Month == new DateOnly(2022, 8, 1));
        Assert.Equal(1, await Retention.DestroyAsync(KeepMonths, new DateTimeOffset(2025, 8, 31, 16, 0, 0, TimeSpan.Zero), CancellationToken.None));

        Assert.Equal(2, (await NumbersAsync()).Count(number => number is not null));
        Assert.Equal(1, await _story.ScalarAsync<int>("select length(personal) from ingest_records where request_id = $1", old));
    }

    [Fact]
    public async Task Each_look_is_recorded_with_who_what_why_and_when_and_without_the_values()
    {
        var shown = Assert.IsType<PersonalView.Shown>(await ViewAsync(Story.Shenzhen, Leader, October));
        Assert.Equal(WorkerId, (string)shown.Record.Personal!["idCardNumber"]!);
        await ViewAsync(Story.Shenzhen, Leader, October.AddMinutes(1));

        Assert.Equal(2L, await _story.ScalarAsync<long>("select count(*) from audit where chain = 'personal-view:u-leader' and organisation_id = '440300'"));
        Assert.Equal(October.UtcDateTime, await _story.ScalarAsync<DateTime>("select at from audit where chain = 'personal-view:u-leader' order by sequence limit 1"));
        var content = await _story.ScalarAsync<string>("select content from audit where chain = 'personal-view:u-leader' order by sequence limit 1");
        foreach (var word in new[] { "周正", "u-leader", "leader", "personal data viewed", _key, _request.ToString("N"), "核实投诉", "idCardNumber" }) Assert.Contains(word, content, StringComparison.Ordinal);
        Assert.DoesNotContain(WorkerId, content, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colleagues_of_another_city_and_other_keys_find_nothing_and_nothing_is_recorded()
    {
        foreach (var foreign in new[] { Story.Foshan, Story.Shunde, Story.Yi })
        {
            Assert.IsType<PersonalView.NotFound>(await ViewAsync(foreign, Leader with { OrganisationId = foreign.Id }, October));
            Assert.Empty((await Records.ListAsync(foreign.Tenant, _key, 0, 10, CancellationToken.None)).Items);
        }

        Assert.IsType<PersonalView.NotFound>(await Records.ViewAsync(Story.Shenzhen.Tenant, "another", _request, 0, "核实投诉", Leader, October, CancellationToken.None));
        Assert.Equal(0L, await _story.ScalarAsync<long>("select count(*) from audit where chain like 'personal-view:%'"));
        Assert.IsType<PersonalView.Shown>(await ViewAsync(Story.Province, Leader with { OrganisationId = Story.Province.Id }, October));
    }

    [Fact]
    public async Task Nobody_looks_at_more_than_thirty_within_an_hour()
    {
        for (var look = 0; look < DeviceRecords.MostViewsAnHour; look++) Assert.IsType<PersonalView.Shown>(await ViewAsync(Story.Shenzhen, Leader, October.AddSeconds(look)));

        Assert.IsType<PersonalView.TooMany>(await ViewAsync(Story.Shenzhen, Leader, October.AddMinutes(59)));
        Assert.IsType<PersonalView.Shown>(await ViewAsync(Story.Shenzhen, Leader with { UserId = "a colleague" }, October.AddMinutes(59)));
        Assert.IsType<PersonalView.Shown>(await ViewAsync(Story.Shenzhen, Leader, October.AddHours(1)));
    }

    private Task<PersonalView> ViewAsync(Organisation who, Actor by, DateTimeOffset at) => Records.ViewAsync(who.Tenant, _key, _request, 0, "核实投诉", by, at, CancellationToken.None);

    /// <summary>As the authority's list has them, the newest first.</summary>
    private async Task<List<string?>> NumbersAsync() =>
        [.. (await Records.ListAsync(Story.Shenzhen.Tenant, _key, 0, 10, CancellationToken.None)).Items.Select(record => (string?)record.Personal?["idCardNumber"])];

    private async Task<int> NewRecordsAsync(DateTimeOffset at, string record) =>
        Assert.IsType<IngestResult.Stored>(await Ingest.StoreAsync(Delivery(at, record), CancellationToken.None)).NewRecords;

    private async Task<Guid> StoreAsync(DateTimeOffset at, string record)
    {
        var delivery = Delivery(at, record);
        Assert.IsType<IngestResult.Stored>(await Ingest.StoreAsync(delivery, CancellationToken.None));
        return delivery.Id;
    }

    private IngestDelivery Delivery(DateTimeOffset at, string record) => new()
    {
        Id = Guid.CreateVersion7(at), CredentialId = _key, Nonce = $"{Guid.NewGuid():N}", Method = "worker.add", Accepted = true, Code = "0", Message = "成功", BodySha256 = [1], ReleaseId = "r1", BusinessNow = at,
        Records = [new IngestRecord(0, record, true, new JsonObject { ["projectCode"] = "P" }, new JsonObject { ["idCardNumber"] = WorkerId }, WorkerId)],
    };
}
