using System.Diagnostics.CodeAnalysis;
using Npgsql;
using NpgsqlTypes;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>Short forms of what every store does with a command.</summary>
internal static class Commands
{
    /// <summary>For statements made of constants; values travel as parameters.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Callers pass constant text and quoted identifiers.")]
    public static async Task RunAsync(this NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    [SuppressMessage("Security", "CA2100", Justification = "Callers pass constant text and quoted identifiers.")]
    public static async Task<T> ScalarAsync<T>(this NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Adds a statement with positional parameters. A value may be a plain value, <c>null</c>, or a typed <see cref="NpgsqlParameter"/>.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Callers pass constant text.")]
    public static NpgsqlBatchCommand Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object?> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = AsStored(value) });
        }

        batch.BatchCommands.Add(command);
        return command;
    }

    /// <summary>The first statement of every batch: whose eyes the transaction sees with.</summary>
    public static NpgsqlBatchCommand AddTenant(this NpgsqlBatch batch, Tenant tenant) =>
        batch.Add("select set_config('workflow.tenant', $1, true), set_config('workflow.path', $2, true)", tenant.OrganisationId, tenant.Path);

    /// <summary>Opens a connection, begins a transaction and returns a batch that starts with the tenant.</summary>
    public static async Task<TenantBatch> BeginAsync(this NpgsqlDataSource source, Tenant tenant, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(ct);
            return new TenantBatch(connection, transaction, tenant);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>One query, by itself: one way to the server and back, where a transaction would need three.</summary>
    public static async Task<List<T>> QueryAsync<T>(
        this NpgsqlDataSource source, Tenant tenant, string sql, Func<NpgsqlDataReader, T> map, CancellationToken ct, params object?[] values)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        // A batch is one transaction, so that the tenant is set for it and for nothing after it. Planned once for a connection: planning anew for the arrays of each call costs more than the query.
        await using var batch = new NpgsqlBatch(connection);
        batch.Add(
            "select set_config('workflow.tenant', $1, true), set_config('workflow.path', $2, true), set_config('plan_cache_mode', 'force_generic_plan', true)", tenant.OrganisationId, tenant.Path);
        batch.Add(sql, values);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    public static NpgsqlParameter Nullable(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = AsStored(value) };

    public static NpgsqlParameter Bytes(byte[]? value) => Nullable(NpgsqlDbType.Bytea, value);

    public static NpgsqlParameter Text(string? value) => Nullable(NpgsqlDbType.Text, value);

    public static NpgsqlParameter Json(string? value) => Nullable(NpgsqlDbType.Json, value);

    /// <summary>PostgreSQL keeps instants as UTC microseconds; Npgsql takes them as UTC only.</summary>
    private static object AsStored(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset instant => instant.UtcDateTime,
        _ => value,
    };

    /// <summary>A stored instant. Its offset is zero; the zone of a date is Asia/Shanghai and the caller's affair.</summary>
    public static DateTimeOffset Instant(this NpgsqlDataReader reader, int column) =>
        new(reader.GetDateTime(column), TimeSpan.Zero);

    public static DateTimeOffset? InstantOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.Instant(column);

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);

    public static DateOnly? DateOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
}

/// <summary>One transaction that sees with the eyes of one tenant. Rolled back unless committed.</summary>
internal sealed class TenantBatch(NpgsqlConnection connection, NpgsqlTransaction transaction, Tenant tenant) : IAsyncDisposable
{
    private bool _tenantSet;
    private bool _disposed;

    public NpgsqlConnection Connection => connection;

    public NpgsqlTransaction Transaction => transaction;

    /// <summary>A batch of this transaction; the first one carries the tenant, whose row comes first in its results.</summary>
    public NpgsqlBatch Batch()
    {
        var batch = new NpgsqlBatch(connection, transaction);
        if (!_tenantSet)
        {
            batch.AddTenant(tenant);
            _tenantSet = true;
        }

        return batch;
    }

    /// <summary>Runs one statement in a batch of its own and returns the number of rows it touched.</summary>
    public async Task<int> RunAsync(string sql, CancellationToken ct, params object?[] values)
    {
        await using var batch = Batch();
        var command = batch.Add(sql, values);
        await batch.ExecuteNonQueryAsync(ct);
        return checked((int)command.RecordsAffected);
    }

    /// <summary>Runs one query and maps its rows.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> map, CancellationToken ct, params object?[] values)
    {
        await using var batch = Batch();
        var setsTenant = batch.BatchCommands.Count == 1;
        batch.Add(sql, values);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        if (setsTenant)
        {
            await reader.NextResultAsync(ct);
        }

        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(map(reader));
        }

        return rows;
    }

    public Task CommitAsync(CancellationToken ct) => transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        // The driver hands the same transaction object to the connection's next user: disposing it twice would roll back a stranger's work.
        if (_disposed) return;

        _disposed = true;
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }
}
