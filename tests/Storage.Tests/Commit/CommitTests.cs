using System.Diagnostics;
using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;
using Xunit.Abstractions;

namespace WorkflowEngine.Storage.Tests.Commit;

/// <summary>What bursts decided becomes true together or not at all, once, whoever else decides at the same time.</summary>
public sealed class CommitTests(Story story, ITestOutputHelper output) : IClassFixture<Story>
{
    [Fact]
    public async Task A_committed_case_is_loaded_as_it_was_with_everything_that_its_burst_decided()
    {
        var unit = story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(3)), Story.Notice(Story.Jia), Story.Credential(Story.Jia, Story.Shenzhen),
            id => new Effect.ExpectMessage(id, "conformance", "k"), id => new Effect.RaiseIncident(id, "review", "看一看"));
        unit = unit with
        {
            Letters = Letters(unit, 3, "jia@example.cn", "second@example.cn"),
            Secrets = Secrets(unit, 4),
            Submission = new NewSubmission(Guid.NewGuid(), "vendor-application", Story.Jia.Id, new JsonObject { ["product"] = "A" }, new JsonObject { ["phone"] = "13800138000" }),
        };

        Assert.Equal(1, (await story.CommitAsync<CommitResult.Committed>(unit)).Revision);

        var loaded = (await story.Instances.LoadAsync([unit.InstanceId], CancellationToken.None))[unit.InstanceId];
        Assert.Equal(unit.Bursts[0].State.ToJson(), loaded.State.ToJson());
        Assert.Equal((1, "flow", "r1", Story.Shenzhen.Id), (loaded.Revision, loaded.DefinitionId, loaded.ReleaseId, loaded.OrganisationId));
        foreach (var table in new[] { "tasks", "timers", "notices", "credentials", "expectations", "incidents", "cases", "submissions" })
        {
            Assert.Equal(1L, await story.ScalarAsync<long>($"select count(*) from {table} where instance_id = $1", unit.InstanceId));
        }

        Assert.Equal(2L, await story.ScalarAsync<long>("select count(*) from journal where instance_id = $1", unit.InstanceId));
        Assert.Equal(2L, await story.ScalarAsync<long>("select count(*) from outbox where notice_id = $1", Story.Effect(unit, 3).ToString()));
    }

    [Fact]
    public async Task Of_two_who_decide_on_the_same_revision_one_wins_and_the_other_is_told()
    {
        var first = story.NewCase(Story.Task(Story.Shenzhen));
        await story.CommitAsync<CommitResult.Committed>(first);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => story.Commits.CommitAsync([Story.Next(first)], CancellationToken.None)));

        Assert.Single(results, result => result[0] is CommitResult.Committed { Revision: 2 });
        Assert.Equal(7, results.Count(result => result[0] is CommitResult.LostRace { CurrentRevision: 2 }));
        Assert.Equal(4L, await story.ScalarAsync<long>("select count(*) from journal where instance_id = $1", first.InstanceId));
    }

    [Fact]
    public async Task An_instance_that_nobody_began_is_a_lost_race()
    {
        var never = story.NewCase();

        Assert.Null((await story.CommitAsync<CommitResult.LostRace>(Story.Next(never))).CurrentRevision);
    }

    [Fact]
    public async Task A_timer_that_was_answered_already_is_a_lost_race()
    {
        var first = story.NewCase(Story.Timer(Story.Noon));
        await story.CommitAsync<CommitResult.Committed>(first);
        var timer = Story.Effect(first, 1).ToString();
        var second = Story.Next(first) with { ConsumedTimers = [timer] };
        await story.CommitAsync<CommitResult.Committed>(second);

        await story.CommitAsync<CommitResult.LostRace>(Story.Next(second) with { ConsumedTimers = [timer] });
        Assert.Equal("fired", await story.ScalarAsync<string>("select status from timers where id = $1", timer));
    }

    [Fact]
    public async Task The_same_intent_said_again_gets_the_same_answer_and_another_one_under_its_key_is_refused()
    {
        var key = new IdempotencyKey("440300/u1", Guid.NewGuid().ToString(), [1, 2, 3], "{\"number\":\"A\"}");
        var first = story.NewCase() with { IdempotencyKey = key };
        await story.CommitAsync<CommitResult.Committed>(first);

        var again = story.NewCase() with { IdempotencyKey = key with { Answer = "{\"number\":\"B\"}" } };
        Assert.Equal("{\"number\":\"A\"}", (await story.CommitAsync<CommitResult.DuplicateKey>(again)).Answer);
        await story.CommitAsync<CommitResult.KeyReused>(story.NewCase() with { IdempotencyKey = key with { BodyHash = [9] } });
        await story.CommitAsync<CommitResult.Committed>(story.NewCase() with { IdempotencyKey = key with { Scope = "440600/u1" } });
        Assert.IsType<CommitResult.DuplicateKey>(await new AnswerStore(story.Database).FindAsync(key, CancellationToken.None));
        Assert.Equal(0L, await story.ScalarAsync<long>("select count(*) from instances where id = $1", again.InstanceId));
    }

    [Fact]
    public async Task Of_many_who_say_the_same_at_once_one_is_done_and_all_hear_its_answer()
    {
        var key = new IdempotencyKey("s", Guid.NewGuid().ToString(), [1], "");
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => story.Commits.CommitAsync(
            [story.NewCase() with { IdempotencyKey = key with { Answer = $"{index}" } }], CancellationToken.None)));

        var winner = Assert.Single(Enumerable.Range(0, 8), index => results[index][0] is CommitResult.Committed);
        Assert.Equal(7, results.Count(result => result[0] is CommitResult.DuplicateKey { Answer: var answer } && answer == $"{winner}"));
    }

    [Fact]
    public async Task A_lost_race_leaves_its_idempotency_key_free()
    {
        var key = new IdempotencyKey("s", Guid.NewGuid().ToString(), [1], "done");
        var first = story.NewCase();
        await story.CommitAsync<CommitResult.Committed>(first);
        var second = Story.Next(first);
        await story.CommitAsync<CommitResult.Committed>(second);

        await story.CommitAsync<CommitResult.LostRace>(Story.Next(first) with { IdempotencyKey = key });
        await story.CommitAsync<CommitResult.Committed>(Story.Next(second) with { IdempotencyKey = key });
    }

    [Fact]
    public async Task A_poisonous_member_is_found_and_the_others_go_through()
    {
        var units = Enumerable.Range(0, 25).Select(_ => story.NewCase(Story.Timer(Story.Noon.AddDays(9)))).ToList();
        // PostgreSQL's text holds no zero character.
        units[17] = story.NewCase(id => new Effect.RaiseIncident(id, "review", "零\0字符"));
        units[4] = story.NewCase(Story.Notice(Story.Jia));

        var results = await story.Commits.CommitAsync(units, CancellationToken.None);

        Assert.Contains("22021", Assert.IsType<CommitResult.Failed>(results[17]).Message, StringComparison.Ordinal);
        Assert.Contains("was not rendered", Assert.IsType<CommitResult.Failed>(results[4]).Message, StringComparison.Ordinal);
        Assert.Equal(23, results.Count(result => result is CommitResult.Committed));
        Assert.Equal(23, (await story.Instances.LoadAsync([.. units.Select(unit => unit.InstanceId)], CancellationToken.None)).Count);
        Assert.Equal(0L, await story.ScalarAsync<long>("select count(*) from incidents where instance_id = $1", units[17].InstanceId));
    }

    [Fact]
    public async Task Of_two_hundred_one_is_poisonous_and_a_hundred_and_ninety_nine_go_through()
    {
        var units = Enumerable.Range(0, 200).Select(_ => story.NewCase(Story.Timer(Story.Noon.AddDays(9)))).ToList();
        units[113] = story.NewCase(id => new Effect.RaiseIncident(id, "review", "零\0字符"));

        var results = await story.Commits.CommitAsync(units, CancellationToken.None);

        Assert.IsType<CommitResult.Failed>(results[113]);
        Assert.Equal(199, results.Count(result => result is CommitResult.Committed));
        Assert.Equal(199L, await story.ScalarAsync<long>("select count(*) from timers where instance_id = any ($1)", (object)units.Select(unit => unit.InstanceId).ToArray()));
    }

    /// <summary>An effect lands once whoever decides it again: its id is the key of its table.</summary>
    [Theory]
    [InlineData("tasks", 0)]
    [InlineData("timers", 1)]
    [InlineData("expectations", 2)]
    [InlineData("http_requests", 3)]
    [InlineData("signals", 4)]
    [InlineData("warnings", 5)]
    [InlineData("notices", 6)]
    [InlineData("credentials", 7)]
    public async Task An_effect_id_is_taken_once_in_its_table(string table, int kind)
    {
        Func<EffectId, Effect>[] kinds =
        [
            Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(3)), id => new Effect.ExpectMessage(id, "event", "ring"),
            id => new Effect.SendRequest(id, "ask", new OutgoingRequest("GET", "https://example.test/", [], null, null, false)),
            id => new Effect.SendSignal(id, Guid.NewGuid(), "hello", null),
            id => new Effect.RaiseWarning(id, "warn", WarningColour.Red, OrganisationLevel.City, Story.Shenzhen.Id, null, "逾期", null),
            Story.Notice(Story.Jia), Story.Credential(Story.Jia, Story.Shenzhen),
        ];
        var first = WithPapers(story.NewCase(kinds[kind]));
        await story.CommitAsync<CommitResult.Committed>(first);
        var taken = Story.Effect(first, 1);

        var failed = await story.CommitAsync<CommitResult.Failed>(WithPapers(story.NewCase(_ => kinds[kind](taken))));

        Assert.Contains("23505", failed.Message, StringComparison.Ordinal);
        Assert.Contains(table, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_are_known_for_a_week_and_forgotten_after_the_day_that_they_are_kept_to()
    {
        var key = new IdempotencyKey("o/u", Guid.NewGuid().ToString(), [1], "answer");
        await story.CommitAsync<CommitResult.Committed>(story.NewCase() with { IdempotencyKey = key });
        var answers = new AnswerStore(story.Database);

        Assert.Equal(0, await answers.ForgetAsync(Story.Noon, 100, CancellationToken.None));
        Assert.IsType<CommitResult.DuplicateKey>(await answers.FindAsync(key, CancellationToken.None));
        // Others of this class have used keys as well.
        Assert.Equal(1, await answers.ForgetAsync(Story.Noon.AddSeconds(1), 1, CancellationToken.None));
        await answers.ForgetAsync(Story.Noon.AddSeconds(1), 1000, CancellationToken.None);
        Assert.Null(await answers.FindAsync(key, CancellationToken.None));
    }

    [Fact]
    public async Task A_case_number_that_is_taken_fails_its_unit_alone()
    {
        var first = story.NewCase();
        await story.CommitAsync<CommitResult.Committed>(first);
        var number = first.Bursts[0].State.Case!.Number;
        var second = story.NewCase();
        var state = second.Bursts[0].State.ToJson().Replace(second.Bursts[0].State.Case!.Number, number, StringComparison.Ordinal);
        second = second with { Bursts = [second.Bursts[0] with { State = WorkflowState.FromJson(state) }] };

        Assert.Contains("cases_number_key", (await story.CommitAsync<CommitResult.Failed>(second)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_committer_that_dies_before_the_end_leaves_nothing()
    {
        var unit = story.NewCase(Story.Task(Story.Shenzhen));
        await using (var transaction = await WorkflowEngine.Storage.Postgres.Commands.BeginAsync(story.Database.Engine, Tenant.System, CancellationToken.None))
        {
            var results = await new Committer(transaction, story.Database.Envelope).ApplyAsync([unit], CancellationToken.None);
            Assert.IsType<CommitResult.Committed>(results[0]);
        }

        Assert.Empty(await story.Instances.LoadAsync([unit.InstanceId], CancellationToken.None));
        await story.CommitAsync<CommitResult.Committed>(unit);
    }

    [Fact]
    public async Task A_task_is_closed_once_and_keeps_its_first_outcome()
    {
        var first = story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(1)));
        await story.CommitAsync<CommitResult.Committed>(first);
        var (task, timer) = (Story.Effect(first, 1).ToString(), Story.Effect(first, 2).ToString());
        var second = Story.Next(
            first,
            id => new Effect.CloseTask(id, task, "Approved", TaskEnd.Completed, Story.Officer, new JsonObject { ["opinion"] = "同意" }),
            id => new Effect.CancelTimer(id, timer));
        await story.CommitAsync<CommitResult.Committed>(second);
        await story.CommitAsync<CommitResult.Committed>(Story.Next(second, id => new Effect.CloseTask(id, task, "Returned", TaskEnd.Completed, Story.Officer, [])));

        Assert.Equal("Approved", await story.ScalarAsync<string>("select outcome from tasks where id = $1", task));
        Assert.Equal("cancelled", await story.ScalarAsync<string>("select status from timers where id = $1", timer));
    }

    [Fact]
    public async Task At_most_two_keys_of_a_case_are_active()
    {
        var unit = story.NewCase(Story.Credential(Story.Jia, Story.Shenzhen));
        await story.CommitAsync<CommitResult.Committed>(unit with { Secrets = Secrets(unit, 1) });
        for (var issued = 2; issued <= 4; issued++)
        {
            unit = Story.Next(unit, Story.Credential(Story.Jia, Story.Shenzhen));
            await story.CommitAsync<CommitResult.Committed>(unit with { Secrets = Secrets(unit, 1) });
        }

        Assert.Equal(2L, await story.ScalarAsync<long>("select count(*) from credentials where instance_id = $1 and revoked_at is null", unit.InstanceId));
        Assert.Equal(Story.Effect(unit, 1).ToString(), await story.ScalarAsync<string>(
            "select id from credentials where instance_id = $1 and revoked_at is null order by issued_at desc limit 1", unit.InstanceId));
    }

    [Fact]
    public async Task Many_instances_in_one_commit_cost_far_less_than_one_each()
    {
        var single = Stopwatch.StartNew();
        for (var index = 0; index < 50; index++)
        {
            await story.CommitAsync<CommitResult.Committed>(story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(3))));
        }

        single.Stop();
        var many = Enumerable.Range(0, 500).Select(_ => story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(3)))).ToList();
        var set = Stopwatch.StartNew();
        var results = await story.Commits.CommitAsync(many, CancellationToken.None);
        set.Stop();

        output.WriteLine($"50 one by one: {single.ElapsedMilliseconds} ms; 500 set-wise: {set.ElapsedMilliseconds} ms");
        Assert.All(results, result => Assert.IsType<CommitResult.Committed>(result));
        Assert.True(set.Elapsed / 500 < single.Elapsed / 50, $"{set.Elapsed / 500} per instance set-wise, {single.Elapsed / 50} one by one");
    }

    private static CommitUnit WithPapers(CommitUnit unit) => unit with
    {
        Letters = unit.Bursts[0].Effects.OfType<Effect.QueueNotice>().ToDictionary(notice => notice.Id, _ => new NoticeLetter("提交回执", "<p>已收到</p>", "已收到", [])),
        Secrets = unit.Bursts[0].Effects.OfType<Effect.IssueCredential>().ToDictionary(key => key.Id, _ => new IssuedSecret($"key-{Guid.NewGuid():N}", "s3cr3t")),
    };

    private static Dictionary<EffectId, NoticeLetter> Letters(CommitUnit unit, int ordinal, params string[] recipients) =>
        new() { [Story.Effect(unit, ordinal)] = new NoticeLetter("提交回执", "<p>已收到</p>", "已收到", [.. recipients.Select(Delivery.Mail)]) };

    private static Dictionary<EffectId, IssuedSecret> Secrets(CommitUnit unit, int ordinal) =>
        new() { [Story.Effect(unit, ordinal)] = new IssuedSecret($"key-{Guid.NewGuid():N}", "s3cr3t") };
}
