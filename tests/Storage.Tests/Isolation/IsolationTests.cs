using System.Text.Json.Nodes;
using Npgsql;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Tests.Isolation;

/// <summary>The second wall: whatever the program asks for, PostgreSQL shows an organisation its own, and forgets nothing and nobody.</summary>
public sealed class IsolationTests(Story story) : IClassFixture<Story>
{
    /// <summary>Tables that belong to the installation, not to an organisation.</summary>
    private static readonly string[] Common =
    [
        "case_numbers", "content_blobs", "data_keys", "data_protection_keys", "installation", "migrations", "release_activations", "release_files", "releases",
    ];

    [Fact]
    public async Task Every_table_but_those_of_the_installation_forces_row_level_security()
    {
        var open = await QueryAsync(story.Database.Engine,
            "select relname::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not (relrowsecurity and relforcerowsecurity) order by 1");

        Assert.Equal(Common, open);
    }

    [Fact]
    public async Task A_host_that_stands_still_within_a_transaction_holds_its_locks_for_ten_seconds_at_most()
    {
        foreach (var source in new[] { story.Database.App, story.Database.SignIn, story.Database.Engine, story.Database.Ingest })
        {
            Assert.Equal(["10s"], await QueryAsync(source, "show idle_in_transaction_session_timeout"));
        }

        // The sign-in scope is a start-up setting as well, and both must hold.
        Assert.Equal(["sign-in"], await QueryAsync(story.Database.SignIn, "show workflow.tenant"));
    }

    [Fact]
    public async Task Without_a_tenant_every_tenant_table_shows_no_row_and_takes_none_whoever_asks()
    {
        await FillAsync();
        foreach (var source in new[] { story.Database.App, story.Database.Engine, story.Database.Ingest })
        {
            foreach (var table in await TenantTablesAsync())
            {
                await using var connection = await source.OpenConnectionAsync();
                Assert.Equal(0L, await CountAsync(connection, table));
            }
        }

        await using var engine = await story.Database.Engine.OpenConnectionAsync();
        var refused = await Assert.ThrowsAsync<PostgresException>(() => engine.RunAsync(
            "insert into incidents (id, organisation_id, message, raised_at) values ('x', '440300', 'm', '2022-01-01Z')", CancellationToken.None));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task The_system_scope_is_for_the_engine_alone()
    {
        await FillAsync();
        foreach (var table in await TenantTablesAsync())
        {
            await using var transaction = await story.Database.App.BeginAsync(Tenant.System, CancellationToken.None);
            await transaction.RunAsync("select 1", CancellationToken.None);
            Assert.Equal(0L, await CountAsync(transaction.Connection, table));
        }
    }

    [Fact]
    public async Task A_case_is_seen_by_its_parties_and_their_superiors_and_by_nobody_else()
    {
        var unit = story.NewCase(Story.Jia, Story.Shunde, Story.Task(Story.Shunde));
        await story.CommitAsync<CommitResult.Committed>(unit);

        foreach (var (who, sees) in new[]
        {
            (Story.Jia, true), (Story.Shunde, true), (Story.Foshan, true), (Story.Province, true), (Story.Shenzhen, false), (Story.Yi, false),
        })
        {
            foreach (var table in new[] { "cases", "journal", "tasks" })
            {
                await using var transaction = await story.Database.App.BeginAsync(who.Tenant, CancellationToken.None);
                var rows = await transaction.QueryAsync($"select count(*) from {table} where instance_id = $1", reader => reader.GetInt64(0), CancellationToken.None, unit.InstanceId);
                Assert.True(sees == rows[0] > 0, $"{who.Name}, {table}: {rows[0]} rows");
            }
        }
    }

    [Fact]
    public async Task A_letter_to_an_authority_is_not_for_the_vendor_of_the_case()
    {
        var unit = story.NewCase(Story.Notice(Story.Shenzhen));
        await story.CommitAsync<CommitResult.Committed>(unit with { Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(unit, 1)] = new("内部提醒", "<p>x</p>", "x", []) } });

        Assert.Equal(0, await SeenAsync(Story.Jia));
        Assert.Equal(1, await SeenAsync(Story.Shenzhen));
        Assert.Equal(1, await SeenAsync(Story.Province));

        async Task<long> SeenAsync(Organisations.Organisation who)
        {
            await using var transaction = await story.Database.App.BeginAsync(who.Tenant, CancellationToken.None);
            return (await transaction.QueryAsync("select count(*) from notices where instance_id = $1", reader => reader.GetInt64(0), CancellationToken.None, unit.InstanceId))[0];
        }
    }

    [Fact]
    public async Task The_task_that_answers_a_warning_and_its_answer_are_not_for_the_vendor_of_the_case()
    {
        var unit = story.NewCase(Story.Task(Story.Shenzhen), id => ((Effect.OpenTask)Story.Task(Story.Shenzhen)(id)) with { Kind = TaskKind.Warning, FormId = "warning-answer" });
        await story.CommitAsync<CommitResult.Committed>(unit with { Submission = Filed("warning-answer") });
        await story.CommitAsync<CommitResult.Committed>(Story.Next(unit) with { Submission = Filed("review") });

        Assert.Equal(["review"], await FormsAsync(Story.Jia, "tasks"));
        Assert.Equal(["review"], await FormsAsync(Story.Jia, "submissions"));
        foreach (var authority in new[] { Story.Shenzhen, Story.Province })
        {
            Assert.Equal(["review", "warning-answer"], await FormsAsync(authority, "tasks"));
            Assert.Equal(["review", "warning-answer"], await FormsAsync(authority, "submissions"));
        }

        static NewSubmission Filed(string form) => new(Guid.NewGuid(), form, Story.Shenzhen.Id, [], []);

        async Task<List<string>> FormsAsync(Organisations.Organisation who, string table)
        {
            await using var transaction = await story.Database.App.BeginAsync(who.Tenant, CancellationToken.None);
            return await transaction.QueryAsync(
                $"select form_id from {table} where instance_id = $1 order by 1", reader => reader.GetString(0), CancellationToken.None, unit.InstanceId);
        }
    }

    [Theory]
    [InlineData("update journal set event = 'x'")]
    [InlineData("delete from journal")]
    [InlineData("truncate journal")]
    [InlineData("update audit set content = ''")]
    [InlineData("delete from audit")]
    [InlineData("drop table tasks")]
    [InlineData("alter table tasks disable row level security")]
    [InlineData("create table public.mine (x integer)")]
    [InlineData("select state from instances")]
    [InlineData("update tasks set title = ''")]
    [InlineData("update credentials set secret = ''")]
    [InlineData("set role workflow_owner")]
    public async Task The_application_role_may_not(string sql)
    {
        await using var connection = await story.Database.App.OpenConnectionAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.RunAsync(sql, CancellationToken.None));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Theory]
    [InlineData("update journal set event = 'x'")]
    [InlineData("delete from audit")]
    [InlineData("drop table timers")]
    [InlineData("create table public.mine (x integer)")]
    public async Task The_engine_role_may_not(string sql)
    {
        await using var connection = await story.Database.Engine.OpenConnectionAsync();

        Assert.Equal(
            PostgresErrorCodes.InsufficientPrivilege,
            (await Assert.ThrowsAsync<PostgresException>(() => connection.RunAsync(sql, CancellationToken.None))).SqlState);
    }

    [Fact]
    public async Task The_ingest_role_inserts_and_reads_nothing()
    {
        var readable = await QueryAsync(story.Database.Ingest,
            "select relname::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and has_table_privilege(oid, 'select, update, delete, truncate')");

        Assert.Empty(readable);
    }

    [Fact]
    public async Task Pooled_connections_carry_no_tenant_over()
    {
        var jia = story.NewCase(Story.Jia, Story.Shenzhen);
        var yi = story.NewCase(Story.Yi, Story.Foshan);
        await story.CommitAsync<CommitResult.Committed>(jia);
        await story.CommitAsync<CommitResult.Committed>(yi);
        Organisations.Organisation[] all = [Story.Province, Story.Shenzhen, Story.Foshan, Story.Jia, Story.Yi];
        var leaks = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 3000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (index, ct) =>
        {
            if (index % 7 == 0)
            {
                await using var bare = await story.Database.App.OpenConnectionAsync(ct);
                Interlocked.Add(ref leaks, (int)await CountAsync(bare, "cases"));
                return;
            }

            var who = all[index % all.Length];
            await using var transaction = await story.Database.App.BeginAsync(who.Tenant, ct);
            var foreign = await transaction.QueryAsync("select count(*) from cases where not readers @> array[$1]", reader => reader.GetInt64(0), ct, who.Id);
            var own = await transaction.QueryAsync("select count(*) from cases where instance_id = any ($1)", reader => reader.GetInt64(0), ct, new[] { jia.InstanceId, yi.InstanceId });
            var expected = who == Story.Province ? 2 : 1;
            Interlocked.Add(ref leaks, (int)foreign[0] + (own[0] == expected ? 0 : 1));
        });

        Assert.Equal(0, leaks);
    }

    [Fact]
    public async Task The_sign_in_scope_sees_people_and_no_case()
    {
        await FillAsync();
        await using var connection = await story.Database.SignIn.OpenConnectionAsync();

        Assert.Equal(0L, await CountAsync(connection, "cases"));
        Assert.Equal(0L, await CountAsync(connection, "tasks"));
        Assert.Equal(0L, await CountAsync(connection, "users"));
        await connection.RunAsync(
            """
            insert into users (id, organisation_id, role, display_name, disabled, email_confirmed, phone_number_confirmed, two_factor_enabled, lockout_enabled, access_failed_count)
            values ('u', '440300', 'officer', '王', false, true, false, false, true, 0)
            """, CancellationToken.None);
        Assert.Equal(1L, await CountAsync(connection, "users"));
    }

    private async Task FillAsync()
    {
        var unit = story.NewCase(Story.Task(Story.Shenzhen), Story.Timer(Story.Noon.AddDays(3)), Story.Notice(Story.Jia), Story.Credential(Story.Jia, Story.Shenzhen));
        await story.CommitAsync<CommitResult.Committed>(unit with
        {
            Letters = new Dictionary<EffectId, NoticeLetter> { [Story.Effect(unit, 3)] = new("回执", "<p>x</p>", "x", [Delivery.Mail("a@example.cn")]) },
            Secrets = new Dictionary<EffectId, IssuedSecret> { [Story.Effect(unit, 4)] = new($"k-{Guid.NewGuid():N}", "s") },
            Submission = new NewSubmission(Guid.NewGuid(), "f", Story.Jia.Id, [], new JsonObject { ["phone"] = "1" }),
            IdempotencyKey = new IdempotencyKey("s", Guid.NewGuid().ToString(), [1], ""),
        });
    }

    private async Task<List<string>> TenantTablesAsync() => await QueryAsync(story.Database.Engine,
        "select relname::text from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and relrowsecurity order by 1");

    private static async Task<List<string>> QueryAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    /// <summary>Rows seen; a table that may not be read at all shows none.</summary>
    private static async Task<long> CountAsync(NpgsqlConnection connection, string table) =>
        await connection.ScalarAsync<bool>($"select has_table_privilege('{table}', 'select')", CancellationToken.None)
            ? await connection.ScalarAsync<long>($"select count(*) from {table}", CancellationToken.None)
            : 0;
}
