using Npgsql;
using NpgsqlTypes;
using WorkflowEngine.Storage.Credentials;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Ingest;

/// <summary>What one record names. Times are Beijing's, as the message says them.</summary>
public sealed record RegisterAsked(string? ProjectCode, string? CorpCode, long? TeamSysNo, string? TeamName)
{
    /// <summary><see cref="SigningCredential.Id"/> of the key that sent it.</summary>
    public required string CredentialId { get; init; }

    /// <summary>The kind of message that it came in.</summary>
    public required string Method { get; init; }

    /// <summary>Looked up by its blind index.</summary>
    public string? Person { get; init; }

    public string? WageCard { get; init; }

    public DateTime? At { get; init; }

    public DateTime? PayMonth { get; init; }

    public string? Image { get; init; }

    public decimal? Latitude { get; init; }

    public decimal? Longitude { get; init; }

    /// <summary>The sender's own number of a project that is told of.</summary>
    public string? OwnNumber { get; init; }

    public override string ToString() => $"RegisterAsked {ProjectCode} {CorpCode} {TeamSysNo}";
}

/// <summary>What the register knows of a record. Null: it does not say, and whoever needs it must not hold it against anybody.</summary>
public sealed record RegisterKnown
{
    public bool? ProjectIsKnown { get; init; }

    /// <summary>Whether the key has told of a project under another own number than the one that is told of now.</summary>
    public bool? HasOtherProject { get; init; }

    public bool? CorpIsKnown { get; init; }

    public bool? CorpIsParticipant { get; init; }

    public bool? TeamBelongsToCorp { get; init; }

    public bool? TeamNameIsTaken { get; init; }

    public bool? WorkerIsInTeam { get; init; }

    public DateOnly? EnteredOn { get; init; }

    public DateOnly? LeftOn { get; init; }

    public string? ProjectStatus { get; init; }

    public int? MetresFromSite { get; init; }

    /// <summary>Between this punch and the nearest one of the same person on another site that day; 0 within their span.</summary>
    public int? MinutesSinceOtherProject { get; init; }

    /// <summary>Other persons that came with the same picture before.</summary>
    public int? SameImage { get; init; }

    /// <summary>Valid days of the person on the site in the month that is paid.</summary>
    public int? AttendedDays { get; init; }

    public bool? WageCardIsOnRecord { get; init; }
}

/// <summary>
/// What the platform knows of projects from the messages of their keys. A test key may try a single kind of message, and is held to the order of calls
/// once it has told of the project; a formal key tells of its project first. Formal keys are compared with one another, over all sites; what test keys say of people is invented.
/// </summary>
public sealed class RegisterStore(Database database)
{
    private const string ParticipantAdd = "ProjectSubContractor.Add";

    private const double EarthRadius = 6_371_000;

    /// <summary>One answer for each question, in their order: one query, whatever their number and whosever they are.</summary>
    public async Task<IReadOnlyList<RegisterKnown>> AskAsync(IReadOnlyList<RegisterAsked> asked, CancellationToken ct)
    {
        if (asked.Count == 0) return [];

        return await database.Engine.QueryAsync(
            Tenant.System,
            """
            select q.ordinal, p.project_code is not null,
              exists (select from register_corps c where c.scope = k.instance_id and c.corp_code = q.corp),
              exists (select from register_participants c where c.scope = k.instance_id and c.project_code = q.project and c.corp_code = q.corp),
              t.corp_code,
              exists (select from register_teams n where n.scope = k.instance_id and n.project_code = q.project and n.name = q.team_name),
              w.team_sys_no, w.entered_on, w.left_on, w.card_index = q.card, p.status, p.lat, p.lng,
              (select min(case when q.at between d.first_at and d.last_at then 0 else least(abs(extract(epoch from q.at - d.first_at)), abs(extract(epoch from q.at - d.last_at))) / 60 end)::int
                from attendance_days d where d.id_index = q.person and d.day = q.at::date and (d.scope = k.instance_id or k.stage = 'Formal' and d.stage = k.stage) and (d.scope, d.project_code) <> (k.instance_id, q.project)),
              (select count(*)::int from register_images i where i.sha256 = q.image and (i.scope = k.instance_id or k.stage = 'Formal' and i.stage = k.stage) and i.id_index <> q.person),
              (select count(*)::int from attendance_days d
                where q.month is not null and d.scope = k.instance_id and d.project_code = q.project and d.id_index = q.person and d.valid
                  and d.day >= q.month and d.day < q.month + interval '1 month'),
              q.own_number is not null and exists (
                select from register_projects o join ingest_records r on r.request_id = o.request_id
                where o.scope = k.instance_id and r.fields->>'thirdPartyProjectCode' is distinct from q.own_number),
              k.stage
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) with ordinality as q(credential, project, corp, team, team_name, person, card, at, month, image, own_number, ordinal)
              join credentials k on k.id = q.credential
              left join register_teams t on t.scope = k.instance_id and t.team_sys_no = q.team and t.project_code = coalesce(q.project, t.project_code)
              left join register_projects p on p.scope = k.instance_id and p.project_code = coalesce(q.project, t.project_code)
              left join register_workers w on w.scope = k.instance_id and w.project_code = q.project and w.id_index = q.person
            order by q.ordinal
            """,
            reader => Answer(reader, asked[checked((int)reader.GetInt64(0) - 1)]),
            ct,
            Column(NpgsqlDbType.Text, asked, question => question.CredentialId), Column(NpgsqlDbType.Text, asked, question => question.ProjectCode), Column(NpgsqlDbType.Text, asked, question => question.CorpCode),
            Column(NpgsqlDbType.Bigint, asked, question => question.TeamSysNo), Column(NpgsqlDbType.Text, asked, question => question.TeamName),
            Column(NpgsqlDbType.Bytea, asked, question => question.Person is { } person ? database.Envelope.BlindIndex(person.ToUpperInvariant()) : null),
            Column(NpgsqlDbType.Bytea, asked, question => question.WageCard is { } card ? database.Envelope.BlindIndex(card) : null),
            Column(NpgsqlDbType.Timestamp, asked, question => question.At), Column(NpgsqlDbType.Date, asked, question => question.PayMonth is { } month ? DateOnly.FromDateTime(month) : (DateOnly?)null),
            Column(NpgsqlDbType.Text, asked, question => question.Image), Column(NpgsqlDbType.Text, asked, question => question.OwnNumber));
    }

    /// <summary>Valid days of a person's day-rows on a site, the figures that warnings are made of: days that count among all days with a punch.</summary>
    public async Task<(int Valid, int Any)> DaysAsync(string credentialId, string projectCode, string person, DateOnly from, DateOnly until, CancellationToken ct)
    {
        await using var transaction = await database.Engine.BeginAsync(Tenant.System, ct);
        var found = await transaction.QueryAsync(
            """
            select count(*) filter (where valid)::int, count(*)::int from attendance_days
            where scope = (select instance_id from credentials where id = $1) and project_code = $2 and id_index = $3 and day between $4 and $5
            """,
            reader => (reader.GetInt32(0), reader.GetInt32(1)), ct, credentialId, projectCode, database.Envelope.BlindIndex(person.ToUpperInvariant()), from, until);
        return found[0];
    }

    private static RegisterKnown Answer(NpgsqlDataReader reader, RegisterAsked asked)
    {
        // For a test key a project of which nothing was told is no mistake: it may try one kind of message alone.
        var isHeld = reader.GetBoolean(1);
        var teamCorp = reader.TextOrNull(4);
        long? workersTeam = reader.IsDBNull(6) ? null : reader.GetInt64(6);
        return new RegisterKnown
        {
            ProjectIsKnown = isHeld ? true : reader.GetString(17) == nameof(CredentialStage.Formal) ? false : null,
            HasOtherProject = reader.GetBoolean(16),
            CorpIsKnown = asked.Method == ParticipantAdd && isHeld ? reader.GetBoolean(2) : null,
            CorpIsParticipant = isHeld && asked.Method != ParticipantAdd && asked.CorpCode is not null ? reader.GetBoolean(3) : null,
            TeamBelongsToCorp = isHeld && asked.TeamSysNo is not null ? teamCorp is not null && (asked.CorpCode is null || asked.CorpCode == teamCorp) : null,
            TeamNameIsTaken = isHeld ? reader.GetBoolean(5) : null,
            WorkerIsInTeam = isHeld && asked.Person is not null ? workersTeam is not null && (asked.TeamSysNo is null || asked.TeamSysNo == workersTeam) : null,
            EnteredOn = reader.DateOrNull(7),
            LeftOn = reader.DateOrNull(8),
            WageCardIsOnRecord = reader.IsDBNull(9) ? null : reader.GetBoolean(9),
            ProjectStatus = reader.TextOrNull(10),
            MetresFromSite = reader.IsDBNull(11) || reader.IsDBNull(12) ? null : Metres(asked, reader.GetDecimal(11), reader.GetDecimal(12)),
            MinutesSinceOtherProject = reader.IsDBNull(13) ? null : reader.GetInt32(13),
            SameImage = reader.GetInt32(14),
            AttendedDays = isHeld && asked.PayMonth is not null ? reader.GetInt32(15) : null,
        };
    }

    /// <summary>Along the surface, by the haversine formula.</summary>
    private static int? Metres(RegisterAsked asked, decimal latitude, decimal longitude)
    {
        if (asked is not { Latitude: { } here, Longitude: { } there }) return null;

        static double Radians(decimal degrees) => (double)degrees * Math.PI / 180;
        var (from, to) = (Radians(latitude), Radians(here));
        var (north, east) = (Math.Sin((to - from) / 2), Math.Sin((Radians(there) - Radians(longitude)) / 2));
        return (int)(2 * EarthRadius * Math.Asin(Math.Min(1, Math.Sqrt(north * north + Math.Cos(from) * Math.Cos(to) * east * east))));
    }

    private static NpgsqlParameter Column<T>(NpgsqlDbType type, IReadOnlyList<RegisterAsked> asked, Func<RegisterAsked, T> value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | type, Value = asked.Select(value).ToArray() };
}
