using System.Text.Json;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Organisations;

/// <summary>What organisations chose about the ways of their letters.</summary>
public sealed class DeliveryWishStore(Database database)
{
    /// <summary>How an organisation wants its letters from now on. The audit chain keeps who changed it and which ways there are, not where they lead.</summary>
    /// <param name="account">Where short messages go; null keeps what there is, an empty text removes it.</param>
    public async Task SaveAsync(DeliveryWishes wishes, string? account, Actor by, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await transaction.RunAsync(
            """
            update organisations set email = $2, mail_mode = $3, message_mode = $4, message_account = case when $5 then $6 else message_account end where id = $1
            """,
            ct, by.OrganisationId, wishes.Email, wishes.Mail.ToString(), wishes.Messages.ToString(), account is not null,
            Commands.Bytes(account is { Length: > 0 } ? database.Envelope.Seal(account, Places.MessageAccount(by.OrganisationId)) : null));
        var details = JsonSerializer.Serialize(
            new { mail = wishes.Email is not null, mailMode = wishes.Mail.ToString(), messages = wishes.Messages.ToString(), account = account switch { null => "kept", "" => "removed", _ => "set" } }, StoredJson.Options);
        await AuditChain.AppendAsync(transaction, $"organisation:{by.OrganisationId}", by.OrganisationId, "ways of delivery changed", details, by, businessNow, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Where the organisation's short messages go; null when there is nowhere (any more).</summary>
    public async Task<string?> MessageAccountAsync(string organisationId, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var accounts = await transaction.QueryAsync("select message_account from organisations where id = $1 and message_account is not null", row => row.GetFieldValue<byte[]>(0), ct, organisationId);
        return accounts.Count == 0 ? null : database.Envelope.OpenText(accounts[0], Places.MessageAccount(organisationId));
    }
}
