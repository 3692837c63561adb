using System.Text.Json.Nodes;
using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Cases;

/// <summary>Cases about cases: one open application for one thing, the register that flows read, complaints in confidence, files that go along.</summary>
public sealed class LinkedCaseTests : IAsyncLifetime
{
    private readonly Story _story = new();

    private CaseQueries Queries => new(_story.Database);

    private CaseRegister Register => new(_story.Database);

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task Of_two_applications_for_one_thing_filed_at_once_one_is_opened()
    {
        var rivals = Enumerable.Range(0, 6).Select(_ => Application("实名通 2.1")).ToList();

        var results = await Task.WhenAll(rivals.Select(async unit => (await _story.Commits.CommitAsync([unit], CancellationToken.None))[0]));

        var opened = rivals[Array.FindIndex(results, result => result is CommitResult.Committed)];
        Assert.Equal(5, results.Count(result => result is CommitResult.UnitTaken));
        Assert.Equal(NumberOf(opened), await Register.OpenOneAsync("flow", Story.Jia.Id, Story.Shenzhen.Id, "实名通 2.1", CancellationToken.None));
        Assert.Equal(1L, await _story.ScalarAsync<long>("select count(*) from instances"));
    }

    [Fact]
    public async Task Another_thing_another_city_or_an_ended_application_stand_in_nobodys_way()
    {
        var first = Application("实名通 2.1");
        await _story.CommitAsync<CommitResult.Committed>(first);
        await _story.CommitAsync<CommitResult.UnitTaken>(Application("实名通 2.1"));
        await _story.CommitAsync<CommitResult.Committed>(Application("实名通 3.0"));
        var inFoshan = _story.NewCase(Story.Jia, Story.Foshan);
        await _story.CommitAsync<CommitResult.Committed>(inFoshan with { New = inFoshan.New! with { Unit = "实名通 2.1" } });

        await _story.CommitAsync<CommitResult.Committed>(Story.Last(first, "联调延期"));

        Assert.Null(await Register.OpenOneAsync("flow", Story.Jia.Id, Story.Shenzhen.Id, "实名通 2.1", CancellationToken.None));
        await _story.CommitAsync<CommitResult.Committed>(Application("实名通 2.1"));
    }

    [Fact]
    public async Task The_register_tells_what_a_flow_may_ask_of_a_case()
    {
        var application = _story.NewCase(Story.Task(Story.Shenzhen, due: new DateOnly(2022, 10, 10)), Option, Story.Credential(Story.Jia, Story.Shenzhen));
        application = application with
        {
            Secrets = new Dictionary<EffectId, IssuedSecret> { [Story.Effect(application, 3)] = new("44030020220930", "geheim") },
            Submission = new NewSubmission(Guid.NewGuid(), "vendor-application", Story.Jia.Id, new JsonObject { ["productName"] = "实名通" }, []),
        };
        await _story.CommitAsync<CommitResult.Committed>(application);
        var complaint = Story.About(_story.NewCase(Story.Jia, Story.Shenzhen), NumberOf(application), isConfidential: true);
        await _story.CommitAsync<CommitResult.Committed>(complaint);

        var entry = Assert.Single(await EntriesAsync($"number/{NumberOf(application)}", Story.Noon.AddDays(20)))!;
        Assert.Equal((NumberOf(application), "flow", Story.Jia.Id, Story.Shenzhen.Name), (Text("number"), Text("flow"), Text("applicant"), Text("authorityName")));
        Assert.Equal(("2022-09-30T12:00:00+08:00", "实名通"), (Text("submittedAt"), entry["values"]!["productName"]!.GetValue<string>()));
        Assert.True(entry["open"]!.GetValue<bool>());
        Assert.Equal("""["review"]""", entry["openSteps"]!.ToJsonString());
        Assert.Equal("""["review"]""", entry["overdueSteps"]!.ToJsonString());
        Assert.Equal(Story.Effect(application, 3).ToString(), entry["credential"]!["id"]!.GetValue<string>());
        Assert.Null(entry["traffic"]);
        Assert.Equal("[]", (await EntriesAsync($"number/{NumberOf(application)}", Story.Noon))[0]!["overdueSteps"]!.ToJsonString());

        var about = Assert.Single(await EntriesAsync($"linked/{NumberOf(application)}", Story.Noon))!;
        Assert.Equal((NumberOf(complaint), NumberOf(application), true), (about["number"]!.GetValue<string>(), about["linkedTo"]!.GetValue<string>(), about["confidential"]!.GetValue<bool>()));
        Assert.Equal(2, (await EntriesAsync($"applicant/{Story.Jia.Id}/flow", Story.Noon)).Count);
        var atShenzhen = Assert.Single(await EntriesAsync($"at/{Story.Shenzhen.Id}/{Story.Jia.Id}", Story.Noon))!;
        Assert.Equal(NumberOf(application), atShenzhen["number"]!.GetValue<string>());
        foreach (var unknown in new[] { $"at/{Story.Shunde.Id}/{Story.Jia.Id}", $"at/{Story.Shenzhen.Id}", "number/X", "linked/X", $"applicant/{Story.Yi.Id}/flow", "applicant", "everything/x", "" })
        {
            Assert.Empty(await EntriesAsync(unknown, Story.Noon));
        }

        string Text(string name) => entry[name]!.GetValue<string>();

        async Task<JsonArray> EntriesAsync(string key, DateTimeOffset now) => [.. (await Register.EntriesAsync(key, now, CancellationToken.None)).Select(FactJson.Of)];
    }

    [Fact]
    public async Task A_confidential_case_is_its_applicants_and_the_provinces_and_the_authority_has_its_task_and_the_evidence()
    {
        var files = new AttachmentStore(_story.Database);
        var evidence = await files.StoreAsync(Story.Jia.Tenant, "证据.pdf", "application/pdf", "%PDF"u8.ToArray(), Story.Vendor, Story.Noon, CancellationToken.None);
        var application = _story.NewCase(Story.Jia, Story.Shunde);
        var complaint = Story.About(_story.NewCase(Story.Jia, Story.Shunde, Story.Task(Story.Shunde)), NumberOf(application), isConfidential: true);
        complaint = complaint with
        {
            New = complaint.New! with { OrganisationId = Story.Province.Id },
            Submission = new NewSubmission(Guid.NewGuid(), "complaint", Story.Jia.Id, new JsonObject { ["facts"] = "密钥不可用" }, []),
            Attachments = [evidence.Id],
        };
        await _story.Commits.CommitAsync([application, complaint], CancellationToken.None);

        foreach (var (who, sees) in new[]
        {
            (Story.Jia, true), (Story.Province, true), (Story.Shunde, false), (Story.Foshan, false), (Story.Shenzhen, false), (Story.Yi, false),
        })
        {
            foreach (var table in new[] { "cases", "journal", "submissions", "audit" })
            {
                // The audit chain is for its organisation only: the applicant's own part of it is the journal.
                if (table == "audit" && who == Story.Jia) continue;
                Assert.True(sees == await CountAsync(who, table, complaint.InstanceId) > 0, $"{who.Name}, {table}");
            }
        }

        var task = Assert.Single((await Queries.TasksAsync(Story.Shunde.Tenant, new TaskFilter(), CancellationToken.None)).Items);
        Assert.Equal((NumberOf(complaint), null, null), (task.CaseNumber, task.CaseTitle, task.ApplicantName));
        Assert.NotNull(await files.OpenAsync(Story.Shunde.Tenant, evidence.Id, CancellationToken.None));
        Assert.Null(await files.OpenAsync(Story.Foshan.Tenant, evidence.Id, CancellationToken.None));
        Assert.Null(await files.OpenAsync(Story.Shenzhen.Tenant, evidence.Id, CancellationToken.None));

        Assert.Empty((await Queries.CaseAsync(Story.Shunde.Tenant, NumberOf(application), "u", CancellationToken.None))!.Linked);
        Assert.True(Assert.Single((await Queries.CaseAsync(Story.Jia.Tenant, NumberOf(application), "u", CancellationToken.None))!.Linked).IsConfidential);
    }

    [Fact]
    public async Task What_the_applicant_gave_goes_along_when_a_case_is_handed_on_and_the_authoritys_own_papers_do_not()
    {
        var files = new AttachmentStore(_story.Database);
        var paper = await files.StoreAsync(Story.Jia.Tenant, "说明.pdf", "application/pdf", "%PDF"u8.ToArray(), Story.Vendor, Story.Noon, CancellationToken.None);
        var note = await files.StoreAsync(Story.Shenzhen.Tenant, "内部.pdf", "application/pdf", "%PDF"u8.ToArray(), Story.Officer, Story.Noon, CancellationToken.None);
        var first = _story.NewCase(Story.Jia, Story.Shenzhen, Story.Task(Story.Shenzhen));
        await _story.CommitAsync<CommitResult.Committed>(first with { Submission = Filed("application", Story.Jia), Attachments = [paper.Id] });
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(first) with { Submission = Filed("review", Story.Shenzhen), Attachments = [note.Id] });

        var second = Continue(first, Story.Foshan);
        var third = Continue(second, Story.Shunde);
        await _story.CommitAsync<CommitResult.Committed>(second);
        await _story.CommitAsync<CommitResult.Committed>(third);

        foreach (var receiver in new[] { Story.Foshan, Story.Shunde })
        {
            Assert.NotNull(await files.OpenAsync(receiver.Tenant, paper.Id, CancellationToken.None));
            Assert.Null(await files.OpenAsync(receiver.Tenant, note.Id, CancellationToken.None));
        }

        Assert.Null(await files.OpenAsync(Story.Yi.Tenant, paper.Id, CancellationToken.None));
        Assert.Equal(Story.Noon.AddDays(-3), (await Queries.CaseAsync(Story.Foshan.Tenant, NumberOf(second), "u", CancellationToken.None))!.Line.SubmittedAt);

        CommitUnit Continue(CommitUnit before, Organisation authority)
        {
            var unit = Story.About(_story.NewCase(Story.Jia, authority, Story.Task(authority)), NumberOf(before));
            return unit with { New = unit.New! with { Continues = NumberOf(before), SubmittedAt = Story.Noon.AddDays(-3) } };
        }
    }

    [Fact]
    public async Task A_file_named_again_in_a_new_case_is_read_there_when_it_is_the_applicants_own()
    {
        var files = new AttachmentStore(_story.Database);
        var own = await files.StoreAsync(Story.Jia.Tenant, "说明.pdf", "application/pdf", "%PDF"u8.ToArray(), Story.Vendor, Story.Noon, CancellationToken.None);
        var theirs = await files.StoreAsync(Story.Yi.Tenant, "别家.pdf", "application/pdf", "%PDF"u8.ToArray(), Story.Vendor, Story.Noon, CancellationToken.None);
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase() with { Submission = Filed("application", Story.Jia), Attachments = [own.Id] });
        await _story.CommitAsync<CommitResult.Committed>(_story.NewCase(Story.Yi, Story.Shenzhen) with { Submission = Filed("application", Story.Yi), Attachments = [theirs.Id] });

        await _story.CommitAsync<CommitResult.Committed>(
            _story.NewCase(Story.Jia, Story.Foshan, Story.Task(Story.Foshan)) with { Submission = Filed("application", Story.Jia), Attachments = [own.Id, theirs.Id] });

        Assert.NotNull(await files.OpenAsync(Story.Foshan.Tenant, own.Id, CancellationToken.None));
        Assert.Null(await files.OpenAsync(Story.Foshan.Tenant, theirs.Id, CancellationToken.None));
    }

    [Fact]
    public async Task An_option_stands_on_the_case_and_in_no_list_of_work()
    {
        var unit = _story.NewCase(Story.Jia, Story.Shenzhen, Story.Task(Story.Shenzhen), Option);
        await _story.CommitAsync<CommitResult.Committed>(unit);

        Assert.Equal(TaskKind.Work, Assert.Single((await Queries.TasksAsync(Story.Shenzhen.Tenant, new TaskFilter(), CancellationToken.None)).Items).Kind);
        Assert.Empty((await Queries.TasksAsync(Story.Jia.Tenant, new TaskFilter(), CancellationToken.None)).Items);
        Assert.Single((await Queries.TasksAsync(Story.Jia.Tenant, new TaskFilter { Kinds = [TaskKind.Option] }, CancellationToken.None)).Items);
        Assert.Contains((await Queries.CaseAsync(Story.Jia.Tenant, NumberOf(unit), "u", CancellationToken.None))!.Tasks, task => task.Line.Kind == TaskKind.Option);
    }

    private static Effect Option(EffectId id) => ((Effect.OpenTask)Story.Task(Story.Jia, "vendor-admin")(id)) with
    {
        Kind = TaskKind.Option, ActivityId = "withdraw", Party = CaseHeader.Applicant, Clock = null, StartDate = null, DueDate = null, OverdueAt = null,
    };

    private static NewSubmission Filed(string form, Organisation by) => new(Guid.NewGuid(), form, by.Id, [], []);

    private static string NumberOf(CommitUnit unit) => unit.Bursts[0].State.Case!.Number;

    private CommitUnit Application(string product)
    {
        var unit = _story.NewCase(Story.Jia, Story.Shenzhen);
        return unit with { New = unit.New! with { Unit = product } };
    }

    private async Task<long> CountAsync(Organisation who, string table, Guid instance)
    {
        await using var transaction = await _story.Database.App.BeginAsync(who.Tenant, CancellationToken.None);
        return table == "audit"
            ? (await transaction.QueryAsync("select count(*) from audit where chain = $1", reader => reader.GetInt64(0), CancellationToken.None, $"case:{instance:N}"))[0]
            : (await transaction.QueryAsync($"select count(*) from {table} where instance_id = $1", reader => reader.GetInt64(0), CancellationToken.None, instance))[0];
    }
}
