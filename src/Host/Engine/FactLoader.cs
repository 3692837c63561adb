using WorkflowEngine.Content;
using WorkflowEngine.Storage;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Submissions;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Engine;

/// <summary>
/// Loads what a burst asks for: rules and definitions from the release that the case began with, the calendar that is in
/// force now, the rest from the database.
/// </summary>
public sealed class FactLoader(ContentReleases releases, OrganisationStore organisations, SubmissionStore submissions, IngestStore ingest, CaseRegister register, AttachmentStore attachments)
{
    /// <summary>What a burst knows before it asks: the release that the case began with, and the calendar that is in force now.</summary>
    public Facts Of(ContentSet content) => content.Facts.With(FactKey.Calendar, releases.Calendar);

    /// <param name="businessNow">What of a case is late, is late at this instant.</param>
    /// <exception cref="EngineContentException">A fact does not exist; the message names it.</exception>
    public async Task<Facts> LoadAsync(Facts known, IReadOnlyList<FactKey> wanted, ContentSet content, DateTimeOffset businessNow, CancellationToken ct)
    {
        foreach (var key in wanted)
        {
            var fact = await LoadAsync(key, businessNow, ct);
            known = fact is not null ? known.With(key, fact)
                // Whoever asks the flow may have named it; that there is none is the flow's to say.
                : key.Kind == FactKind.File ? known.WithUnknown(key)
                : throw new EngineContentException($"The flow reads {key}, which does not exist (release {content.Id}).");
        }

        return known;
    }

    private async Task<object?> LoadAsync(FactKey key, DateTimeOffset businessNow, CancellationToken ct) => key.Kind switch
    {
        FactKind.Organisation => await organisations.FindAsync(key.Name, ct) is { } found
            ? new OrganisationFact(found.Id, found.Name, found.Level, found.ParentId)
            : null,
        FactKind.Submission => Guid.TryParse(key.Name, out var id) ? (await submissions.FindAsync(Tenant.System, id, ct))?.Values : null,
        FactKind.Cases => await register.EntriesAsync(key.Name, businessNow, ct),
        FactKind.Conformance => await ingest.SummaryAsync(key.Name, ct),
        FactKind.File => await FileAsync(key.Name, ct),
        _ => null,
    };

    private async Task<HttpFile?> FileAsync(string name, CancellationToken ct) =>
        name.Split('/') is [var instance, var file] && Guid.TryParse(instance, out var instanceId) && Guid.TryParse(file, out var id)
        && await attachments.DescribeAsync(instanceId, id, ct) is { } stored
            ? new HttpFile(stored.Id, stored.Name, stored.Size, stored.ContentType, stored.Sha256)
            : null;
}
