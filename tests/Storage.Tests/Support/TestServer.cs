using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Storage.Migrations;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Tests.Support;

/// <summary>One embedded server for the whole run; every test class gets a database of its own, copied from a migrated one.</summary>
internal static class TestServer
{
    private static readonly Lazy<Task<EmbeddedPostgres>> Server = new(StartAsync);
    private static readonly SemaphoreSlim Copying = new(1);
    private static int s_databases;

    public static TempFolder Folder { get; } = new();

    /// <summary>The superuser's connection string to a database.</summary>
    public static async Task<string> ConnectionStringAsync(string database) =>
        new NpgsqlConnectionStringBuilder((await Server.Value).ConnectionString) { Database = database }.ConnectionString;

    /// <summary>An empty database, not migrated.</summary>
    public static Task<string> NewEmptyDatabaseAsync() => CreateAsync("template0");

    /// <summary>A migrated database, opened.</summary>
    public static async Task<Database> NewDatabaseAsync() => await OpenAsync(await CreateAsync("workflow"));

    public static Task<Database> OpenAsync(string connectionString) =>
        Database.OpenAsync(
            new StorageOptions { ConnectionString = connectionString, DataFolder = Folder.Path, PoolSize = 10 }, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    private static async Task<string> CreateAsync(string template)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref s_databases)}");
        await using var connection = new NpgsqlConnection(await ConnectionStringAsync("postgres"));
        await connection.OpenAsync();
        // A database is copied only while nobody else copies or uses it.
        await Copying.WaitAsync();
        try
        {
            await using var command = new NpgsqlCommand($"create database {name} template {template}", connection);
            await command.ExecuteNonQueryAsync();
        }
        finally
        {
            Copying.Release();
        }

        return await ConnectionStringAsync(name);
    }

    private static async Task<EmbeddedPostgres> StartAsync()
    {
        var server = await EmbeddedPostgres.StartAsync(
            new StorageOptions { DataFolder = Folder.Path }, TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(20));
            Folder.Dispose();
        };
        await Migrator.MigrateAsync(
            new Migrator.Request(server.ConnectionString, CreateLogins: true, Simulated: false, TimeProvider.System.GetUtcNow()), CancellationToken.None);
        return server;
    }
}
