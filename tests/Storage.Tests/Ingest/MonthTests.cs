using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Ingest;

/// <summary>What devices send lies month by month, personal values under a key of the province's month, and a record stays the same one in every month.</summary>
public sealed class MonthTests : IAsyncLifetime
{
    private const string WorkerId = "440301199001011234";

    private static readonly DateTimeOffset September = Story.Noon;
    private static readonly DateTimeOffset October = new(2022, 10, 1, 0, 0, 0, TimeSpan.FromHours(8));
    private static readonly Organisation Gansu = new("620000", "甘肃省住房和城乡建设厅", OrganisationLevel.Province, "authority", "620000/", null, "620000");
    private static readonly Organisation Jiayuguan = new("620200", "嘉峪关市住房和城乡建设局", OrganisationLevel.City, "authority", "620000/620200/", "620000", "620200");

    private readonly Story _story = new();
    private string _key = null!;

    private IngestStore Ingest => new(_story.Database, _story.WakeUps);

    private IngestMonths Months => new(_story.Database);

    public async Task InitializeAsync()
    {
        await _story.InitializeAsync();
        _key = await KeyAsync(Story.Shenzhen);
    }

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_record_that_comes_again_in_the_next_month_is_stored_once()
    {
        await Months.OpenAsync(September, CancellationToken.None);
        await StoreAsync(Delivery(September, "w1", "w2"));

        var again = await StoreAsync(Delivery(October, "w2", "w3"));

        Assert.Equal((1, 1), (again.NewRecords, again.DuplicateRecords));
        Assert.Equal(["ingest_records_202209 w1", "ingest_records_202209 w2", "ingest_records_202210 w3"], await RecordsAsync());
    }

    [Fact]
    public async Task What_arrives_before_its_month_is_opened_is_stored_and_moves_into_the_month()
    {
        var early = Delivery(September, "w1") with { Findings = [new IngestFinding(0, "[list][0]", "", "F1", FindingLevel.Warn, "提醒", "", "")] };
        await StoreAsync(early);
        Assert.Equal(["ingest_records_rest w1"], await RecordsAsync());

        Assert.Equal(12, await Months.OpenAsync(September, CancellationToken.None));
        Assert.Equal(3, await Months.OpenAsync(October, CancellationToken.None));
        Assert.Equal(0, await Months.OpenAsync(October, CancellationToken.None));

        Assert.Equal(["ingest_records_202209 w1"], await RecordsAsync());
        Assert.Single((await Ingest.FindReceiptAsync(_key, early.Id, CancellationToken.None))!.Findings);
        Assert.Equal((0, 1), await StoreAsync(Delivery(October, "w1")) is var again ? (again.NewRecords, again.DuplicateRecords) : default);
        var view = await new CaseQueries(_story.Database).ConformanceAsync(Story.Jia.Tenant, _key, failedOnly: false, 0, 10, CancellationToken.None);
        Assert.Equal([October, September], view!.Requests.Items.Select(line => line.ReceivedAt));
        Assert.Null(await new CaseQueries(_story.Database).ConformanceAsync(Story.Yi.Tenant, _key, failedOnly: false, 0, 10, CancellationToken.None));
    }

    [Fact]
    public async Task While_somebody_is_at_the_tables_months_are_left_for_later_and_nobody_waits()
    {
        await using var reading = await _story.Database.Engine.BeginAsync(Tenant.System, CancellationToken.None);
        await reading.QueryAsync("select count(*) from ingest_records", reader => reader.GetInt64(0), CancellationToken.None);

        Assert.Null(await Months.OpenAsync(September, CancellationToken.None));

        await reading.DisposeAsync();
        Assert.Equal(12, await Months.OpenAsync(September, CancellationToken.None));
    }

    /// <summary>A statement that was begun before has another table in mind for the row, and the database refuses it there.</summary>
    [Fact]
    public async Task What_arrives_while_its_month_is_being_opened_is_stored_in_the_month()
    {
        await using var opening = await _story.Database.Engine.BeginAsync(Tenant.System, CancellationToken.None);
        await opening.QueryAsync("select open_ingest_months('2022-09-01', '2022-09-30')", reader => reader.GetInt32(0), CancellationToken.None);
        var storing = StoreAsync(Delivery(September, "w1"));
        while (!storing.IsCompleted && (await opening.QueryAsync("select count(*) from pg_locks where not granted", reader => reader.GetInt64(0), CancellationToken.None))[0] == 0)
        {
            await Task.Yield();
        }

        await opening.CommitAsync(CancellationToken.None);

        Assert.Equal(1, (await storing).NewRecords);
        Assert.Equal(["ingest_records_202209 w1"], await RecordsAsync());
    }

    [Theory]
    [InlineData("select * from ingest_requests where id = '{0}' and credential_id = 'c'")]
    [InlineData("select * from ingest_records where request_id = '{0}' and accepted")]
    [InlineData("select * from ingest_findings where request_id = '{0}' order by ordinal")]
    public async Task Whoever_asks_by_a_request_looks_into_one_month(string sql)
    {
        await Months.OpenAsync(September, CancellationToken.None);
        await using var transaction = await _story.Database.Engine.BeginAsync(Tenant.System, CancellationToken.None);

        var plan = await transaction.QueryAsync(
            $"explain {string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, Guid.CreateVersion7(October))}", reader => reader.GetString(0), CancellationToken.None);

        Assert.Single(plan, line => line.Contains("_202210", StringComparison.Ordinal) && line.Contains(" on ", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, line => line.Contains("_202209", StringComparison.Ordinal) || line.Contains("_rest", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_province_and_month_has_a_key_of_its_own_and_two_hosts_agree_on_it()
    {
        await using var other = await TestServer.OpenAsync(await TestServer.ConnectionStringAsync(new Npgsql.NpgsqlConnectionStringBuilder(_story.Database.Engine.ConnectionString).Database!));
        await new OrganisationStore(_story.Database).SaveAsync([Gansu, Jiayuguan], CancellationToken.None);
        var gansu = await KeyAsync(Jiayuguan);

        await Task.WhenAll(
            StoreAsync(Delivery(September, "w1")), new IngestStore(other, _story.WakeUps).StoreAsync(Delivery(September, "w2"), CancellationToken.None),
            StoreAsync(Delivery(October, "w3")), StoreAsync(Delivery(October, "w4") with { CredentialId = gansu }));

        Assert.Equal(
            ["440000 2022-09-01", "440000 2022-10-01", "620000 2022-10-01"],
            await ListAsync("select organisation_id || ' ' || month from month_keys order by 1"));
        var sealedUnder = await ListAsync(
            "select r.key || ' ' || k.organisation_id || ' ' || k.month from ingest_records r join month_keys k on k.id = ('x' || encode(substr(r.personal, 2, 4), 'hex'))::bit(32)::int order by 1");
        Assert.Equal(["w1 440000 2022-09-01", "w2 440000 2022-09-01", "w3 440000 2022-10-01", "w4 620000 2022-10-01"], sealedUnder);
    }

    [Fact]
    public async Task A_sealed_value_is_opened_with_its_months_key_in_its_place_and_no_other()
    {
        var keys = _story.Database.MonthKeys;
        var (september, october) = (await keys.ForAsync("440000", September, CancellationToken.None), await keys.ForAsync("440000", October, CancellationToken.None));
        var place = new SealedPlace("ingest_records", "personal", "1.0");
        var value = september.Seal(WorkerId, place);

        Assert.Equal(WorkerId, september.OpenText(value, place));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => october.OpenText(value, place));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => september.OpenText(value, place with { Row = "1.1" }));
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() => _story.Database.Envelope.Open(value, place));
    }

    private async Task<string> KeyAsync(Organisation authority)
    {
        var unit = _story.NewCase(Story.Jia, authority, Story.Credential(Story.Jia, authority));
        await _story.CommitAsync<CommitResult.Committed>(unit with { Secrets = new Dictionary<EffectId, IssuedSecret> { [Story.Effect(unit, 1)] = new($"key-{Guid.NewGuid():N}", "secret") } });
        return Story.Effect(unit, 1).ToString();
    }

    private async Task<IngestResult.Stored> StoreAsync(IngestDelivery delivery) => Assert.IsType<IngestResult.Stored>(await Ingest.StoreAsync(delivery, CancellationToken.None));

    private Task<List<string>> RecordsAsync() => ListAsync("select tableoid::regclass || ' ' || key from ingest_records order by 1");

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var transaction = await _story.Database.Engine.BeginAsync(Tenant.System, CancellationToken.None);
        return await transaction.QueryAsync(sql, reader => reader.GetString(0), CancellationToken.None);
    }

    private IngestDelivery Delivery(DateTimeOffset at, params string[] records) => new()
    {
        Id = Guid.CreateVersion7(at), CredentialId = _key, Nonce = $"{Guid.NewGuid():N}", Method = "worker.add", Accepted = true, Code = "0", Message = "成功",
        BodySha256 = [1, 2, 3], ReleaseId = "r1", BusinessNow = at,
        Records = [.. records.Select((key, index) => new IngestRecord(index, key, true, new JsonObject { ["name"] = key }, new JsonObject { ["idCardNumber"] = WorkerId }, WorkerId))],
    };
}
