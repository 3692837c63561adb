using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Bench.Chaos;

/// <summary>The PostgreSQL that all hosts share: a real server, which the rig crashes and whose connections it cuts.</summary>
internal sealed class RigDatabase : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StorageOptions _options;
    private EmbeddedPostgres _server;

    private RigDatabase(StorageOptions options, EmbeddedPostgres server)
    {
        _options = options;
        _server = server;
    }

    /// <summary>As superuser: row-level security hides nothing from the checker.</summary>
    public string ConnectionString => _server.ConnectionString;

    /// <summary>A connection of the rig's own: not out of a pool, which would hold some of before the last crash.</summary>
    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public static async Task<RigDatabase> StartAsync(StorageOptions options) => new(options, await StartServerAsync(options));

    /// <summary>As <c>pg_ctl stop -m immediate</c> and start: nothing is written out, the server recovers from its log.</summary>
    /// <param name="againAfter">How long after its start the server is stopped in the same way once more; null: it is not.</param>
    public async Task CrashAsync(TimeSpan? againAfter)
    {
        await QuitAsync(_server.Stopped);
        await _server.DisposeAsync();
        if (againAfter is { } wait)
        {
            var recovering = StartServerAsync(_options);
            while (ProcessId() is null && !recovering.IsCompleted) await Task.Delay(TimeSpan.FromMilliseconds(1));
            await Task.Delay(wait);
            await QuitAsync(recovering);
            try
            {
                await (await recovering).DisposeAsync();
            }
            catch (Exception stopped) when (stopped is DataFolderException or NpgsqlException)
            {
                // It was stopped before it could serve anybody, which is what was wanted.
            }
        }

        _server = await StartServerAsync(_options);
    }

    /// <summary>Ends some of the connections that hosts hold. Returns how many.</summary>
    /// <param name="share">Of all of them, from 0 to 1.</param>
    public async Task<int> CutAsync(double share, Random random)
    {
        var some = random.NextDouble();
        await using var connection = await OpenAsync(ConnectionString);
        await using var command = new NpgsqlCommand(
            """
            select count(*) filter (where pg_terminate_backend(pid))::int from (
              select pid from pg_stat_activity where application_name like 'workflow-%' order by abs(sin(pid * $2)) limit (
                select ceil(count(*) * $1)::int from pg_stat_activity where application_name like 'workflow-%')) as chosen
            """,
            connection) { Parameters = { new() { Value = share }, new() { Value = some * 1000 } } };
        return (int)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static Task<EmbeddedPostgres> StartServerAsync(StorageOptions options) =>
        EmbeddedPostgres.StartAsync(options, TimeProvider.System, NullLogger.Instance, CancellationToken.None);

    private int? ProcessId()
    {
        var file = Path.Combine(_options.DataFolder, "postgres", "postmaster.pid");
        try
        {
            return int.TryParse(File.ReadLines(file).FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Directory.Exists($"/proc/{pid}") ? pid : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task QuitAsync(Task ended)
    {
        if (ProcessId() is not { } pid) return;

        using var kill = Process.Start("kill", ["-QUIT", pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        // Its end may also be told by the exception of a start that failed.
        await Task.WhenAny(ended, Task.Delay(Patience));
    }
}
