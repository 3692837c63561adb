using Microsoft.Extensions.Logging;
using Npgsql;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>The open database: migrated, one pool per role. Opened once per process.</summary>
public sealed class Database : IAsyncDisposable
{
    private Database()
    {
    }

    public override string ToString() => "Database";

    /// <summary>Reads and writes on behalf of people. No DDL, no change of journal and audit; sees what the tenant of the command may see.</summary>
    public NpgsqlDataSource App => throw new NotSupportedException("Follows.");

    /// <summary>The engine's role; also owns the schema <c>quartz</c>.</summary>
    public NpgsqlDataSource Engine => throw new NotSupportedException("Follows.");

    /// <summary>Inserts what devices send, reads nothing.</summary>
    public NpgsqlDataSource Ingest => throw new NotSupportedException("Follows.");

    /// <summary>
    /// Starts the private server or connects to the given one, migrates under an advisory lock, opens the pools.
    /// </summary>
    /// <exception cref="DataFolderException">A person has to do something about it.</exception>
    public static Task<Database> OpenAsync(StorageOptions options, TimeProvider systemClock, ILoggerFactory logs, CancellationToken ct) =>
        throw new NotSupportedException("Follows.");

    /// <summary>Whether the server answers, for readiness.</summary>
    public Task<bool> IsAliveAsync(CancellationToken ct) => throw new NotSupportedException("Follows.");

    /// <summary>Closes the pools and stops the private server, in bounded time.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
