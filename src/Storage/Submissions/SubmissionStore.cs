using System.Text.Json.Nodes;
using Npgsql;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

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
    private const string Select =
        "select id, instance_id, form_id, organisation_id, answers::text, personal, submitted_at, coalesce(by_name, '') from submissions";

    /// <summary>One submission; <c>null</c> when there is none or it is not the tenant's to see. <see cref="Tenant.System"/> loads the engine's fact.</summary>
    public async Task<Submission?> FindAsync(Tenant tenant, Guid id, CancellationToken ct)
    {
        await using var transaction = await BeginAsync(tenant, ct);
        var found = await transaction.QueryAsync($"{Select} where id = $1", Read, ct, id);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>The form that opened the case of a number; <c>null</c> when there is none or it is not the tenant's to see.</summary>
    public async Task<Submission?> OpeningAsync(Tenant tenant, string caseNumber, CancellationToken ct)
    {
        await using var transaction = await BeginAsync(tenant, ct);
        var found = await transaction.QueryAsync(
            $"{Select} where opens_case and instance_id = (select c.instance_id from cases c where c.number = $1)", Read, ct, caseNumber);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>All submissions of a case, in order.</summary>
    public async Task<IReadOnlyList<Submission>> OfInstanceAsync(Tenant tenant, Guid instanceId, CancellationToken ct)
    {
        await using var transaction = await BeginAsync(tenant, ct);
        return await transaction.QueryAsync($"{Select} where instance_id = $1 order by submitted_at, id", Read, ct, instanceId);
    }

    private Task<TenantBatch> BeginAsync(Tenant tenant, CancellationToken ct) =>
        (tenant == Tenant.System ? database.Engine : database.App).BeginAsync(tenant, ct);

    private Submission Read(NpgsqlDataReader reader)
    {
        var id = reader.GetGuid(0);
        return new Submission(
            id, reader.GetGuid(1), reader.GetString(2), reader.GetString(3), StoredJson.Object(reader.GetString(4))!,
            StoredJson.Object(database.Envelope.OpenText(reader.GetFieldValue<byte[]>(5), Places.Submission(id)))!, reader.Instant(6), reader.GetString(7));
    }
}
