using System.Text.Json.Nodes;
using WorkflowEngine.Storage.Audit;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Personal;

/// <summary>A month of a province's devices, and whether its personal values can still be opened.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="DestroyedAt">Null: they can.</param>
/// <param name="HeldAt">Since when somebody keeps the month longer than others.</param>
public sealed record KeptMonth(
    string ProvinceId, string ProvinceName, DateOnly Month, DateTimeOffset? DestroyedAt, DateTimeOffset? HeldAt, string? HeldBy, string? HeldReason)
{
    public bool IsHeld => HeldAt is not null;
}

/// <summary>
/// Ends personal values of a month by destroying its key: every copy of the records, in backups too, stays shut. Figures stay. Each destruction, hold and release is in the audit chain of the
/// province's personal data.
/// </summary>
public sealed class PersonalRetention(Database database)
{
    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<KeptMonth>> MonthsAsync(CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        return await transaction.QueryAsync(
            """
            select k.organisation_id, coalesce(o.name, k.organisation_id), k.month, k.destroyed_at, k.held_at, k.held_by, k.held_reason
            from month_keys k left join organisations o on o.id = k.organisation_id order by k.month desc, k.organisation_id
            """,
            reader => new KeptMonth(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.InstantOrNull(3), reader.InstantOrNull(4), reader.TextOrNull(5), reader.TextOrNull(6)),
            ct);
    }

    /// <summary>Destroys the keys of all months that ended <paramref name="keepMonths"/> months ago or more, but for those that are held. Returns how many.</summary>
    /// <param name="keepMonths">Whole calendar months after the one of arrival.</param>
    public async Task<int> DestroyAsync(int keepMonths, DateTimeOffset businessNow, CancellationToken ct)
    {
        await AdoptAsync(businessNow, ct);
        var firstKept = MonthKeys.MonthOf(businessNow).AddMonths(-keepMonths);
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var destroyed = await transaction.QueryAsync(
            "update month_keys set wrapped = null, destroyed_at = $2 where month < $1 and wrapped is not null and held_at is null returning organisation_id, month",
            reader => (Province: reader.GetString(0), Month: reader.GetFieldValue<DateOnly>(1)), ct, firstKept, businessNow);
        foreach (var (province, month) in destroyed.Order())
        {
            await transaction.RunAsync("select forget_unkeyed($1, $2)", ct, province, month);
            await RecordAsync(transaction, province, month, "personal data destroyed", new JsonObject { ["keptMonths"] = keepMonths }, by: null, businessNow, ct);
        }

        await transaction.CommitAsync(ct);
        return destroyed.Count;
    }

    /// <summary>Keeps a month, or no longer; false: there is no such month, it is destroyed, or it was so already.</summary>
    /// <param name="reason">Why it is kept (at most 500 characters, without personal data); null: it is kept no longer.</param>
    public async Task<bool> HoldAsync(string provinceId, DateOnly month, string? reason, Actor by, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var changed = await transaction.RunAsync(
            """
            update month_keys set held_at = $3, held_by = $4, held_reason = $5
            where organisation_id = $1 and month = $2 and wrapped is not null and (held_at is null) = ($3::timestamptz is not null)
            """,
            ct, provinceId, month, Commands.Nullable(NpgsqlTypes.NpgsqlDbType.TimestampTz, reason is null ? null : businessNow.UtcDateTime), Commands.Text(reason is null ? null : by.Name), Commands.Text(reason));
        if (changed == 0) return false;

        await RecordAsync(
            transaction, provinceId, month, reason is null ? "personal data released" : "personal data held", reason is null ? [] : new JsonObject { ["reason"] = reason }, by, businessNow, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Months with values of before there were month keys get a key of theirs, so that they are listed, held and ended like any other.</summary>
    private async Task AdoptAsync(DateTimeOffset businessNow, CancellationToken ct)
    {
        List<(string Province, DateOnly Month)> unkeyed;
        await using (var transaction = await database.Engine.BeginAsync(Tenant.System, ct))
        {
            unkeyed = await transaction.QueryAsync("select organisation_id, month from unkeyed_months", reader => (reader.GetString(0), reader.GetFieldValue<DateOnly>(1)), ct);
        }

        foreach (var (province, month) in unkeyed)
        {
            await database.MonthKeys.MakeAsync(province, month, businessNow, ct);
            await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
            await transaction.RunAsync("delete from unkeyed_months where organisation_id = $1 and month = $2", ct, province, month);
            await transaction.CommitAsync(ct);
        }
    }

    private static Task RecordAsync(
        TenantBatch transaction, string province, DateOnly month, string what, JsonObject details, Actor? by, DateTimeOffset businessNow, CancellationToken ct)
    {
        details["month"] = FormattableString.Invariant($"{month:yyyy-MM}");
        return AuditChain.AppendAsync(transaction, $"personal-data:{province}", province, what, StoredJson.Of(details)!, by, businessNow, ct);
    }
}
