using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Ingest;

/// <summary>A request is durable before it is answered, stored once, counted once, and whoever waits for it is told.</summary>
public sealed class IngestTests : IAsyncLifetime
{
    private const string WorkerId = "440301199001011234";

    private readonly Story _story = new();
    private CommitUnit _case = null!;
    private string _keyId = null!;

    private IngestStore Ingest => new(_story.Database, _story.WakeUps);

    private CredentialStore Credentials => new(_story.Database);

    private string CredentialId => Story.Effect(_case, 1).ToString();

    public async Task InitializeAsync()
    {
        await _story.InitializeAsync();
        _keyId = $"key-{Guid.NewGuid():N}";
        _case = _story.NewCase(Story.Credential(Story.Jia, Story.Shenzhen), id => new Effect.ExpectMessage(id, IngestStore.ConformanceName, new EffectId(id.InstanceId, 1, 1).ToString()));
        await _story.CommitAsync<CommitResult.Committed>(_case with
        {
            Secrets = new Dictionary<EffectId, IssuedSecret> { [Story.Effect(_case, 1)] = new(_keyId, "the-secret-of-jia") },
        });
    }

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task A_request_is_stored_with_its_records_and_the_waiting_case_is_told_once()
    {
        var stored = Assert.IsType<IngestResult.Stored>(await Ingest.StoreAsync(Delivery("n1", true, "w1", "w2"), CancellationToken.None));
        await Ingest.StoreAsync(Delivery("n2", true, "w2", "w3"), CancellationToken.None);

        Assert.Equal((2, 0), (stored.NewRecords, stored.DuplicateRecords));
        Assert.Equal(1L, await _story.ScalarAsync<long>("select count(*) from signals where status = 'pending' and instance_id = $1", _case.InstanceId));
        var summary = await Ingest.SummaryAsync(CredentialId, CancellationToken.None);
        Assert.Equal((2, 0, 1), ((int)summary["accepted"]!, (int)summary["rejected"]!, (int)summary["workers"]!));
        Assert.Equal(3, (int)summary["methods"]![0]!["records"]!);
        Assert.Equal("2022-09-30T12:00:00+08:00", (string)summary["lastAt"]!);
    }

    [Fact]
    public async Task A_record_sent_again_is_counted_as_duplicate_and_not_stored_twice()
    {
        await Ingest.StoreAsync(Delivery("n1", true, "w1", "w2"), CancellationToken.None);

        var again = Assert.IsType<IngestResult.Stored>(await Ingest.StoreAsync(Delivery("n2", true, "w2", "w1", "w3"), CancellationToken.None));

        Assert.Equal((1, 2), (again.NewRecords, again.DuplicateRecords));
        Assert.Equal(3L, await _story.ScalarAsync<long>("select sum(records)::bigint from conformance"));
    }

    [Fact]
    public async Task Of_one_request_sent_many_times_at_once_one_is_stored_and_the_others_get_its_receipt()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Ingest.StoreAsync(Delivery("same", true, "w1"), CancellationToken.None)));

        Assert.Single(results, result => result is IngestResult.Stored);
        var earlier = results.OfType<IngestResult.Replayed>().Select(result => result.Earlier.Id).ToList();
        Assert.Equal(19, earlier.Count);
        Assert.Single(earlier.Distinct());
        Assert.Equal(1L, (long)(await Ingest.SummaryAsync(CredentialId, CancellationToken.None))["accepted"]!);
    }

    [Fact]
    public async Task A_request_with_a_wrong_signature_burns_no_nonce_and_is_shown_with_its_finding()
    {
        await Ingest.StoreAsync(Delivery(null, false), CancellationToken.None);
        await Ingest.StoreAsync(Delivery(null, false) with { Times = 311 }, CancellationToken.None);
        await Ingest.StoreAsync(Delivery("n1", true, "w1"), CancellationToken.None);

        var view = await new CaseQueries(_story.Database).ConformanceAsync(Story.Jia.Tenant, CredentialId, failedOnly: true, 0, 10, CancellationToken.None);

        Assert.Equal(2, view!.Requests.Total);
        var finding = Assert.Single(view.Requests.Items[0].Findings);
        Assert.Equal(("[workerList][0][idCardNumber]", "V3", FindingLevel.Reject), (finding.Path, finding.Rule, finding.Level));
        Assert.Equal(311, view.Requests.Items[0].Times);
        Assert.Equal((1, 312), ((int)view.Summary["accepted"]!, (int)view.Summary["rejected"]!));
        Assert.Equal(1, (int)view.Summary["methods"]![0]!["sinceRejected"]!);
        Assert.Null(await new CaseQueries(_story.Database).ConformanceAsync(Story.Yi.Tenant, CredentialId, false, 0, 10, CancellationToken.None));
    }

    [Fact]
    public async Task A_receipt_is_for_the_credential_that_sent_the_request()
    {
        var delivery = Delivery("n1", false);
        await Ingest.StoreAsync(delivery, CancellationToken.None);

        Assert.Single((await Ingest.FindReceiptAsync(CredentialId, delivery.Id, CancellationToken.None))!.Findings);
        Assert.Null(await Ingest.FindReceiptAsync("another", delivery.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Id_numbers_and_secrets_lie_nowhere_in_the_database_in_clear()
    {
        await Ingest.StoreAsync(Delivery("n1", true, "w1"), CancellationToken.None);
        foreach (var word in new[] { WorkerId, "the-secret-of-jia" })
        {
            foreach (var table in new[] { "ingest_records", "ingest_workers", "ingest_requests", "credentials", "signals", "audit", "journal" })
            {
                Assert.Equal(0L, await _story.ScalarAsync<long>(
                    $"select count(*) from {(table is "ingest_workers" ? "ingest_findings" : table)} t where t::text like '%' || $1 || '%' or t::text like '%' || encode(convert_to($1, 'UTF8'), 'hex') || '%'", word));
            }
        }
    }

    [Fact]
    public async Task Deliveries_of_the_same_workers_in_any_order_do_not_deadlock()
    {
        var random = new Random(20221010);
        var workers = Enumerable.Range(0, 30).Select(index => $"w{index}").ToArray();
        var deliveries = Enumerable.Range(0, 24).Select(index => Delivery($"n{index}", true, [.. workers.OrderBy(_ => random.Next())])).ToList();

        var results = await Task.WhenAll(deliveries.Select(delivery => Ingest.StoreAsync(delivery, CancellationToken.None)));

        Assert.Equal(30, results.Cast<IngestResult.Stored>().Sum(result => result.NewRecords));
        Assert.Equal(24L, (long)(await Ingest.SummaryAsync(CredentialId, CancellationToken.None))["accepted"]!);
    }

    [Fact]
    public async Task A_key_is_shown_to_its_holder_once()
    {
        Assert.IsType<RevealResult.NotFound>(await RevealAsync(Story.Yi));
        Assert.IsType<RevealResult.NotFound>(await RevealAsync(Story.Shenzhen));
        var shown = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => RevealAsync(Story.Jia)));

        Assert.Equal("the-secret-of-jia", Assert.Single(shown.OfType<RevealResult.Revealed>()).Secret);
        Assert.Equal(5, shown.Count(result => result is RevealResult.AlreadyRevealed { ByName: "李接入" }));
        Assert.Equal(1L, await _story.ScalarAsync<long>("select count(*) from audit where chain = $1", $"organisation:{Story.Jia.Id}"));

        Task<RevealResult> RevealAsync(Organisations.Organisation who) => Credentials.RevealAsync(who.Tenant, CredentialId, Story.Vendor, act: null, Story.Noon, CancellationToken.None);
    }

    [Fact]
    public async Task Whoever_repeats_the_act_whose_answer_was_lost_is_shown_the_key_again_and_nobody_else_is()
    {
        var first = Assert.IsType<RevealResult.Revealed>(await RevealAsync("act 1", Story.Vendor));

        Assert.Equal(first, await RevealAsync("act 1", Story.Vendor, after: CredentialStore.ShownAgainFor / 2));
        Assert.IsType<RevealResult.AlreadyRevealed>(await RevealAsync("act 2", Story.Vendor));
        Assert.IsType<RevealResult.AlreadyRevealed>(await RevealAsync(null, Story.Vendor));
        Assert.IsType<RevealResult.AlreadyRevealed>(await RevealAsync("act 1", Story.Vendor with { UserId = "a colleague" }));
        Assert.IsType<RevealResult.AlreadyRevealed>(await RevealAsync("act 1", Story.Vendor, after: CredentialStore.ShownAgainFor));
        Assert.Equal(2L, await _story.ScalarAsync<long>("select count(*) from audit where chain = $1", $"organisation:{Story.Jia.Id}"));

        Task<RevealResult> RevealAsync(string? act, Actor by, TimeSpan after = default) =>
            Credentials.RevealAsync(Story.Jia.Tenant, CredentialId, by, act, Story.Noon + after, CancellationToken.None);
    }

    [Fact]
    public async Task A_nonce_is_forgotten_when_it_is_older_than_it_is_kept_and_guards_until_then()
    {
        await Ingest.StoreAsync(Delivery("old", true, "w1"), CancellationToken.None);
        await Ingest.StoreAsync(Delivery("young", true, "w2") with { BusinessNow = Story.Noon.AddDays(8) }, CancellationToken.None);

        Assert.Equal(0, await Ingest.ForgetNoncesAsync(Story.Noon, 100, CancellationToken.None));
        Assert.Equal(1, await Ingest.ForgetNoncesAsync(Story.Noon.AddSeconds(1), 100, CancellationToken.None));

        Assert.IsType<IngestResult.Stored>(await Ingest.StoreAsync(Delivery("old", true, "w3"), CancellationToken.None));
        Assert.IsType<IngestResult.Replayed>(await Ingest.StoreAsync(Delivery("young", true, "w4"), CancellationToken.None));
    }

    [Fact]
    public async Task A_key_is_found_by_the_id_that_messages_name_and_says_when_it_was_revoked()
    {
        Assert.Equal("the-secret-of-jia", (await Credentials.FindByKeyIdAsync(_keyId, CancellationToken.None))!.Secret);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(_case, id => new Effect.RevokeCredential(id, CredentialId, "终止")));

        Assert.NotNull((await Credentials.FindByKeyIdAsync(_keyId, CancellationToken.None))!.RevokedAt);
        Assert.Null(await Credentials.FindByKeyIdAsync("unknown", CancellationToken.None));
        Assert.IsType<RevealResult.Revoked>(await Credentials.RevealAsync(Story.Jia.Tenant, CredentialId, Story.Vendor, act: null, Story.Noon, CancellationToken.None));
    }

    private IngestDelivery Delivery(string? nonce, bool accepted, params string[] records) => new()
    {
        Id = Guid.CreateVersion7(Story.Noon),
        CredentialId = CredentialId,
        Nonce = nonce,
        Method = "worker.add",
        Accepted = accepted,
        Code = accepted ? "0" : "1001",
        Message = accepted ? "成功" : "签名错误",
        BodySha256 = [1, 2, 3],
        ReleaseId = "r1",
        Records = [.. records.Select((key, index) => new IngestRecord(
            index, key, true, new JsonObject { ["name"] = key }, new JsonObject { ["idCardNumber"] = WorkerId }, WorkerId))],
        Findings = accepted ? [] : [new IngestFinding(0, "[workerList][0][idCardNumber]", "idCardNumber", "V3", FindingLevel.Reject, "校验位不正确", "GB 11643", "请核对")],
        BusinessNow = Story.Noon,
    };
}
