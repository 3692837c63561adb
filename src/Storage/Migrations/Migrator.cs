using System.Data;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Migrations;

/// <summary>
/// Brings a database to this program's schema: numbered SQL files, each applied once in a transaction of its own, all under one advisory lock, so that
/// any number of hosts may start at once. A file that was applied never changes again: its checksum is kept. Files only ever add, so that hosts of the release
/// before go on beside hosts of this one; a file that cannot says which script a program must know (<c>-- needs-program: 16</c>), and older ones are refused.
/// </summary>
public static class Migrator
{
    /// <summary>"WorkflowE" as a number: the lock that migrating hosts of one database queue at.</summary>
    private const long LockKey = 0x576F726B666C6F77;

    private const int OldestServer = 150000;

    /// <summary>What a migration run is told.</summary>
    /// <param name="CreateLogins">Create the three login roles with passwords derived from the connection's own; otherwise they must exist.</param>
    /// <param name="Now">System time, recorded with what is created.</param>
    /// <param name="UpTo">The last script to apply; an earlier one than the newest makes a database such as an older program left.</param>
    public sealed record Request(string ConnectionString, bool CreateLogins, bool Simulated, DateTimeOffset Now, int UpTo = int.MaxValue);

    /// <summary>The login of a role in a database. Logins are per database, so that two installations on one server do not share passwords.</summary>
    public static string LoginOf(string database, string role)
    {
        var login = $"{database}_{role}_login";
        return login.Length <= 63
            ? login
            : $"wf_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(database)))[..32]}_{role}";
    }

    /// <summary>
    /// The password of a login, derived from the password of the connection that migrates: every host that was given the same connection string
    /// finds the same one, and nothing has to be stored.
    /// </summary>
    public static string PasswordOf(string adminPassword, string login) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(adminPassword), Encoding.UTF8.GetBytes("workflow login " + login)));

    /// <summary>Checks the server, creates roles, applies what is missing.</summary>
    /// <exception cref="DataFolderException">The server is too old, may not be changed by this login, is newer than this program, or of the other kind of time.</exception>
    public static async Task MigrateAsync(Request request, CancellationToken ct)
    {
        // A lock that the session holds must not survive in a pool.
        var settings = new NpgsqlConnectionStringBuilder(request.ConnectionString) { Pooling = false, CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
        }
        catch (NpgsqlException unreachable)
        {
            throw new DataFolderException(
                $"无法连接数据库（{settings.Host}，数据库 {settings.Database}）：{unreachable.Message} 请检查 ConnectionStrings__Default。",
                $"Cannot connect to the database ({settings.Host}, database {settings.Database}): {unreachable.Message} Check ConnectionStrings__Default.",
                unreachable);
        }

        var version = await connection.ScalarAsync<int>("select current_setting('server_version_num')::int", ct);
        if (version < OldestServer)
        {
            throw new DataFolderException(
                $"数据库服务器版本为 {connection.ServerVersion}，需要 PostgreSQL 15 或更高版本。",
                $"The server runs PostgreSQL {connection.ServerVersion}; version 15 or newer is needed.");
        }

        await connection.RunAsync($"select pg_advisory_lock({LockKey})", ct);
        await CreateRolesAsync(connection, settings, request.CreateLogins, ct);
        await connection.RunAsync("set role workflow_owner", ct);
        await ApplyAsync(connection, request, ct);
    }

    private static async Task CreateRolesAsync(NpgsqlConnection connection, NpgsqlConnectionStringBuilder settings, bool createLogins, CancellationToken ct)
    {
        var database = connection.Database;
        try
        {
            foreach (var role in (string[])["owner", "app", "engine", "ingest"])
            {
                // Group roles are shared by all databases of a server, so two of them may be created at once.
                await connection.RunAsync(
                    $"""
                    do $$ begin
                      if not exists (select from pg_roles where rolname = 'workflow_{role}') then create role workflow_{role} nologin; end if;
                    exception when duplicate_object or unique_violation then null;
                    end $$
                    """, ct);
            }

            await connection.RunAsync(
                """
                do $$ begin
                  if not pg_has_role(current_user, 'workflow_owner', 'member') then execute format('grant workflow_owner to %I', current_user); end if;
                  if not pg_has_role(current_user, 'workflow_engine', 'member') then execute format('grant workflow_engine to %I', current_user); end if;
                  if not has_schema_privilege('workflow_owner', 'public', 'create') then grant usage, create on schema public to workflow_owner; end if;
                  if not has_schema_privilege('workflow_app', 'public', 'usage') then grant usage on schema public to workflow_app, workflow_engine, workflow_ingest; end if;
                  if to_regnamespace('quartz') is null then create schema quartz authorization workflow_engine; end if;
                end $$
                """, ct);

            if (!createLogins)
            {
                return;
            }

            var password = settings.Password ?? throw new DataFolderException(
                "ConnectionStrings__Default 没有密码，无法为各角色设置登录。请另外提供 ConnectionStrings__App、ConnectionStrings__Engine 和 ConnectionStrings__Ingest。",
                "ConnectionStrings__Default has no password to derive the roles' logins from. Give ConnectionStrings__App, ConnectionStrings__Engine and ConnectionStrings__Ingest as well.");
            await connection.RunAsync($"revoke connect on database {Quoted(database)} from public", ct);
            foreach (var role in (string[])["app", "engine", "ingest"])
            {
                var login = LoginOf(database, role);
                var exists = await connection.ScalarAsync<bool>($"select exists (select from pg_roles where rolname = '{login.Replace("'", "''", StringComparison.Ordinal)}')", ct);
                await connection.RunAsync(
                    $"""
                    {(exists ? "alter" : "create")} role {Quoted(login)} login nosuperuser nocreatedb nocreaterole password '{PasswordOf(password, login)}';
                    grant workflow_{role} to {Quoted(login)};
                    grant connect on database {Quoted(database)} to {Quoted(login)};
                    """, ct);
            }
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new DataFolderException(
                $"登录 {settings.Username} 无权在数据库 {database} 中创建角色：{refused.MessageText} 请由管理员执行 docs/operations/database-roles.sql，"
                + "或授予 CREATEROLE 和数据库所有权，并提供 ConnectionStrings__App、ConnectionStrings__Engine、ConnectionStrings__Ingest。",
                $"Login {settings.Username} may not create roles in database {database}: {refused.MessageText} Have an administrator run docs/operations/database-roles.sql, "
                + "or grant CREATEROLE and ownership of the database, and give ConnectionStrings__App, ConnectionStrings__Engine, ConnectionStrings__Ingest.",
                refused);
        }
    }

    private static async Task ApplyAsync(NpgsqlConnection connection, Request request, CancellationToken ct)
    {
        await connection.RunAsync(
            "create table if not exists migrations (version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null)", ct);
        await connection.RunAsync("alter table migrations add column if not exists needs_program integer not null default 0", ct);
        var applied = new Dictionary<int, string>();
        var needed = 0;
        await using (var command = new NpgsqlCommand("select version, checksum, needs_program from migrations", connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct))
            {
                applied.Add(reader.GetInt32(0), reader.GetString(1));
                needed = Math.Max(needed, reader.GetInt32(2));
            }
        }

        var scripts = Scripts();
        var isNew = applied.Count == 0;
        // A newer program may have been here: what it added does not concern this one, unless it says so.
        if (needed > scripts[^1].Version)
        {
            throw new DataFolderException(
                $"数据库结构要求程序认识脚本 {needed}，本程序只认识到 {scripts[^1].Version}。请使用较新的程序。",
                $"The database wants a program that knows script {needed}; this one knows {scripts[^1].Version}. Use the newer program.");
        }

        foreach (var script in scripts.TakeWhile(script => script.Version <= request.UpTo))
        {
            if (applied.TryGetValue(script.Version, out var checksum))
            {
                if (checksum != script.Checksum)
                {
                    throw new DataFolderException(
                        $"数据库结构脚本 {script.Name} 在应用之后被改动。请恢复原脚本，变更另写新脚本。",
                        $"Migration {script.Name} was changed after it had been applied. Restore it and write a new one.");
                }

                continue;
            }

            await using var transaction = await connection.BeginTransactionAsync(ct);
            await connection.RunAsync(script.Sql, ct);
            await using var record = new NpgsqlCommand(
                "insert into migrations (version, name, checksum, applied_at, needs_program) values ($1, $2, $3, $4, $5)", connection, transaction)
            {
                Parameters =
                {
                    new() { Value = script.Version }, new() { Value = script.Name }, new() { Value = script.Checksum }, new() { Value = request.Now.UtcDateTime },
                    new() { Value = MigrationRule.ProgramThatIsNeeded(script.Sql) },
                },
            };
            await record.ExecuteNonQueryAsync(ct);
            if (isNew && script == scripts[0])
            {
                await using var mark = new NpgsqlCommand("insert into installation (id, created_at, simulated) values ($1, $2, $3)", connection, transaction)
                {
                    Parameters = { new() { Value = Guid.NewGuid() }, new() { Value = request.Now.UtcDateTime }, new() { Value = request.Simulated } },
                };
                await mark.ExecuteNonQueryAsync(ct);
            }

            await transaction.CommitAsync(ct);
        }

        var simulated = await connection.ScalarAsync<bool>("select simulated from installation", ct);
        if (simulated && !request.Simulated)
        {
            throw new DataFolderException(
                "该数据库是模拟运行（--simulated）创建的，不能用于正式运行。请换一个数据目录或数据库。",
                "This database was created by a simulation (--simulated) and is refused by a normal host. Use another data folder or database.");
        }

        if (!simulated && request.Simulated)
        {
            throw new DataFolderException(
                "模拟运行（--simulated）只能使用由模拟运行创建的数据库。请换一个空的数据目录或数据库。",
                "A simulation (--simulated) runs only on a database that a simulation created. Use an empty data folder or database.");
        }
    }

    private sealed record Script(int Version, string Name, string Sql, string Checksum);

    private static List<Script> Scripts()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var sql = reader.ReadToEnd();
            return new Script(
                int.Parse(name.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture),
                name,
                sql,
                Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
        })];
    }

    private static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
