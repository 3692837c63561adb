using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Instances;

/// <summary>An instance as it was last committed.</summary>
public sealed record StoredInstance(
    WorkflowState State,
    int Revision,
    string DefinitionId,
    int DefinitionVersion,
    string ReleaseId,
    string OrganisationId,
    Guid? ParentInstanceId,
    string? ParentBookmarkId);

/// <summary>Loads instances for the engine.</summary>
public sealed class InstanceStore(Database database)
{
    /// <summary>Those that exist, by id.</summary>
    public Task<IReadOnlyDictionary<Guid, StoredInstance>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>The instance of a case number, as the tenant may see it; <c>null</c> when there is none or it is not theirs.</summary>
    public Task<Guid?> FindByCaseNumberAsync(Tenant tenant, string caseNumber, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
