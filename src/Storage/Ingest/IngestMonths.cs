using Npgsql;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>The tables of what devices send, one for each calendar month (Beijing) of arrival.</summary>
public sealed class IngestMonths(Database database)
{
    /// <summary>Months that are there before anything arrives in them. What arrives in a month that is not there lies in the default partition until it is.</summary>
    private const int Ahead = 3;

    /// <summary>
    /// Opens this month and the next three, and moves what had arrived before theirs was there. Returns the number of tables made; <c>null</c> when somebody is at the tables for longer than
    /// two seconds, or opens months himself: it is to be tried again later.
    /// </summary>
    public async Task<int?> OpenAsync(DateTimeOffset businessNow, CancellationToken ct)
    {
        var month = MonthKeys.MonthOf(businessNow);
        try
        {
            await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
            var made = await transaction.QueryAsync("select open_ingest_months($1, $2)", reader => reader.IsDBNull(0) ? (int?)null : reader.GetInt32(0), ct, month, month.AddMonths(Ahead));
            await transaction.CommitAsync(ct);
            return made[0];
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return null;
        }
    }
}
