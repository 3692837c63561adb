using NpgsqlTypes;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Commit;

/// <summary>The rows that a commit writes for keys. A secret is sealed on its way.</summary>
internal sealed class CredentialRows(Envelope envelope)
{
    public Rows Issued { get; } = Rows.Insert("credentials",
    [
        new("id", NpgsqlDbType.Text), new("instance_id", NpgsqlDbType.Uuid), new("organisation_id", NpgsqlDbType.Text), new("holder_id", NpgsqlDbType.Text), new("authority_id", NpgsqlDbType.Text),
        new("readers", NpgsqlDbType.Text, "organisation_readers(array[r.holder_id, r.authority_id])"), new("stage", NpgsqlDbType.Text), new("label", NpgsqlDbType.Text), new("signing_profile", NpgsqlDbType.Text),
        new("key_id", NpgsqlDbType.Text), new("secret", NpgsqlDbType.Bytea), new("issued_at", NpgsqlDbType.TimestampTz),
        new("permit", NpgsqlDbType.Text),
    ]);

    public Rows Revoked { get; } = Rows.Update("credentials",
        [new("id", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz), new("reason", NpgsqlDbType.Text)], "revoked_at = r.at, revoke_reason = r.reason", "t.id = r.id and t.revoked_at is null");

    // Two active ones let a holder change over without a gap; a third would be a key that nobody minds any more.
    public Rows Surplus { get; } = Rows.Update("credentials",
        [new("instance_id", NpgsqlDbType.Uuid), new("stage", NpgsqlDbType.Text), new("at", NpgsqlDbType.TimestampTz)],
        "revoked_at = r.at, revoke_reason = '已签发更新的密钥，同时有效的密钥不超过两个'",
        """
        t.instance_id = r.instance_id and t.stage = r.stage and t.revoked_at is null
        and (select count(*) from credentials newer where newer.instance_id = t.instance_id and newer.stage = t.stage and newer.revoked_at is null
             and (newer.issued_at, newer.id) > (t.issued_at, t.id)) >= 2
        """);

    public void Add(Effect.IssueCredential credential, CommitUnit unit, string organisation)
    {
        var id = credential.Id.ToString();
        var secret = unit.Secrets[credential.Id];
        Issued.Add(
            id, unit.InstanceId, organisation, credential.HolderId, credential.AuthorityId, null, credential.Stage.ToString(), credential.Label,
            credential.SigningProfile, secret.KeyId, envelope.Seal(secret.Secret, Places.Credential(id)), unit.BusinessNow, credential.Permit);
        Surplus.Add(unit.InstanceId, credential.Stage.ToString(), unit.BusinessNow);
    }
}
