using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Organisations;

/// <summary>An authority, a vendor or a contractor.</summary>
/// <param name="Id">Area code (<c>440300</c>) or 统一社会信用代码.</param>
/// <param name="Path">Superiors first, each with a slash: <c>440000/440300/</c>, <c>enterprise/9144…/</c>.</param>
/// <param name="Kind"><c>authority</c>, <c>vendor</c>, <c>contractor</c>.</param>
/// <param name="Email">Where notices go by mail, besides the inbox; <c>null</c>: inbox only.</param>
public sealed record Organisation(
    string Id, string Name, OrganisationLevel Level, string Kind, string Path, string? ParentId, string? AreaCode, string? Email = null)
{
    public Tenant Tenant => new(Id, Path);
}

/// <summary>The directory of organisations. Authorities are public to everyone who is signed in; an enterprise sees itself, authorities see all.</summary>
public sealed class OrganisationStore(Database database)
{
    public Task<Organisation?> FindAsync(string id, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    public Task<IReadOnlyDictionary<string, Organisation>> FindAsync(IReadOnlyCollection<string> ids, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Adds or changes organisations.</summary>
    public Task SaveAsync(IReadOnlyCollection<Organisation> organisations, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>As the tenant may see them, by path.</summary>
    public Task<IReadOnlyList<Organisation>> ListAsync(Tenant tenant, string? kind, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
