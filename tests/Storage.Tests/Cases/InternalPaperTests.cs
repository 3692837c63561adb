using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Cases;

/// <summary>Row-level security keeps what is written in an internal task from everybody but the authority that does it and those above, until it is decided.</summary>
public sealed class InternalPaperTests : IAsyncLifetime
{
    private const string Decision = "sign.Signed";

    private readonly Story _story = new();

    private AttachmentStore Files => new(_story.Database);

    public Task InitializeAsync() => _story.InitializeAsync();

    public Task DisposeAsync() => _story.DisposeAsync();

    [Fact]
    public async Task Before_the_decision_a_draft_is_its_authoritys_and_its_superiors_and_afterwards_the_cases()
    {
        var note = await NoteAsync(Story.Shunde);
        var drafted = await DraftAsync(Story.Shunde, note);

        foreach (var (who, reads) in new[] { (Story.Shunde, true), (Story.Foshan, true), (Story.Province, true), (Story.Jia, false), (Story.Shenzhen, false), (Story.Yi, false) })
        {
            await AssertReadsAsync(who, drafted, note, reads);
        }

        await _story.CommitAsync<CommitResult.Committed>(Story.Next(drafted, id => new Effect.Disclose(id, "sign.SentBack")));
        await AssertReadsAsync(Story.Jia, drafted, note, reads: false);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(Story.Next(drafted), id => new Effect.Disclose(id, Decision)));

        await AssertReadsAsync(Story.Jia, drafted, note, reads: true, given: false);
        await AssertReadsAsync(Story.Shenzhen, drafted, note, reads: false);
        await AssertReadsAsync(Story.Yi, drafted, note, reads: false);
    }

    [Fact]
    public async Task What_the_province_drafts_is_not_for_the_city_it_is_about()
    {
        var note = await NoteAsync(Story.Province);
        var drafted = await DraftAsync(Story.Province, note);

        await AssertReadsAsync(Story.Shenzhen, drafted, note, reads: false);
        await AssertReadsAsync(Story.Province, drafted, note, reads: true);
    }

    [Fact]
    public async Task Of_several_drafts_the_one_that_was_decided_on_is_disclosed()
    {
        var first = await DraftAsync(Story.Shenzhen, await NoteAsync(Story.Shenzhen));
        var again = Story.Next(first, Internal(Story.Shenzhen));
        await _story.CommitAsync<CommitResult.Committed>(again);
        var answered = Story.Next(again, Answer(Story.Effect(again, 1).ToString()));
        await _story.CommitAsync<CommitResult.Committed>(answered);

        await _story.CommitAsync<CommitResult.Committed>(Story.Next(answered, id => new Effect.Disclose(id, Decision)));

        var tasks = (await new CaseQueries(_story.Database).CaseAsync(Story.Jia.Tenant, NumberOf(first), "u", CancellationToken.None))!.Tasks;
        Assert.Equal([(true, null), (false, "Unfounded")], tasks.Select(task => (task.IsWithheld, task.Outcome)));
    }

    [Fact]
    public async Task A_draft_waits_for_its_decision_under_the_name_that_the_step_has_in_the_version_the_case_went_over_to()
    {
        var drafted = await DraftAsync(Story.Shenzhen, await NoteAsync(Story.Shenzhen));
        var names = new Dictionary<string, string> { ["sign"] = "decide", ["decide"] = "sign" };
        var moved = Story.Next(drafted, id => new Effect.ChangeVersion(id, "before", "r1", 7, names, "通知修订"));
        await _story.CommitAsync<CommitResult.Committed>(moved);
        await _story.CommitAsync<CommitResult.Committed>(Story.Next(moved, id => new Effect.Disclose(id, Decision)));
        Assert.True(await IsWithheldAsync());

        await _story.CommitAsync<CommitResult.Committed>(Story.Next(Story.Next(moved), id => new Effect.Disclose(id, "decide.Signed")));
        Assert.False(await IsWithheldAsync());

        async Task<bool> IsWithheldAsync() =>
            Assert.Single((await new CaseQueries(_story.Database).CaseAsync(Story.Jia.Tenant, NumberOf(drafted), "u", CancellationToken.None))!.Tasks).IsWithheld;
    }

    [Fact]
    public async Task A_file_of_a_draft_is_public_once_a_public_step_names_it()
    {
        var note = await NoteAsync(Story.Shenzhen);
        var drafted = await DraftAsync(Story.Shenzhen, note);
        Assert.Null(await Files.OpenAsync(Story.Jia.Tenant, note, CancellationToken.None));

        await _story.CommitAsync<CommitResult.Committed>(Story.Next(drafted) with { Submission = Filed("letter"), Attachments = [note] });

        Assert.NotNull(await Files.OpenAsync(Story.Jia.Tenant, note, CancellationToken.None));
    }

    /// <summary>A case in which an internal task was answered.</summary>
    private async Task<CommitUnit> DraftAsync(Organisation drafter, Guid note)
    {
        var authority = drafter.Level == OrganisationLevel.Province ? Story.Shenzhen : drafter;
        var opened = _story.NewCase(Story.Jia, authority, Internal(drafter));
        await _story.CommitAsync<CommitResult.Committed>(opened);
        var answered = Story.Next(opened, Answer(Story.Effect(opened, 1).ToString())) with { Submission = Filed("finding"), Attachments = [note] };
        await _story.CommitAsync<CommitResult.Committed>(answered);
        return answered;
    }

    private async Task AssertReadsAsync(Organisation who, CommitUnit @case, Guid note, bool reads, bool? given = null)
    {
        var readsGiven = given ?? reads;
        await using (var transaction = await _story.Database.App.BeginAsync(who.Tenant, CancellationToken.None))
        {
            foreach (var sql in new[]
            {
                "select count(*) from internal_answers where instance_id = $1",
                "select count(*) from submissions where instance_id = $1 and form_id = 'finding'",
                "select count(*) from journal where instance_id = $1 and event = 'Completed' and revision = 2",
            })
            {
                var rows = (await transaction.QueryAsync(sql, reader => reader.GetInt64(0), CancellationToken.None, @case.InstanceId))[0];
                Assert.True(reads == rows > 0, $"{who.Name}: {sql}");
            }

            // Nowhere else does the answer stand.
            var told = (await transaction.QueryAsync(
                "select count(*) from tasks where instance_id = $1 and (outcome is not null or answers is not null or data is not null)",
                reader => reader.GetInt64(0), CancellationToken.None, @case.InstanceId))[0];
            Assert.Equal(0, told);
        }

        Assert.Equal(reads, await Files.OpenAsync(who.Tenant, note, CancellationToken.None) is not null);
        if (await new CaseQueries(_story.Database).CaseAsync(who.Tenant, NumberOf(@case), "u", CancellationToken.None) is { } view)
        {
            var task = Assert.Single(view.Tasks);
            Assert.Equal((reads ? "Unfounded" : null, !reads), (task.Outcome, task.IsWithheld));
            Assert.Equal((reads, readsGiven), (task.Values is not null, task.Data is not null));
        }
    }

    private async Task<Guid> NoteAsync(Organisation by) =>
        (await Files.StoreAsync(by.Tenant, "核实.pdf", "application/pdf", "%PDF"u8.ToArray(), Story.Officer, Story.Noon, CancellationToken.None)).Id;

    private static Func<EffectId, Effect> Internal(Organisation by) => id => ((Effect.OpenTask)Story.Task(by)(id)) with
    {
        FormId = "finding", Data = new JsonObject { ["complaint"] = "乱收费" }, InternalUntil = [Decision],
    };

    private static Func<EffectId, Effect> Answer(string task) => id =>
        new Effect.CloseTask(id, task, "Unfounded", TaskEnd.Completed, Story.Officer, new JsonObject { ["account"] = "没有收费" }) { InternalStep = "review" };

    private static NewSubmission Filed(string form) => new(Guid.NewGuid(), form, "nobody-in-particular", new JsonObject { ["account"] = "没有收费" }, []);

    private static string NumberOf(CommitUnit unit) => unit.Bursts[0].State.Case!.Number;
}
