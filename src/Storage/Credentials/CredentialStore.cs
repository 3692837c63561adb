using WorkflowEngine.Storage.Postgres;
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
    /// <summary>By the id that messages name; revoked ones too, so that the answer can say so. <c>null</c>: unknown.</summary>
    public Task<SigningCredential?> FindByKeyIdAsync(string keyId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Shows the secret to its holder, once. Audited.</summary>
    /// <param name="tenant">Must be the holder itself.</param>
    public Task<RevealResult> RevealAsync(Tenant tenant, string credentialId, Actor by, DateTimeOffset businessNow, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
