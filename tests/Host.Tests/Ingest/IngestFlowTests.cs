using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using WorkflowEngine.Host.Api;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>A bureau's flow that begins with a message of a kind, or waits for one.</summary>
[Collection(IngestCollection.Name)]
public sealed class IngestFlowTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("木工二班", "accepted")]
    [InlineData("", "rejected")]
    public async Task A_flow_that_ends_leaves_its_version_on_the_receipt_and_no_instance(string newName, string end)
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());
        site.TeamNumber = await site.WithTeamAsync(Site.Contractor);
        var before = await InstancesAsync(IngestWorld.Ending);

        var answer = await site.Key.Client.SendAsync("Team.Update", new JsonObject { ["teamSysNo"] = site.TeamNumber, ["teamName"] = newName }, IngestWorld.Now, None);

        var receipt = (await world.Services.GetRequiredService<IngestStore>().FindReceiptAsync(site.Key.CredentialId, Guid.Parse(answer.RequestSerialCode!), None))!;
        Assert.Equal((end == "accepted", $"{IngestWorld.Ending}@1"), (receipt.Accepted, receipt.Flow));
        await world.SettleAsync();
        Assert.Equal(before, await InstancesAsync(IngestWorld.Ending));
    }

    [Theory]
    [InlineData("003", "heard")]
    [InlineData("999", "refused")]
    public async Task A_flow_that_waits_becomes_an_instance_and_goes_on_by_what_became_of_the_message_it_waited_for(string status, string end)
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());
        await site.StoredAsync("Corp.Upload", Site.Corp(Site.Labour));
        await site.StoredAsync("ProjectSubContractor.Add", site.Participant(Site.Labour));
        await world.SettleAsync();
        Assert.Equal("Running", (await OfKeyAsync(site.Key)).Status);

        await site.SendAsync("Project.PartUpdate", site.Status(status));
        await world.SettleAsync();

        var instance = await OfKeyAsync(site.Key);
        Assert.Equal("Finished", instance.Status);
        Assert.Contains(end, instance.Journal);
        Assert.DoesNotContain(end == "heard" ? "refused" : "heard", instance.Journal);
    }

    [Fact]
    public async Task A_flow_that_fails_is_set_aside_with_an_incident_the_message_is_stored_and_who_looks_after_the_platform_has_it_tried_again()
    {
        var site = await Site.OpenAsync(await world.NewKeyAsync());
        var team = await site.WithTeamAsync(Site.Contractor);
        await site.StoredAsync(TestMessages.WorkerAdd, site.Worker(Site.Contractor, team));
        var worker = site.Worker(Site.Contractor, team);
        var person = (JsonObject)worker["workerList"]![0]!;
        worker.Remove("workerList");
        foreach (var (name, value) in person) worker[name] = value?.DeepClone();
        var result = await site.SendAsync("ProjectWorker.Update", worker);
        Assert.True(result.Status == 20, result.Data?.ToJsonString());

        var officers = await world.SignInAsync("gd-operator");
        var incident = Assert.Single((await officers.GetAsync<Page<IncidentView>>("/api/incidents", None)).Items, one => one.Message.Contains("按要求中断", StringComparison.Ordinal));
        Assert.Equal(0, await InstancesAsync(IngestWorld.Failing));

        await officers.PostAsync<IncidentDone>($"/api/incidents/{incident.Id}/resolve", new IncidentAnswer(IncidentDecision.Retry, null, null), None);
        await world.SettleAsync();

        // It fails again, as an instance now: with a step that stands still and that somebody can go on from.
        Assert.Equal(1, await InstancesAsync(IngestWorld.Failing));
        Assert.DoesNotContain((await officers.GetAsync<Page<IncidentView>>("/api/incidents", None)).Items, one => one.Id == incident.Id);
    }

    private Task<long> InstancesAsync(string flow) => ScalarAsync<long>($"select count(*) from instances where definition_id = '{flow}'");

    private async Task<(string Status, string Journal)> OfKeyAsync(TestKey key)
    {
        var found = (await ScalarAsync<string>(
            $"""
            select i.status || ' ' || coalesce((select string_agg(j.activity_id, ' ') from journal j where j.instance_id = i.id), '')
            from instances i where i.definition_id = '{IngestWorld.Waiting}' and i.state::text like '%{key.CredentialId}%'
            """)).Split(' ', 2);
        return (found[0], found[1]);
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await world.Services.GetRequiredService<Database>().Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new Npgsql.NpgsqlCommand($"select set_config('workflow.tenant', 'system', true); {sql}", connection, transaction);
        await using var reader = await command.ExecuteReaderAsync();
        await reader.NextResultAsync();
        await reader.ReadAsync();
        return reader.GetFieldValue<T>(0);
    }
}
