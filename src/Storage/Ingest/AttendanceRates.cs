using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>How many days of a month a person at a key post was on the site.</summary>
/// <param name="Post">项目经理, 总监 or 管理人员.</param>
/// <param name="Month">Its first day.</param>
/// <param name="ConstructionDays">Days on which somebody was on the site, since the person entered it; the day of the rating is not among them.</param>
/// <param name="ValidDays">Those of them with two punches of the person, four hours apart.</param>
/// <param name="PunchDays">Those of them with a punch of the person.</param>
/// <param name="AbsentInARow">Days of construction since the person's last valid day, up to the end of the month.</param>
/// <param name="NamedBy">The record that names the person.</param>
public sealed record MonthRate(
    string ProjectCode, string Post, DateOnly Month, int ConstructionDays, int ValidDays, int PunchDays, int AbsentInARow, DateTimeOffset RatedAt, (Guid RequestId, int Ordinal) NamedBy)
{
    /// <summary>到岗率, 0 to 1; <c>null</c> where nothing was built.</summary>
    public decimal? Rate => ConstructionDays == 0 ? null : (decimal)ValidDays / ConstructionDays;

    /// <summary>The fact <c>subject</c> of the rule sets about attendance. Of halts and leave the platform is told nothing: they are 0.</summary>
    public FactObject Subject() => new(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["post"] = Post, ["constructionDays"] = ConstructionDays, ["stoppedDays"] = 0, ["leaveDays"] = 0, ["validDays"] = ValidDays, ["absentInARow"] = AbsentInARow,
    });
}

/// <summary>
/// Months of persons at key posts. Whatever changes a day of attendance, however late it arrives, leaves a mark in the same transaction; the job rates the months of marked sites anew.
/// </summary>
public sealed class AttendanceRates(Database database)
{
    private const int Batch = 200;

    /// <summary>Rates what was marked for days that are over (business time). Returns how many marks it took.</summary>
    public async Task<int> RateAsync(DateTimeOffset businessNow, CancellationToken ct)
    {
        for (var all = 0; ;)
        {
            await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
            var taken = (await transaction.QueryAsync("select rate_attendance($1, $2)", reader => reader.GetInt32(0), ct, businessNow, Batch))[0];
            await transaction.CommitAsync(ct);
            all += taken;
            if (taken < Batch) return all;
        }
    }

    /// <summary>Of the sites that a key's case tells of, as an authority may see them: the newest month first, the lowest rate first within it.</summary>
    /// <param name="months">How many months.</param>
    public async Task<IReadOnlyList<MonthRate>> OfKeyAsync(Tenant tenant, string credentialId, int months, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        return await transaction.QueryAsync(
            """
            select m.project_code, m.post, m.month, m.construction_days, m.valid_days, m.punch_days, m.absent_in_row, m.rated_at, p.request_id, p.ordinal
            from credentials c join attendance_months m on m.scope = c.instance_id
            join register_posts p on p.scope = m.scope and p.project_code = m.project_code and p.id_index = m.id_index
            where c.id = $1 and m.month > (select max(n.month) from attendance_months n where n.scope = c.instance_id) - make_interval(months => $2)
            order by m.month desc, m.valid_days::numeric / nullif(m.construction_days, 0) nulls last, m.project_code, p.request_id, p.ordinal limit 500
            """,
            reader => new MonthRate(
                reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateOnly>(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt32(6), reader.Instant(7),
                (reader.GetGuid(8), reader.GetInt32(9))),
            ct, credentialId, months);
    }
}
