using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Tests.Ingest;

/// <summary>Reads every row of every table that the engine may read as text, as somebody with a stolen copy would.</summary>
internal static class DatabaseScan
{
    public static async Task<IReadOnlyList<string>> RowsContainingAsync(IServiceProvider services, string text)
    {
        var database = services.GetRequiredService<Database>();
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using (var all = new NpgsqlCommand("select set_config('workflow.tenant', 'system', false)", connection))
        {
            await all.ExecuteNonQueryAsync();
        }

        var tables = new List<string>();
        await using (var list = new NpgsqlCommand("select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') and has_table_privilege(quote_ident(table_schema) || '.' || quote_ident(table_name), 'select')", connection))
        await using (var reader = await list.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync()) tables.Add(reader.GetString(0));
        }

        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var scan = new NpgsqlCommand($"select left(t::text, 2000) from {table} t where position($1 in t::text) > 0 limit 3", connection) { Parameters = { new() { Value = text } } };
            await using var reader = await scan.ExecuteReaderAsync();
            while (await reader.ReadAsync()) found.Add($"{table}: {reader.GetString(0)}");
        }

        return found;
    }
}
