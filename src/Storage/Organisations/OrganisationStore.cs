using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Commit;
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

    /// <summary>What its people chose; they change it with <see cref="DeliveryWishStore.SaveAsync"/> only.</summary>
    public DeliveryWishes Wishes { get; init; } = DeliveryWishes.InboxOnly with { Email = Email };
}

/// <summary>The directory of organisations. Authorities are public to everyone who is signed in; an enterprise sees itself, authorities see all.</summary>
public sealed class OrganisationStore(Database database)
{
    private const string Columns = "id, name, level, kind, path, parent_id, area_code, email, mail_mode, message_mode, message_account is not null";

    /// <remarks>An id may be what somebody sent; PostgreSQL has no NUL in text and would answer with an error.</remarks>
    public async Task<Organisation?> FindAsync(string id, CancellationToken ct) =>
        id.Contains('\0', StringComparison.Ordinal) ? null : (await FindAsync([id], ct)).GetValueOrDefault(id);

    public async Task<IReadOnlyDictionary<string, Organisation>> FindAsync(IReadOnlyCollection<string> ids, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync($"select {Columns} from organisations where id = any ($1)", Read, ct, (object)ids.ToArray());
        return found.ToDictionary(organisation => organisation.Id);
    }

    /// <summary>Adds or changes organisations; superiors before those below them. How their people want their letters stays, and so does an address that there is.</summary>
    public async Task SaveAsync(IReadOnlyCollection<Organisation> organisations, CancellationToken ct)
    {
        var rows = Rows.Insert(
            "organisations",
            [
                new("id", NpgsqlDbType.Text), new("name", NpgsqlDbType.Text), new("level", NpgsqlDbType.Text), new("kind", NpgsqlDbType.Text),
                new("path", NpgsqlDbType.Text), new("parent_id", NpgsqlDbType.Text), new("area_code", NpgsqlDbType.Text), new("email", NpgsqlDbType.Text),
            ],
            """
            on conflict (id) do update set name = excluded.name, level = excluded.level, kind = excluded.kind, path = excluded.path,
              parent_id = excluded.parent_id, area_code = excluded.area_code, email = coalesce(organisations.email, excluded.email)
            """);
        foreach (var organisation in organisations)
        {
            rows.Add(
                organisation.Id, organisation.Name, organisation.Level.ToString(), organisation.Kind, organisation.Path, organisation.ParentId,
                organisation.AreaCode, organisation.Email);
        }

        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        await using var batch = transaction.Batch();
        rows.AddTo(batch);
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>As the tenant may see them, by path.</summary>
    public async Task<IReadOnlyList<Organisation>> ListAsync(Tenant tenant, string? kind, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        return await transaction.QueryAsync(
            $"select {Columns} from organisations where $1 is null or kind = $1 order by path", Read, ct, Commands.Text(kind));
    }

    private static Organisation Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), Enum.Parse<OrganisationLevel>(reader.GetString(2)), reader.GetString(3), reader.GetString(4),
        reader.TextOrNull(5), reader.TextOrNull(6), reader.TextOrNull(7))
    {
        Wishes = WishesOf(reader, 7),
    };

    /// <summary>From the columns <c>email, mail_mode, message_mode, message_account is not null</c>.</summary>
    internal static DeliveryWishes WishesOf(NpgsqlDataReader reader, int first) => new(
        reader.TextOrNull(first), Enum.Parse<MailMode>(reader.GetString(first + 1)), Enum.Parse<MessageMode>(reader.GetString(first + 2)), reader.GetBoolean(first + 3));
}
