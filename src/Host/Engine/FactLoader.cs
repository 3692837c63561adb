using WorkflowEngine.Content;
using WorkflowEngine.Storage;
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
public sealed class FactLoader(ContentReleases releases, OrganisationStore organisations, SubmissionStore submissions, IngestStore ingest, CaseRegister register)
{
    /// <param name="businessNow">What of a case is late, is late at this instant.</param>
    /// <exception cref="EngineContentException">A fact does not exist; the message names it.</exception>
    public async Task<Facts> LoadAsync(Facts known, IReadOnlyList<FactKey> wanted, ContentSet content, DateTimeOffset businessNow, CancellationToken ct)
    {
        foreach (var key in wanted)
        {
            known = known.With(key, await LoadAsync(key, content, businessNow, ct) ?? throw new EngineContentException($"The flow reads {key}, which does not exist (release {content.Id})."));
        }

        return known;
    }

    private async Task<object?> LoadAsync(FactKey key, ContentSet content, DateTimeOffset businessNow, CancellationToken ct) => key.Kind switch
    {
        FactKind.Calendar => releases.Calendar,
        FactKind.RuleSet => content.RuleSets.GetValueOrDefault(key.Name),
        FactKind.Definition => content.Flows.GetValueOrDefault(key.Name),
        FactKind.Organisation => await organisations.FindAsync(key.Name, ct) is { } found
            ? new OrganisationFact(found.Id, found.Name, found.Level, found.ParentId)
            : null,
        FactKind.Submission => Guid.TryParse(key.Name, out var id) ? (await submissions.FindAsync(Tenant.System, id, ct))?.Values : null,
        FactKind.Cases => await register.EntriesAsync(key.Name, businessNow, ct),
        FactKind.Conformance => await ingest.SummaryAsync(key.Name, ct),
        _ => null,
    };
}
