using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Organisations;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Signals;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Credentials;

/// <summary>A key that was revoked, for the letter to its holder.</summary>
/// <param name="Wishes">How the holder's letters go, besides its inbox.</param>
public sealed record RevokedKey(string KeyId, string Label, string HolderId, string HolderName, string AuthorityName, string CaseNumber, DeliveryWishes Wishes);

/// <summary>What came of revoking a key.</summary>
public abstract record RevokeResult
{
    private RevokeResult()
    {
    }

    public sealed record Revoked : RevokeResult;

    public sealed record AlreadyRevoked(DateTimeOffset At, string Reason) : RevokeResult;

    /// <summary>There is none, it was given out by somebody else, or it is a test key, which is its case's to end: not told apart.</summary>
    public sealed record NotFound : RevokeResult;
}

/// <summary>
/// Takes a formal key back that a case has given out and left behind: the key, the record of who did it and why, and the letter to its holder in one transaction.
/// No host takes the key five seconds later.
/// </summary>
public sealed class CredentialRevocation(Database database, WakeUps wakeUps)
{
    /// <param name="by">Of the authority that gave the key out.</param>
    /// <param name="reason">In Chinese, for the holder.</param>
    /// <param name="notice">Name of the letter that <paramref name="write"/> writes.</param>
    public async Task<RevokeResult> RevokeAsync(string credentialId, Actor by, string reason, DateTimeOffset businessNow, string notice, Func<RevokedKey, NoticeLetter> write, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        // The update is the guard: of two decisions at once one takes the key back, the other finds it taken.
        var revoked = await transaction.QueryAsync(
            """
            update credentials c set revoked_at = $3, revoke_reason = $4 from organisations h, organisations a
            where c.id = $1 and c.authority_id = $2 and c.stage = 'Formal' and c.revoked_at is null and h.id = c.holder_id and a.id = c.authority_id
            returning c.holder_id, c.key_id, c.label, h.name, a.name, coalesce((select k.number from cases k where k.instance_id = c.instance_id), ''),
              h.email, h.mail_mode, h.message_mode, h.message_account is not null
            """,
            reader => new RevokedKey(
                reader.GetString(1), reader.GetString(2), reader.GetString(0), reader.GetString(3), reader.GetString(4), reader.GetString(5), OrganisationStore.WishesOf(reader, 6)),
            ct, credentialId, by.OrganisationId, businessNow, reason);
        if (revoked is not [var key])
        {
            var before = await transaction.QueryAsync(
                "select revoked_at, revoke_reason from credentials where id = $1 and authority_id = $2 and stage = 'Formal' and revoked_at is not null",
                reader => new RevokeResult.AlreadyRevoked(reader.Instant(0), reader.GetString(1)), ct, credentialId, by.OrganisationId);
            return before.Count == 0 ? new RevokeResult.NotFound() : before[0];
        }

        await AuditChain.AppendAsync(
            transaction, $"organisation:{by.OrganisationId}", by.OrganisationId, "credential revoked",
            StoredJson.Of(new JsonObject { ["credential"] = credentialId, ["keyId"] = key.KeyId, ["holder"] = key.HolderId, ["reason"] = reason })!, by, businessNow, ct);
        var (letter, id, mails) = (write(key), $"{notice}-{credentialId}", new OutboxRows());
        mails.Add(id, key.HolderId, letter.Deliveries, businessNow);
        await using (var batch = transaction.Batch())
        {
            batch.Add(
                "insert into notices (id, organisation_id, template, party, subject, html, body, sent_at) values ($1, $2, $3, 'holder', $4, $5, $6, $7)",
                id, key.HolderId, notice, letter.Subject, letter.Html, letter.Text, businessNow);
            mails.Rows.AddTo(batch);
            await batch.ExecuteNonQueryAsync(ct);
        }

        await transaction.CommitAsync(ct);
        wakeUps.Announce(Wake.Outbox);
        return new RevokeResult.Revoked();
    }
}
