using System.Text.Json.Nodes;
using NpgsqlTypes;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Storage.Sealing;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>What a key asks for of what it told.</summary>
/// <param name="Method">The upload whose records are asked for.</param>
/// <param name="Like">What the records say, field by field; values as they were sent.</param>
/// <param name="Day">Only records whose <c>date</c> is on this day.</param>
/// <param name="Page">From 0.</param>
public sealed record RecordQuery(string Method, JsonObject Like, DateOnly? Day, int Page, int PageSize);

/// <summary>A page of records, oldest first.</summary>
/// <param name="Total">Records on all pages.</param>
public sealed record ToldRecords(long Total, IReadOnlyList<ToldRecord> Rows);

/// <summary>A record as it was told, with the platform's numbers.</summary>
/// <param name="Personal">Opened; null where the month's key was destroyed.</param>
public sealed record ToldRecord(JsonObject Values, JsonObject? Personal)
{
    public override string ToString() => "ToldRecord";
}

/// <summary>Gives a key back what it told: what the keys of its case and stage sent, and never anything of another case.</summary>
public sealed class QueryStore(Database database)
{
    /// <summary>Days after the one asked for in which its punches may have arrived; what came later is not looked for, or a question would read all months since.</summary>
    private const int LateDays = 31;

    /// <summary>A question that takes longer is given up: whoever asks narrows it.</summary>
    private const int MostMilliseconds = 5_000;

    /// <exception cref="QueryTooWideException">It took too long.</exception>
    public async Task<ToldRecords> AskAsync(SigningCredential credential, RecordQuery query, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        try
        {
            await transaction.RunAsync(FormattableString.Invariant($"set local statement_timeout = {MostMilliseconds}"), ct);
            var found = await transaction.QueryAsync(
                $"""
                with found as materialized (
                  select q.sequence, r.request_id, r.ordinal, r.personal, told.fields
                  from credentials me
                    join credentials c on c.instance_id = me.instance_id and c.stage = me.stage
                    join ingest_requests q on q.credential_id = c.id and q.method = $2 and q.accepted
                    join ingest_records r on r.request_id = q.id and r.accepted
                    left join register_projects p on p.request_id = r.request_id
                    left join register_teams t on t.request_id = r.request_id
                    left join register_workers w on $2 = 'ProjectWorker.Add' and w.scope = me.instance_id and w.project_code = r.fields->>'projectCode' and w.id_index = r.id_index
                    cross join lateral (select r.fields::jsonb || jsonb_strip_nulls(jsonb_build_object(
                      'projectCode', p.project_code, 'teamSysNo', coalesce(t.team_sys_no, w.team_sys_no), 'entryTime', w.entered_on, 'exitTime', w.left_on)) as fields) told
                  where me.id = $1 and told.fields @> $3::jsonb
                    and ($4::date is null or q.id >= request_floor($4::timestamp at time zone 'Asia/Shanghai') and r.request_id >= request_floor($4::timestamp at time zone 'Asia/Shanghai')
                      and q.id < request_floor(($4 + {LateDays + 1})::timestamp at time zone 'Asia/Shanghai') and r.request_id < request_floor(($4 + {LateDays + 1})::timestamp at time zone 'Asia/Shanghai')
                      and left(r.fields->>'date', 10) = $4::text))
                select (select count(*) from found), page.request_id, page.ordinal, page.fields::text, page.personal
                from (select 1) one left join (select * from found order by sequence, ordinal offset $5 limit $6) page on true
                """,
                reader => (
                    Total: reader.GetInt64(0), Id: reader.IsDBNull(1) ? default : reader.GetGuid(1), Ordinal: reader.IsDBNull(2) ? -1 : reader.GetInt32(2), Fields: reader.TextOrNull(3),
                    Personal: reader.IsDBNull(4) ? null : reader.GetFieldValue<byte[]>(4)),
                ct, credential.Id, query.Method, query.Like.ToJsonString(), Commands.Nullable(NpgsqlDbType.Date, query.Day), (long)query.Page * query.PageSize, query.PageSize);

            var rows = found.Where(row => row.Fields is not null).ToList();
            var opened = await SealedRecords.OpenAsync(database, [.. rows.Select(row => new SealedRecord(row.Personal, Places.IngestRecord(row.Id, row.Ordinal)))], ct);
            return new ToldRecords(found[0].Total, [.. rows.Zip(opened, (row, personal) => new ToldRecord(JsonNode.Parse(row.Fields!)!.AsObject(), personal))]);
        }
        catch (Npgsql.PostgresException slow) when (slow.SqlState == Npgsql.PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            throw new QueryTooWideException(slow);
        }
    }
}

/// <summary>A question that would read too much.</summary>
public sealed class QueryTooWideException(Exception cause) : Exception("The question takes too long.", cause);
