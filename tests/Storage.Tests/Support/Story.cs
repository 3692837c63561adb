using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Storage.Timers;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Support;

/// <summary>A database with a province, two cities, a county, two vendors and one published release; and cases in it, made of hand-written bursts.</summary>
public class Story : IAsyncLifetime
{
    public static readonly DateTimeOffset Noon = new(2022, 9, 30, 12, 0, 0, TimeSpan.FromHours(8));

    public static Organisation Province { get; } = new("440000", "广东省住房和城乡建设厅", OrganisationLevel.Province, "authority", "440000/", null, "440000");

    public static Organisation Shenzhen { get; } = new("440300", "深圳市住房和建设局", OrganisationLevel.City, "authority", "440000/440300/", "440000", "440300");

    public static Organisation Foshan { get; } = new("440600", "佛山市住房和城乡建设局", OrganisationLevel.City, "authority", "440000/440600/", "440000", "440600");

    public static Organisation Shunde { get; } = new("440606", "顺德区住房城乡建设局", OrganisationLevel.County, "authority", "440000/440600/440606/", "440600", "440606");

    public static Organisation Jia { get; } = new("91440300MA5EXAMPL1", "甲科技", OrganisationLevel.Enterprise, "vendor", "enterprise/91440300MA5EXAMPL1/", null, null, "jia@example.cn");

    public static Organisation Yi { get; } = new("91440300MA5EXAMPL2", "乙智能", OrganisationLevel.Enterprise, "vendor", "enterprise/91440300MA5EXAMPL2/", null, null);

    public static Actor Officer { get; } = new("u-officer", "王审核", Shenzhen.Id, "officer");

    public static Actor Vendor { get; } = new("u-vendor", "李接入", Jia.Id, "vendor-admin");

    private int _cases;

    internal Database Database { get; private set; } = null!;

    internal WakeUps WakeUps { get; private set; } = null!;

    internal CommitStore Commits { get; private set; } = null!;

    internal InstanceStore Instances => new(Database);

    internal TimerStore Timers => new(Database, WakeUps);

    internal SignalStore Signals => new(Database, WakeUps);

    public async Task InitializeAsync()
    {
        Database = await TestServer.NewDatabaseAsync();
        WakeUps = new WakeUps(Database, TimeProvider.System, NullLogger<WakeUps>.Instance);
        Commits = new CommitStore(Database, WakeUps);
        await new OrganisationStore(Database).SaveAsync([Province, Shenzhen, Foshan, Shunde, Jia, Yi], CancellationToken.None);
        await new ReleaseStore(Database, WakeUps).PublishAsync(
            new Release("r1", Province.Id, Noon, "policy"), new Dictionary<string, string> { ["workflows/flow.json"] = "{}" }, CancellationToken.None);
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();

    /// <summary>A case of the vendor at the authority, its first burst making the given effects.</summary>
    internal CommitUnit NewCase(Organisation applicant, Organisation authority, params Func<EffectId, Effect>[] effects)
    {
        var id = Guid.NewGuid();
        var number = $"{authority.Id}-2022-{Interlocked.Increment(ref _cases):D6}-{id.ToString("N")[..6]}";
        return Unit(id, 0, number, applicant, authority, effects) with { New = new NewInstance("flow", 1, "r1", authority.Id), Actor = Vendor };
    }

    internal CommitUnit NewCase(params Func<EffectId, Effect>[] effects) => NewCase(Jia, Shenzhen, effects);

    /// <summary>The next burst of a case.</summary>
    internal static CommitUnit Next(CommitUnit before, params Func<EffectId, Effect>[] effects)
    {
        var @case = before.Bursts[^1].State.Case!;
        var revision = before.Bursts[^1].State.Revision;
        return new CommitUnit
        {
            InstanceId = before.InstanceId,
            ExpectedRevision = revision,
            Bursts = [MakeBurst(before.InstanceId, revision + 1, @case, "Suspended", null, effects)],
            BusinessNow = before.BusinessNow.AddHours(1),
            Actor = Officer,
        };
    }

    /// <summary>The next burst of a case, after which it stands in this way.</summary>
    internal static CommitUnit Becomes(CommitUnit before, InstanceSubStatus subStatus, params Func<EffectId, Effect>[] effects)
    {
        var next = Next(before, effects);
        return next with { Bursts = [MakeBurst(before.InstanceId, next.ExpectedRevision + 1, before.Bursts[^1].State.Case!, subStatus.ToString(), null, effects)] };
    }

    /// <summary>The burst that ends a case with an outcome.</summary>
    internal static CommitUnit Last(CommitUnit before, string outcome)
    {
        var next = Next(before);
        return next with { Bursts = [MakeBurst(before.InstanceId, next.ExpectedRevision + 1, before.Bursts[^1].State.Case!, "Finished", outcome, [id => new Effect.CloseCase(id, outcome)])] };
    }

    /// <summary>The new case as one about another, or one whose applicant is not named to the authority.</summary>
    internal static CommitUnit About(CommitUnit @new, string? linkedTo, bool isConfidential = false)
    {
        var state = JsonNode.Parse(@new.Bursts[0].State.ToJson())!;
        state["case"]!["linkedTo"] = linkedTo;
        state["case"]!["confidential"] = isConfidential;
        return @new with { Bursts = [@new.Bursts[0] with { State = WorkflowState.FromJson(state.ToJsonString()) }] };
    }

    internal static EffectId Effect(CommitUnit unit, int ordinal) => new(unit.InstanceId, unit.Bursts[^1].State.Revision, ordinal);

    internal async Task<T> CommitAsync<T>(CommitUnit unit)
        where T : CommitResult => Assert.IsType<T>((await Commits.CommitAsync([unit], CancellationToken.None))[0]);

    /// <summary>A value of the database as the engine sees it.</summary>
    internal async Task<T> ScalarAsync<T>(string sql, params object?[] values)
    {
        await using var transaction = await Database.Engine.BeginAsync(Tenant.System, CancellationToken.None);
        return (await transaction.QueryAsync(sql, reader => reader.GetFieldValue<T>(0), CancellationToken.None, values))[0];
    }

    /// <summary>Does what no role of the program may do: as the server's superuser, who is above row-level security.</summary>
    internal async Task TamperAsync(string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(await TestServer.ConnectionStringAsync(
            new Npgsql.NpgsqlConnectionStringBuilder(Database.Engine.ConnectionString).Database!));
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    internal static Func<EffectId, Effect> Task(Organisation organisation, string role = "officer", DateOnly? due = null) => id => new Effect.OpenTask(
        id, TaskKind.Work, "review", "审核申请材料", CaseHeader.Authority, organisation.Id, role, "review",
        [new TaskOutcome("Approved", "符合要求"), new TaskOutcome("Returned", "退回补正")], "review", new DateOnly(2022, 9, 30), due ?? new DateOnly(2022, 10, 10),
        false, new DateTimeOffset(2022, 10, 11, 0, 0, 0, TimeSpan.FromHours(8)), null, null);

    internal static Func<EffectId, Effect> Timer(DateTimeOffset due) => id => new Effect.ArmTimer(id, TimerKind.Overdue, "b", due);

    internal static Func<EffectId, Effect> Notice(Organisation to) => id => new Effect.QueueNotice(id, "receipt", CaseHeader.Applicant, to.Id, null, FactObject.Empty);

    internal static Func<EffectId, Effect> Credential(Organisation holder, Organisation authority) => id => new Effect.IssueCredential(
        id, CredentialStage.Test, holder.Id, authority.Id, "national", "测试密钥");

    private static CommitUnit Unit(Guid id, int expected, string number, Organisation applicant, Organisation authority, Func<EffectId, Effect>[] effects)
    {
        var header = new CaseHeader(number, $"{applicant.Name}接入{authority.Name}", new Dictionary<string, string>
        {
            [CaseHeader.Applicant] = applicant.Id,
            [CaseHeader.Authority] = authority.Id,
            [CaseHeader.Province] = Province.Id,
        });
        return new CommitUnit
        {
            InstanceId = id,
            ExpectedRevision = expected,
            Bursts = [MakeBurst(id, expected + 1, header, "Suspended", null, effects)],
            BusinessNow = Noon,
        };
    }

    private static Burst MakeBurst(Guid id, int revision, CaseHeader header, string status, string? outcome, Func<EffectId, Effect>[] effects)
    {
        var parties = new JsonObject(header.Parties.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
        var json = new JsonObject
        {
            ["schemaVersion"] = WorkflowState.CurrentSchemaVersion,
            ["instance"] = id,
            ["definition"] = "flow",
            ["version"] = 1,
            ["revision"] = revision,
            ["status"] = status,
            ["next"] = 1,
            ["case"] = new JsonObject { ["number"] = header.Number, ["title"] = header.Title, ["parties"] = parties },
            ["open"] = new JsonArray(),
        };
        if (outcome is not null)
        {
            json["outcome"] = outcome;
        }

        return new Burst(
            WorkflowState.FromJson(json.ToJsonString()),
            [
                new JournalEntry(1, Noon.AddTicks(7), "review", "Gov.HumanTask", "Started", null, null, null),
                new JournalEntry(2, Noon.AddHours(revision), "review", "Gov.HumanTask", "Completed", ["Approved"], new JsonObject { ["意见"] = "材料<齐全>\"合规\"" }, Officer),
            ],
            [.. effects.Select((effect, index) => effect(new EffectId(id, revision, index + 1)))]);
    }
}
