using Npgsql;
using WorkflowEngine.Storage.Migrations;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Tests.Support;

namespace WorkflowEngine.Storage.Tests.Migrations;

/// <summary>Any number of hosts may bring an empty database to the schema at once, and a database is never used as what it is not.</summary>
public sealed class MigratorTests
{
    private static readonly DateTimeOffset September = new(2022, 9, 30, 23, 59, 0, TimeSpan.FromHours(8));
    private static readonly DateTimeOffset October = new(2022, 10, 1, 0, 0, 0, TimeSpan.FromHours(8));

    [Fact]
    public async Task Eight_hosts_that_start_at_once_make_the_schema_once()
    {
        var empty = await TestServer.NewEmptyDatabaseAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => MigrateAsync(empty)));

        Assert.Equal(1L, await ScalarAsync<long>(empty, "select count(*) from installation"));
        Assert.Equal(1L, await ScalarAsync<long>(empty, "select count(*) from migrations where version = 1"));
    }

    [Fact]
    public async Task Hosts_that_open_a_new_database_at_once_agree_on_one_data_key()
    {
        var empty = await TestServer.NewEmptyDatabaseAsync();

        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => TestServer.OpenAsync(empty)));

        var place = new WorkflowEngine.Storage.Sealing.SealedPlace("t", "c", "r");
        Assert.Equal("密", hosts[2].Envelope.OpenText(hosts[0].Envelope.Seal("密", place), place));
        foreach (var host in hosts)
        {
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_database_with_cases_is_brought_to_linked_cases()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        await MigrateAsync(database, upTo: 3);
        await RunAsync(
            database,
            """
            insert into releases values ('r', '440000', '2022-01-01Z', 'p');
            insert into instances (id, organisation_id, definition_id, definition_version, release_id, revision, status, sub_status, state, created_at, updated_at)
              select id, '440300', 'flow', 1, 'r', 1, 'Running', 'Suspended', '{}', '2022-01-01Z', '2022-01-01Z'
              from unnest(array['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002']::uuid[]) as i(id);
            insert into cases (instance_id, organisation_id, number, title, flow_id, applicant_id, authority_id, readers, release_id, revision, status, clocks, submitted_at)
              select id, '440300', 'N-' || right(id::text, 1), 't', 'flow', 'jia', '440300', '{jia,440300}', 'r', 1, 'Running', '[]', '2022-01-01Z' from instances;
            insert into tasks (id, instance_id, organisation_id, kind, activity_id, title, party, role, form_id, outcomes, provisional, release_id, opened_at)
              select 'task-' || number, instance_id, '440300', 'Work', 'a', 't', 'authority', 'officer', 'f', '[]', false, 'r', '2022-01-01Z' from cases;
            insert into submissions (id, instance_id, organisation_id, form_id, answers, personal, submitted_at)
              select gen_random_uuid(), instance_id, 'jia', form, '{}', '', '2022-01-01Z'::timestamptz + step * interval '1 day'
              from cases, unnest(array['application', 'correction'], array[0, 1]) as f(form, step);
            """);

        await MigrateAsync(database);

        Assert.Equal(["N-1 task-N-1", "N-2 task-N-2"], await ListAsync(database, "select case_number || ' ' || id from tasks order by id"));
        Assert.Equal(["application", "application"], await ListAsync(database, "select form_id from submissions where opens_case"));
        Assert.Equal(2L, await ScalarAsync<long>(database, "select count(*) from cases where unit is null and linked_number is null and not confidential"));
    }

    [Fact]
    public async Task A_script_that_was_changed_after_it_was_applied_is_refused()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        await MigrateAsync(database);
        await RunAsync(database, "update migrations set checksum = 'another' where version = 1");

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => MigrateAsync(database));

        Assert.Contains("0001_foundation.sql", refused.Chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_to_which_a_newer_program_has_added_is_served_and_one_that_it_has_changed_is_refused()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        await MigrateAsync(database);
        await RunAsync(database, "alter table instances add column later text; insert into migrations values (9998, '9998_later.sql', '', '2030-01-01Z')");
        await using (var opened = await TestServer.OpenAsync(database)) Assert.True(await opened.IsAliveAsync(CancellationToken.None));

        await RunAsync(database, "insert into migrations values (9999, '9999_changed.sql', '', '2030-01-01Z', 9999)");
        var refused = await Assert.ThrowsAsync<DataFolderException>(() => MigrateAsync(database));

        Assert.Contains("9999", refused.English, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_script_since_the_rule_only_adds_or_says_that_it_does_not()
    {
        var assembly = typeof(Migrator).Assembly;
        var scripts = assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Where(name => int.Parse(name.AsSpan(0, 4), System.Globalization.CultureInfo.InvariantCulture) > MigrationRule.LastBefore);
        foreach (var name in scripts)
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var broken = MigrationRule.Breaks(reader.ReadToEnd());
            Assert.True(broken.Count == 0, $"{name} may break hosts of the release before (docs/reliability/upgrade.md): {string.Join(" | ", broken)}");
        }
    }

    [Theory]
    [InlineData("alter table a drop column b", "drop column b")]
    [InlineData("alter table a rename column b to c", "rename column b to c")]
    [InlineData("alter table a alter column b set not null", "alter column b set not null")]
    [InlineData("alter table a alter column b type bigint", "alter column b type bigint")]
    [InlineData("alter table a add column b text not null", "add column b text not null")]
    [InlineData("alter table a add constraint c check (b > 0)", "add constraint c")]
    [InlineData("revoke select on a from workflow_app", "revoke select on a from workflow_app")]
    [InlineData("-- drop table a\nalter table a add column b text, add column c integer not null default 0; create table d (e text not null)", null)]
    [InlineData("alter table a drop constraint c, add constraint c check (b > -1)", null)]
    [InlineData("-- needs-program: 16\ndrop table a", null)]
    [InlineData("alter table a rename to a_before;\n\ncreate table a (\n  b text\n);\ndrop table a_before;\n", null)]
    [InlineData("alter table a rename to a_before;\n", "rename to a_before")]
    public void What_an_older_program_could_stumble_over_is_found(string sql, string? broken) =>
        Assert.Equal(broken is null ? [] : [broken], MigrationRule.Breaks(sql));

    [Fact]
    public async Task A_table_that_is_made_anew_has_all_columns_that_an_older_program_writes()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        const string Columns =
            "select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable from information_schema.columns where table_name in ('ingest_requests', 'ingest_records', 'ingest_findings') order by 1";
        Assert.Equal(["ingest_requests", "ingest_records", "ingest_findings"], MigrationRule.ExchangedTables(Script("0026")));
        await MigrateAsync(database, upTo: 25);
        var before = await ListAsync(database, Columns);

        await MigrateAsync(database, upTo: 26);

        Assert.Equal(before, await ListAsync(database, Columns));

        static string Script(string number)
        {
            var assembly = typeof(Migrator).Assembly;
            using var reader = new StreamReader(assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(name => name.StartsWith(number, StringComparison.Ordinal)))!);
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task What_devices_sent_before_there_were_months_lies_in_them_and_is_still_known_when_it_comes_again()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        await MigrateAsync(database, upTo: 25);
        await RunAsync(
            database,
            $"""
            insert into ingest_requests (id, credential_id, organisation_id, method, accepted, code, message, body_sha256, release_id, records, new_records, received_at)
              select id, 'c', 'jia', 'worker.add', true, '0', '成功', '', 'r', 1, 1, at
              from unnest(array['{Guid.CreateVersion7(September)}', '{Guid.CreateVersion7(October)}']::uuid[], array['{September:u}', '{October:u}']::timestamptz[]) as r(id, at);
            insert into ingest_records (request_id, ordinal, credential_id, organisation_id, method, key, accepted, fields) select id, 0, 'c', 'jia', 'worker.add', received_at::text, true, json_build_object() from ingest_requests;
            insert into ingest_findings select id, 0, 'c', 'jia', 0, '', '', 'F1', 'Warn', '', '', '' from ingest_requests;
            """);

        await MigrateAsync(database);
        await RunAsync(
            database, $"insert into ingest_records (request_id, ordinal, credential_id, organisation_id, method, key, accepted, fields) select '{Guid.CreateVersion7(October.AddDays(40))}', 0, 'c', 'jia', 'worker.add', key, true, fields from ingest_records on conflict do nothing");

        foreach (var table in new[] { "ingest_requests", "ingest_records", "ingest_findings" })
        {
            Assert.Equal([$"{table}_202209", $"{table}_202210"], await ListAsync(database, $"select tableoid::regclass::text from {table} order by 1"));
        }

        Assert.Equal(3L, await ScalarAsync<long>(database, "select nextval('ingest_requests_order')"));
    }

    [Fact]
    public async Task A_simulated_database_is_refused_by_a_normal_host_and_the_other_way_round()
    {
        var simulated = await TestServer.NewEmptyDatabaseAsync();
        await MigrateAsync(simulated, isSimulated: true);
        var normal = await TestServer.NewEmptyDatabaseAsync();
        await MigrateAsync(normal);

        await MigrateAsync(simulated, isSimulated: true);
        Assert.Contains("模拟", (await Assert.ThrowsAsync<DataFolderException>(() => MigrateAsync(simulated))).Chinese, StringComparison.Ordinal);
        Assert.Contains("模拟", (await Assert.ThrowsAsync<DataFolderException>(() => MigrateAsync(normal, isSimulated: true))).Chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_that_may_not_create_roles_is_told_what_an_administrator_has_to_do()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await RunAsync(database, $"create role {name}_poor login password 'poor'");
        var poor = new NpgsqlConnectionStringBuilder(database) { Username = $"{name}_poor", Password = "poor" };

        var refused = await Assert.ThrowsAsync<DataFolderException>(() => MigrateAsync(poor.ConnectionString));

        Assert.Contains("CREATEROLE", refused.Chinese, StringComparison.Ordinal);
        Assert.Contains($"{name}_poor", refused.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_login_with_createrole_that_owns_the_database_is_enough()
    {
        var database = await TestServer.NewEmptyDatabaseAsync();
        var name = new NpgsqlConnectionStringBuilder(database).Database;
        await RunAsync(database, $"create role {name}_owner login createrole password 'rich'");
        await RunAsync(database, $"alter database {name} owner to {name}_owner");
        await RunAsync(database, $"grant workflow_owner, workflow_app, workflow_engine, workflow_ingest to {name}_owner with admin option");
        var owner = new NpgsqlConnectionStringBuilder(database) { Username = $"{name}_owner", Password = "rich" };

        await using var opened = await TestServer.OpenAsync(owner.ConnectionString);

        Assert.True(await opened.IsAliveAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named()
    {
        var refused = await Assert.ThrowsAsync<DataFolderException>(() => MigrateAsync("Host=/nowhere;Username=a;Password=b;Database=c;Timeout=1"));

        Assert.Contains("/nowhere", refused.Chinese, StringComparison.Ordinal);
    }

    private static Task MigrateAsync(string connectionString, bool isSimulated = false, int upTo = int.MaxValue) =>
        Migrator.MigrateAsync(new Migrator.Request(connectionString, CreateLogins: true, isSimulated, TimeProvider.System.GetUtcNow(), upTo), CancellationToken.None);

    private static async Task<List<string>> ListAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private static async Task RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<T> ScalarAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }
}
