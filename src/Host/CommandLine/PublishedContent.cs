using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;

namespace WorkflowEngine.Host.CommandLine;

/// <summary>What is published, as a verb reads it from the database of a host that may be running. Nothing is started or changed for it.</summary>
/// <param name="Synced">As <see cref="VersionStore.SyncedAsync"/>.</param>
public sealed record PublishedContent(string ReleaseId, IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, string>? Synced)
{
    /// <param name="release">Null: the one in force.</param>
    /// <returns>Null: no database is running here, or it has no such release.</returns>
    public static async Task<PublishedContent?> OpenAsync(HostSettings settings, string? release, CancellationToken ct)
    {
        if ((settings.Storage.ConnectionString ?? EmbeddedPostgres.ConnectionTo(settings.DataFolder)) is not { } connection) return null;

        using var logs = LoggerFactory.Create(logging => HostLogging.Configure(logging, settings));
        await using var database = await Database.OpenAsync(settings.Storage with { ConnectionString = connection, ReadOnly = true }, TimeProvider.System, logs, ct);
        var releases = new ReleaseStore(database, new WakeUps(database, TimeProvider.System, logs.CreateLogger<WakeUps>()));
        return (release ?? (await releases.CurrentAsync(ct))?.Id) is { } id && await releases.FilesAsync(id, ct) is { } files
            ? new PublishedContent(id, files, await new VersionStore(database).SyncedAsync(ct))
            : null;
    }
}
