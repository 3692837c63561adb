using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NpgsqlTypes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Credentials;

/// <summary>A signing credential with its secret, for checking signatures. Never logged, never shown: <see cref="ToString"/> hides the secret.</summary>
/// <param name="Id">The effect that issued it.</param>
/// <param name="KeyId">The <c>appid</c> that messages name.</param>
public sealed record SigningCredential(
    string Id,
    string KeyId,
    string Secret,
    CredentialStage Stage,
    string HolderId,
    string AuthorityId,
    string SigningProfile,
    string CaseNumber,
    DateTimeOffset IssuedAt,
    DateTimeOffset? RevokedAt)
{
    /// <summary>Construction permit of the one project that it may send for; null: any.</summary>
    public string? Permit { get; init; }

    public override string ToString() => $"{Stage} credential {Id} ({KeyId}) of {HolderId} at {AuthorityId}";
}

/// <summary>What came of asking to see a secret.</summary>
public abstract record RevealResult
{
    private RevealResult()
    {
    }

    /// <summary>The only time the secret is shown.</summary>
    public sealed record Revealed(string KeyId, string Secret) : RevealResult
    {
        public override string ToString() => $"Revealed {{ KeyId = {KeyId} }}";
    }

    public sealed record AlreadyRevealed(DateTimeOffset At, string ByName) : RevealResult;

    public sealed record Revoked(DateTimeOffset At, string Reason) : RevealResult;

    /// <summary>There is none, or it is not this tenant's own: the two are not told apart.</summary>
    public sealed record NotFound : RevealResult;
}

/// <summary>Test and formal keys: sealed, shown once to their holder, at most two active for a case and stage.</summary>
public sealed class CredentialStore(Database database)
{
    /// <summary>An answer that was lost on its way is asked for again at once, or by whoever reloads the page.</summary>
    public static readonly TimeSpan ShownAgainFor = TimeSpan.FromMinutes(10);

    /// <inheritdoc cref="FindByKeyIdsAsync"/>
    public async Task<SigningCredential?> FindByKeyIdAsync(string keyId, CancellationToken ct) => (await FindByKeyIdsAsync([keyId], ct)).SingleOrDefault();

    /// <summary>By the ids that messages name; revoked ones too, so that the answer can say so. Unknown ones are left out.</summary>
    public async Task<IReadOnlyList<SigningCredential>> FindByKeyIdsAsync(string[] keyIds, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            """
            select c.id, c.key_id, c.secret, c.stage, c.holder_id, c.authority_id, c.signing_profile, coalesce(k.number, ''), c.issued_at, c.revoked_at, c.permit
            from credentials c left join cases k on k.instance_id = c.instance_id where c.key_id = any($1)
            """,
            reader => new SigningCredential(
                reader.GetString(0),
                reader.GetString(1),
                database.Envelope.OpenText(reader.GetFieldValue<byte[]>(2), Places.Credential(reader.GetString(0))),
                Enum.Parse<CredentialStage>(reader.GetString(3)),
                reader.GetString(4),
                reader.GetString(5),
                reader.GetString(6),
                reader.GetString(7),
                reader.Instant(8),
                reader.InstantOrNull(9))
            {
                Permit = reader.TextOrNull(10),
            },
            ct, (object)keyIds);
    }

    /// <summary>Shows the secret to its holder, once. Audited.</summary>
    /// <param name="tenant">Must be the holder itself.</param>
    /// <param name="act">
    /// Names this act; null: nothing does. The same person who repeats it within <see cref="ShownAgainFor"/>, because the answer did not arrive, is shown the same again.
    /// </param>
    public async Task<RevealResult> RevealAsync(Tenant tenant, string credentialId, Actor by, string? act, DateTimeOffset businessNow, CancellationToken ct)
    {
        var revealKey = act is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes($"{by.UserId}\n{act}"));
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        // The update is the guard: of two requests at once one shows the secret, the other finds it shown.
        var revealed = await transaction.QueryAsync(
            """
            update credentials set revealed_at = coalesce(revealed_at, $2), revealed_by = $3, reveal_key = $5
            where id = $1 and holder_id = $4 and revoked_at is null and (revealed_at is null or (reveal_key = $5 and revealed_at > $6))
            returning key_id, secret
            """,
            reader => (KeyId: reader.GetString(0), Secret: reader.GetFieldValue<byte[]>(1)),
            ct, credentialId, businessNow, by.Name, tenant.OrganisationId, Commands.Nullable(NpgsqlDbType.Bytea, revealKey), businessNow - ShownAgainFor);
        if (revealed.Count == 0)
        {
            var existing = await transaction.QueryAsync(
                "select revoked_at, revoke_reason, revealed_at, revealed_by from credentials where id = $1 and holder_id = $2",
                reader => reader.InstantOrNull(0) is { } revokedAt
                    ? (RevealResult)new RevealResult.Revoked(revokedAt, reader.GetString(1))
                    : new RevealResult.AlreadyRevealed(reader.Instant(2), reader.GetString(3)),
                ct, credentialId, tenant.OrganisationId);
            return existing.Count == 0 ? new RevealResult.NotFound() : existing[0];
        }

        await AuditChain.AppendAsync(
            transaction, $"organisation:{tenant.OrganisationId}", tenant.OrganisationId, "credential revealed",
            StoredJson.Of(new JsonObject { ["credential"] = credentialId, ["keyId"] = revealed[0].KeyId })!, by, businessNow, ct);
        var secret = database.Envelope.OpenText(revealed[0].Secret, Places.Credential(credentialId));
        await transaction.CommitAsync(ct);
        return new RevealResult.Revealed(revealed[0].KeyId, secret);
    }
}
