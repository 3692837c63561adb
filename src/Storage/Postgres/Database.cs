using Microsoft.Extensions.Logging;
using Npgsql;
using WorkflowEngine.Storage.Migrations;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>How the server fares with its <c>archive_command</c>. Instants are system time.</summary>
/// <param name="Archived">Segments of the log.</param>
/// <param name="Failed">Tries that failed; each is made again until it succeeds, and the log grows meanwhile.</param>
public sealed record ArchiveState(long Archived, DateTimeOffset? LastArchivedAt, long Failed, DateTimeOffset? LastFailedAt)
{
    /// <summary>The last try failed: a restore ends before it, and the disk fills.</summary>
    public bool IsFailing => LastFailedAt is { } failed && (LastArchivedAt is not { } archived || failed > archived);
}

/// <summary>The open database: migrated, one pool per role. Opened once per process.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>
    /// A host that stands still within a transaction (stopped, swapped out, cut off) holds the locks of its cases against every other host. After this long the
    /// server ends the transaction; the host finds its connection gone and does the work again, if nobody else has done it.
    /// </summary>
    private const string LeaseOfLocks = "-c idle_in_transaction_session_timeout=10s";

    private readonly EmbeddedPostgres? _server;

    private Database(EmbeddedPostgres? server, NpgsqlDataSource app, NpgsqlDataSource signIn, NpgsqlDataSource engine, NpgsqlDataSource ingest, Envelope envelope, MonthKeys monthKeys)
    {
        _server = server;
        App = app;
        SignIn = signIn;
        Engine = engine;
        Ingest = ingest;
        Envelope = envelope;
        MonthKeys = monthKeys;
    }

    /// <summary>Reads and writes on behalf of people. No DDL, no change of journal and audit; sees what the tenant of the command may see.</summary>
    public NpgsqlDataSource App { get; }

    /// <summary>The app role in the sign-in scope: the tables of Identity and nothing else.</summary>
    public NpgsqlDataSource SignIn { get; }

    /// <summary>The engine's role; also owns the schema <c>quartz</c>.</summary>
    public NpgsqlDataSource Engine { get; }

    /// <summary>Inserts what devices send, reads nothing.</summary>
    public NpgsqlDataSource Ingest { get; }

    /// <summary>Seals what may not lie open.</summary>
    public Envelope Envelope { get; }

    /// <summary>Seals what devices send of persons.</summary>
    internal MonthKeys MonthKeys { get; }

    /// <summary>Ends when the private server ended by itself; never, when the server is not ours.</summary>
    public Task ServerStopped => _server?.Stopped ?? Task.Delay(Timeout.Infinite);

    /// <summary>
    /// Starts the private server or connects to the given one, migrates under an advisory lock, opens the pools.
    /// </summary>
    /// <exception cref="DataFolderException">A person has to do something about it.</exception>
    public static async Task<Database> OpenAsync(StorageOptions options, TimeProvider systemClock, ILoggerFactory logs, CancellationToken ct)
    {
        var server = options.ConnectionString is null
            ? await EmbeddedPostgres.StartAsync(options, systemClock, logs.CreateLogger<EmbeddedPostgres>(), ct)
            : null;
        try
        {
            var admin = new NpgsqlConnectionStringBuilder(server?.ConnectionString ?? options.ConnectionString);
            string?[] given = [options.AppConnectionString, options.EngineConnectionString, options.IngestConnectionString];
            if (given.Any(text => text is null) && given.Any(text => text is not null))
            {
                throw new DataFolderException(
                    "ConnectionStrings__App、ConnectionStrings__Engine、ConnectionStrings__Ingest 必须同时提供，或都不提供。",
                    "Give ConnectionStrings__App, ConnectionStrings__Engine and ConnectionStrings__Ingest all together, or none of them.");
            }

            var createLogins = given[0] is null;
            if (!options.ReadOnly)
            {
                await Migrator.MigrateAsync(
                    new Migrator.Request(admin.ConnectionString, createLogins, options.Simulated, systemClock.GetUtcNow()), ct);
            }

            NpgsqlConnectionStringBuilder As(string role, string? text)
            {
                var settings = LoginOf(admin.ConnectionString, role, text);
                settings.MaxPoolSize = options.PoolSize;
                // Statements are constant texts; the server plans each once per connection.
                settings.MaxAutoPrepare = 100;
                settings.AutoPrepareMinUsages = 2;
                settings.Options = $"{settings.Options} {LeaseOfLocks}".Trim();
                return settings;
            }

            var app = As("app", options.AppConnectionString);
            // A start-up setting, so that it survives the reset between two uses of a pooled connection.
            var signIn = new NpgsqlConnectionStringBuilder(app.ConnectionString) { Options = $"{app.Options} -c workflow.tenant=sign-in", ApplicationName = "workflow-sign-in" };
            var engine = NpgsqlDataSource.Create(As("engine", options.EngineConnectionString));
            try
            {
                if (!options.ReadOnly && await Origin.CheckAsync(engine, ct))
                {
                    logs.CreateLogger<Database>().LogWarning("The data lies elsewhere than when it was last opened: a backup was restored, or a standby took over. Mail of before waits for a decision.");
                }

                var master = MasterKey.Load(options);
                var envelope = await DataKeys.LoadAsync(engine, master, systemClock.GetUtcNow(), ct);
                if (options.ReadOnly)
                {
                    await engine.DisposeAsync();
                    var reading = As("engine", options.EngineConnectionString);
                    reading.Options = $"{reading.Options} -c default_transaction_read_only=on";
                    app.Options = $"{app.Options} -c default_transaction_read_only=on";
                    engine = NpgsqlDataSource.Create(reading);
                }

                return new Database(
                    server, NpgsqlDataSource.Create(app), NpgsqlDataSource.Create(signIn), engine, NpgsqlDataSource.Create(As("ingest", options.IngestConnectionString)), envelope,
                    new MonthKeys(engine, master));
            }
            catch
            {
                await engine.DisposeAsync();
                throw;
            }
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>How a role signs in.</summary>
    /// <param name="admin">The connection that migrates, from which logins are derived.</param>
    /// <param name="given">The role's own connection, where there is one.</param>
    internal static NpgsqlConnectionStringBuilder LoginOf(string admin, string role, string? given)
    {
        var settings = new NpgsqlConnectionStringBuilder(given ?? admin) { ApplicationName = $"workflow-{role}" };
        if (given is null)
        {
            settings.Username = Migrator.LoginOf(settings.Database!, role);
            settings.Password = Migrator.PasswordOf(settings.Password!, settings.Username);
        }

        return settings;
    }

    /// <summary>
    /// Takes no connection into use again that is open now. For a host that has stood still for longer than <see cref="LeaseOfLocks"/>: the server has ended some of them, and whoever
    /// got one next would be told so in the place of an answer.
    /// </summary>
    public void ForgetConnections()
    {
        foreach (var pool in (NpgsqlDataSource[])[App, SignIn, Engine, Ingest]) pool.Clear();
    }

    /// <summary>How the server fares with copying its log away; null: it is not told to.</summary>
    public async Task<ArchiveState?> ArchiveAsync(CancellationToken ct)
    {
        await using var command = Engine.CreateCommand(
            "select current_setting('archive_mode') <> 'off', archived_count, last_archived_time, failed_count, last_failed_time from pg_stat_archiver");
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return reader.GetBoolean(0) ? new ArchiveState(reader.GetInt64(1), reader.InstantOrNull(2), reader.GetInt64(3), reader.InstantOrNull(4)) : null;
    }

    /// <summary>Whether the server answers, for readiness.</summary>
    public async Task<bool> IsAliveAsync(CancellationToken ct)
    {
        try
        {
            await using var command = Engine.CreateCommand("select 1");
            return await command.ExecuteScalarAsync(ct) is 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Closes the pools and stops the private server, in bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await SignIn.DisposeAsync();
        await Engine.DisposeAsync();
        await Ingest.DisposeAsync();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
