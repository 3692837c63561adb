using Npgsql;

namespace WorkflowEngine.Storage.Postgres;

/// <summary>Tells what is wrong with the server, or with the way to it, from what is wrong with a row.</summary>
public static class DatabaseTrouble
{
    /// <summary>
    /// Connection, transaction, resources, locks, intervention by an operator, the system around the server: the classes of error that concern whoever asks,
    /// whatever they ask for.
    /// </summary>
    private static readonly string[] OfTheServer = ["08", "25", "40", "53", "55", "57", "58"];

    /// <summary>True: the server is there and says that it is starting, recovering or stopping.</summary>
    public static bool IsStarting(Exception problem)
    {
        for (var at = problem; at is not null; at = at.InnerException)
        {
            if (at is PostgresException { SqlState: PostgresErrorCodes.CannotConnectNow }) return true;
        }

        return false;
    }

    /// <summary>
    /// True: it passes, and the same may be tried again. Nothing must be set aside because of it; the work is still there when the server is back. A pool that was
    /// closed belongs to a host that is ending.
    /// </summary>
    public static bool IsPassing(Exception problem)
    {
        for (var at = problem; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case PostgresException refused:
                    return OfTheServer.Contains(refused.SqlState[..2]);
                case NpgsqlException or ObjectDisposedException:
                // The driver no longer understands what the server sends, as after a question that was cancelled at a bad moment, and has closed the connection (npgsql/npgsql#5803).
                case { Source: "Npgsql" } when at.GetType() == typeof(Exception):
                    return true;
            }
        }

        return false;
    }

    /// <summary>Data that the database refuses, and would refuse again. Anything else concerns the server or the schema, and whatever else is written alike.</summary>
    internal static bool IsOfTheData(PostgresException refused) => refused.SqlState[..2] is "22" or "23" or "54";
}
