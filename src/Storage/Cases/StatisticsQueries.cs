using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Cases;

/// <summary>How punctually one step of a flow was done at one authority. Superseded and cancelled tasks are left out.</summary>
/// <param name="InTime">Done before the step was late.</param>
/// <param name="Late">Done after it.</param>
/// <param name="Open">Still to be done, <paramref name="OpenLate"/> included.</param>
public sealed record StepFigures(
    string AuthorityId, string AuthorityName, string FlowId, string ActivityId, string Title, int InTime, int Late, int Open, int OpenLate);

/// <summary>How often a step ended with an outcome.</summary>
/// <param name="Label">The outcome as it was last called.</param>
/// <param name="Times">Tasks with that outcome.</param>
/// <param name="Cases">Cases with at least one such task.</param>
/// <param name="Again">Cases with more than one.</param>
public sealed record OutcomeFigures(string AuthorityId, string FlowId, string ActivityId, string Outcome, string Label, int Times, int Cases, int Again);

/// <summary>Warnings about one authority, by what it answered.</summary>
/// <param name="FormId">The form they were answered with; <c>null</c> when they are unanswered or the form asks for no cause.</param>
/// <param name="Field">The field of the form that asks for the cause.</param>
/// <param name="Cause">The answer; <c>null</c> when there is none.</param>
/// <param name="Own">Warnings that the authority itself had to answer.</param>
/// <param name="Above">Warnings that went to a level above it.</param>
public sealed record WarningFigures(string AuthorityId, string AuthorityName, string FlowId, bool Answered, string? FormId, string? Field, string? Cause, int Own, int Above);

/// <summary>A field by which an answer to a warning says its cause.</summary>
public sealed record CauseField(string FormId, string Field);

/// <summary>Figures over many cases: what was done in time, what was returned, what was warned of and why.</summary>
/// <param name="Steps">Of tasks that were opened in the period.</param>
/// <param name="Warnings">Of warnings that were raised in the period.</param>
public sealed record Statistics(IReadOnlyList<StepFigures> Steps, IReadOnlyList<OutcomeFigures> Outcomes, IReadOnlyList<WarningFigures> Warnings);

/// <summary>Counts for authorities: of one's own organisation and of those below. Cases that somebody may not see are not counted for them.</summary>
public sealed class StatisticsQueries(Database database)
{
    /// <param name="from">The first instant of the period.</param>
    /// <param name="before">The first instant after it.</param>
    /// <param name="now">Business time by which open tasks are late or not.</param>
    /// <param name="causes">Where answers to warnings say their cause.</param>
    public async Task<Statistics> CountAsync(
        Tenant tenant, DateTimeOffset from, DateTimeOffset before, DateTimeOffset now, IReadOnlyList<CauseField> causes, CancellationToken ct)
    {
        await using var transaction = await database.App.BeginAsync(tenant, ct);
        var steps = await transaction.QueryAsync(
            """
            select t.organisation_id, o.name, c.flow_id, t.activity_id, max(t.title),
              count(*) filter (where t.closed_at is not null and (t.overdue_at is null or t.closed_at < t.overdue_at)),
              count(*) filter (where t.closed_at >= t.overdue_at),
              count(*) filter (where t.closed_at is null),
              count(*) filter (where t.closed_at is null and t.overdue_at <= $4)
            from tasks t join organisations o on o.id = t.organisation_id join cases c on c.instance_id = t.instance_id
            where t.kind = 'Work' and o.level <> 'Enterprise' and starts_with(o.path, $1) and t.opened_at >= $2 and t.opened_at < $3
              and (t.closed_at is null or t.ended = 'Completed')
            group by t.organisation_id, o.name, o.path, c.flow_id, t.activity_id
            order by o.path, c.flow_id, min(t.opened_at), t.activity_id
            """,
            reader => new StepFigures(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                (int)reader.GetInt64(5), (int)reader.GetInt64(6), (int)reader.GetInt64(7), (int)reader.GetInt64(8)),
            ct, tenant.Path, from, before, now);
        var outcomes = await transaction.QueryAsync(
            """
            select organisation_id, flow_id, activity_id, outcome, max(label), sum(times)::int, count(*)::int, count(*) filter (where times > 1)::int
            from (
              select t.organisation_id, c.flow_id, t.activity_id, ending.outcome, t.instance_id, count(*) as times,
                max((select choice->>'Label' from json_array_elements(t.outcomes) choice where choice->>'Name' = ending.outcome limit 1)) as label
              from tasks t join organisations o on o.id = t.organisation_id join cases c on c.instance_id = t.instance_id
              left join internal_answers hidden on hidden.task_id = t.id
              cross join lateral (select coalesce(t.outcome, hidden.outcome) as outcome) ending
              where t.kind = 'Work' and o.level <> 'Enterprise' and starts_with(o.path, $1) and t.opened_at >= $2 and t.opened_at < $3
                and t.ended = 'Completed' and ending.outcome is not null
              group by t.organisation_id, c.flow_id, t.activity_id, ending.outcome, t.instance_id) per_case
            group by organisation_id, flow_id, activity_id, outcome
            order by organisation_id, flow_id, activity_id, outcome
            """,
            reader => new OutcomeFigures(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4) ?? reader.GetString(3),
                reader.GetInt32(5), reader.GetInt32(6), reader.GetInt32(7)),
            ct, tenant.Path, from, before);
        var warnings = await transaction.QueryAsync(
            """
            select c.authority_id, o.name, c.flow_id, w.answered_at is not null, cause.form_id, cause.field, w.answer->>cause.field,
              count(*) filter (where w.organisation_id = c.authority_id)::int, count(*) filter (where w.organisation_id <> c.authority_id)::int
            from warnings w join cases c on c.instance_id = w.instance_id join organisations o on o.id = c.authority_id
            left join tasks t on t.warning_id = w.id and t.ended = 'Completed'
            left join unnest($4::text[], $5::text[]) as cause(form_id, field) on cause.form_id = t.form_id and w.answered_at is not null
            where starts_with(o.path, $1) and w.raised_at >= $2 and w.raised_at < $3
            group by o.path, 1, 2, 3, 4, 5, 6, 7
            order by o.path, 1, 2, 3, 4, 5, 6, 7
            """,
            reader => new WarningFigures(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetBoolean(3), reader.TextOrNull(4), reader.TextOrNull(5), reader.TextOrNull(6), reader.GetInt32(7), reader.GetInt32(8)),
            ct, tenant.Path, from, before, causes.Select(cause => cause.FormId).ToArray(), causes.Select(cause => cause.Field).ToArray());
        return new Statistics(steps, outcomes, warnings);
    }
}
