using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Ingest;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>What arrives together is stored together, and nobody can tell by the result.</summary>
[Collection(IngestCollection.Name)]
public sealed class GroupCommitTests(IngestWorld world)
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task What_arrives_together_is_judged_as_if_it_had_come_one_after_the_other()
    {
        var apart = await PlayAsync(async (key, requests) =>
        {
            var answers = new List<IngestResponse>();
            foreach (var request in requests) answers.Add(await AnswerAsync(world.Services.GetRequiredService<IngestService>(), request, None));
            return answers;
        });
        var together = await PlayAsync(async (key, requests) =>
        {
            await using var held = await HoldAsync();
            // Each is on its way into the database when the next one is handed in; the first is not stored before the last one is there.
            List<Task<IngestResponse>> under = [.. requests.Select(request => AnswerAsync(world.Services.GetRequiredService<IngestService>(), request, None))];
            Assert.All(under, answer => Assert.False(answer.IsCompleted));
            await held.ReleaseAsync();
            return [.. await Task.WhenAll(under)];
        });

        Assert.Equal(
            [
                "X1-corp-participates", "", "", "", "", "X1-team-name-unique", "", "", "", "X2-inside-entry-span", "X3-one-place-at-a-time", "",
                "X4-days-not-above-attendance X4-wage-card-on-record",
            ],
            apart);
        Assert.Equal(apart, together);
    }

    [Fact]
    public async Task One_request_a_hundred_times_at_once_on_two_hosts_is_stored_once_and_answered_alike()
    {
        var key = await world.NewKeyAsync();
        await using var other = new OtherHost(world.Services);
        var request = key.Client.Request(TestMessages.WorkerAdd, TestMessages.WorkerAdded(key.Client.Encrypt(TestMessages.Worker)), IngestWorld.Now);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => Task.Run(() =>
            AnswerAsync(number % 2 == 0 ? world.Services.GetRequiredService<IngestService>() : other.Service, request, None))));

        Assert.All(answers, answer => Assert.Equal("0", answer.Answer.Code));
        Assert.Single(answers.Select(answer => (string)answer.Answer.Data![IngestAnswer.SerialCode]!).Distinct());
        var stored = Assert.Single((await world.ConformanceAsync(key)).Requests.Items);
        Assert.Equal((1, 1), (stored.Records, stored.NewRecords));
    }

    [Fact]
    public async Task A_sender_that_hangs_up_takes_nobody_else_out_of_the_group_and_its_own_request_is_stored()
    {
        var key = await world.NewKeyAsync();
        var service = world.Services.GetRequiredService<IngestService>();
        await AnswerAsync(service, Attended(3), None);
        await using var held = await HoldAsync();
        using var gone = new CancellationTokenSource();
        var first = AnswerAsync(service, Attended(0), None);
        var second = AnswerAsync(service, Attended(1), gone.Token);
        var third = AnswerAsync(service, Attended(2), None);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        await held.ReleaseAsync();

        Assert.All(await Task.WhenAll(first, third), answer => Assert.Equal("0", answer.Answer.Code));
        // Messages of one key are stored in their order, so that the second one is there when the third one was answered.
        Assert.Equal(4, (await world.ConformanceAsync(key)).Requests.Items.Sum(request => request.NewRecords));

        SignedRequest Attended(int minutes) =>
            key.Client.Request(TestMessages.AttendanceAdd, TestMessages.Attended(key.Client.Encrypt(TestMessages.Worker), IngestWorld.Now.AddMinutes(-10 - minutes)), IngestWorld.Now);
    }

    /// <summary>Messages that each depend on the ones before, of a key of its own; the rules that each failed.</summary>
    private async Task<List<string>> PlayAsync(Func<TestKey, IReadOnlyList<SignedRequest>, Task<List<IngestResponse>>> send)
    {
        var key = await world.NewKeyAsync();
        var (here, there) = (await Site.OpenAsync(key), await Site.OpenAsync(key));
        foreach (var site in new[] { here, there }) site.TeamNumber = await site.WithTeamAsync(Site.Contractor);
        (string Method, JsonObject Message)[] messages =
        [
            ("Team.Add", here.Team(Site.Labour, "砌筑一班")),
            ("Corp.Upload", Site.Corp(Site.Labour)),
            ("ProjectSubContractor.Add", here.Participant(Site.Labour)),
            ("Team.Add", here.Team(Site.Labour, "砌筑一班")),
            (TestMessages.WorkerAdd, here.Worker(Site.Contractor, here.TeamNumber)),
            ("Team.Add", here.Team(Site.Labour, "砌筑一班")),
            (TestMessages.WorkerAdd, there.Worker(Site.Contractor, there.TeamNumber)),
            (TestMessages.AttendanceAdd, here.Punches(here.TeamNumber, "2022-10-10 08:00:00")),
            (TestMessages.EntryExitAdd, here.Entry(Site.Contractor, here.TeamNumber, "2022-10-08")),
            (TestMessages.AttendanceAdd, here.Punches(here.TeamNumber, "2022-10-07 08:00:00")),
            (TestMessages.AttendanceAdd, there.Punches(there.TeamNumber, "2022-10-10 08:20:00")),
            (TestMessages.AttendanceAdd, here.Punches(here.TeamNumber, "2022-10-10 12:30:00")),
            ("Payroll.Add", here.Pay(Site.Contractor, here.TeamNumber, days: 3, Site.Card)),
        ];

        var rules = new List<string>();
        foreach (var answer in await send(key, [.. messages.Select(one => key.Client.Request(one.Method, one.Message, IngestWorld.Now))]))
        {
            Assert.Equal("0", answer.Answer.Code);
            var result = await key.Client.ResultAsync((string)answer.Answer.Data![IngestAnswer.SerialCode]!, IngestWorld.Now, None);
            rules.Add(string.Join(' ', ((JsonArray)result.Data!["findings"]!).Select(finding => (string)finding!["rule"]!).Order(StringComparer.Ordinal)));
        }

        return rules;
    }

    /// <summary>Hands the request in as the endpoint does; returns as soon as it waits.</summary>
    private Task<IngestResponse> AnswerAsync(IngestService service, SignedRequest request, CancellationToken ct) => service.HandleAsync(
        world.Services.GetRequiredService<ContentReleases>().Current.Standards[request.Profile.Id].Signing, request.Received, SHA256.HashData(Encoding.UTF8.GetBytes(request.Body)), ct);

    /// <summary>No request gets into the database until it is released.</summary>
    private async Task<HeldNonces> HoldAsync()
    {
        var connection = await world.Services.GetRequiredService<Database>().Engine.OpenConnectionAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var held = new NpgsqlCommand("lock table ingest_nonces in share row exclusive mode", connection, transaction);
        await held.ExecuteNonQueryAsync();
        return new HeldNonces(connection, transaction);
    }

    private sealed class HeldNonces(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task ReleaseAsync() => transaction.RollbackAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }

    /// <summary>A second host over the same database, as far as requests of devices go: nothing in memory is shared.</summary>
    private sealed class OtherHost : IAsyncDisposable
    {
        private readonly GroupCommit _group;
        private readonly KeyRates _rates;
        private readonly KeyRing _keys;

        public OtherHost(IServiceProvider services)
        {
            var (database, clock, system) = (services.GetRequiredService<Database>(), services.GetRequiredService<BusinessClock>(), services.GetRequiredService<SystemClock>());
            var store = new IngestStore(database, services.GetRequiredService<WakeUps>());
            _group = new GroupCommit(store, new RegisterStore(database), NullLogger<GroupCommit>.Instance);
            _keys = ActivatorUtilities.CreateInstance<KeyRing>(services);
            _rates = new KeyRates(clock);
            Service = new IngestService(services.GetRequiredService<Checkers>(), _keys, store, _group, services.GetRequiredService<IngestFlows>(), new IngestQueries(new QueryStore(database)), services.GetRequiredService<Refusals>(), _rates, clock);
            _ = _group.StartAsync(None);
        }

        public IngestService Service { get; }

        public async ValueTask DisposeAsync()
        {
            await _group.StopAsync(None);
            _group.Dispose();
            _keys.Dispose();
            _rates.Dispose();
        }
    }
}
