using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Submissions;

/// <summary>A filled-in form as it was handed in.</summary>
/// <param name="Values">Non-personal values: what rules and notices may read.</param>
/// <param name="Personal">Personal values, opened. For the screen of a person who may see them, nothing else.</param>
public sealed record Submission(
    Guid Id, Guid InstanceId, string FormId, string OrganisationId, JsonObject Values, JsonObject Personal, DateTimeOffset SubmittedAt, string SubmittedBy)
{
    public override string ToString() => $"Submission {Id} of {FormId}";
}

/// <summary>Forms that people handed in. They are written by a commit, with the step they belong to.</summary>
public sealed class SubmissionStore(Database database)
{
    /// <summary>One submission; <c>null</c> when there is none or it is not the tenant's to see.</summary>
    public Task<Submission?> FindAsync(Tenant tenant, Guid id, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>All submissions of a case, in order.</summary>
    public Task<IReadOnlyList<Submission>> OfInstanceAsync(Tenant tenant, Guid instanceId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
