using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Host.ContentSync;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Timers;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Host.Serving;

/// <summary>Whether requests can be served, and if not, what is in the way.</summary>
/// <param name="Ready">The database answers and there is content to run.</param>
/// <param name="ContentRefused">The files as they are now have errors; <paramref name="Release"/> stays in force.</param>
/// <param name="ContentProblems"><c>file:line: what is wrong</c>.</param>
/// <param name="Reconciled">The last round of the reconciler; null before the first.</param>
/// <param name="Archive">Of the database's log to the backup folder; null where the server does not archive.</param>
public sealed record Readiness(bool Ready, bool Database, string? Release, bool ContentRefused, IReadOnlyList<string> ContentProblems, ReconciledState? Reconciled, ArchiveState? Archive);

/// <summary>How the last round over all running instances ended.</summary>
/// <param name="At">System time; more than a minute ago means that no round comes to its end.</param>
/// <param name="Healed">Orphans that it put right.</param>
/// <param name="Raised">Orphans that it made incidents of.</param>
/// <param name="Ever">Orphans of all rounds since the installation began.</param>
public sealed record ReconciledState(DateTimeOffset At, long Healed, long Raised, long Ever);

/// <summary>For whoever watches the host: <c>/health/live</c> and <c>/health/ready</c>.</summary>
public static class Health
{
    private const int MostProblems = 100;

    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Ok()).AllowAnonymous();
        app.MapGet("/health/ready", ReadyAsync).AllowAnonymous();
    }

    private static async Task<JsonHttpResult<Readiness>> ReadyAsync(Database database, ContentReleases releases, FolderSync sync, Reconciler reconciler, ServerWatch server, CancellationToken ct)
    {
        var alive = await database.IsAliveAsync(ct);
        var status = sync.Status;
        IEnumerable<string> problems = status.Problems.Select(problem => problem.ToString());
        if (status.FolderError is { } error) problems = problems.Prepend(error);
        var readiness = new Readiness(
            alive && releases.HasCurrent, alive, releases.HasCurrent ? releases.Current.Id : null, status.Refused || status.FolderError is not null, [.. problems.Take(MostProblems)],
            reconciler.Last is { EndedAt: { } at } round ? new ReconciledState(at, round.Healed, round.Raised, round.TotalHealed + round.TotalRaised) : null,
            await server.ArchiveAsync(ct));
        return TypedResults.Json(readiness, statusCode: readiness.Ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
