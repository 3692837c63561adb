using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Outbox;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;
using Database = WorkflowEngine.Storage.Postgres.Database;

namespace WorkflowEngine.Storage.Cases;

/// <summary>What pages read. Every query sees with the eyes of its tenant: what is not theirs is not there.</summary>
public sealed class CaseQueries(Database database)
{
    /// <summary>Most lines of a page, whatever is asked for.</summary>
    public const int MaxPageSize = 100;

    private const int MaxLinked = 50;

    private static readonly TaskKind[] Awaited = [TaskKind.Work, TaskKind.Warning];

    private readonly DbContextOptions<CaseContext> _options =
        new DbContextOptionsBuilder<CaseContext>().UseNpgsql(database.App).UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking).Options;

    /// <summary>Open tasks by due date (those without one last), closed ones newest first.</summary>
    public async Task<Page<TaskLine>> TasksAsync(Tenant tenant, TaskFilter filter, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        var rows = TasksOf(view.Context);
        var organisation = filter.OrganisationId ?? tenant.OrganisationId;
        if (filter.WithSubordinates)
        {
            var path = await view.Context.Organisations.Where(row => row.Id == organisation).Select(row => row.Path).SingleOrDefaultAsync(ct) ?? "-";
            rows = rows.Where(row => row.Organisation!.Path.StartsWith(path));
        }
        else
        {
            rows = rows.Where(row => row.Task.OrganisationId == organisation);
        }

        rows = filter.Open ? rows.Where(row => row.Task.ClosedAt == null) : rows.Where(row => row.Task.ClosedAt != null);
        var kinds = filter.Kinds ?? Awaited;
        rows = rows.Where(row => kinds.Contains(row.Task.Kind));
        if (filter.Role is { } role)
        {
            rows = rows.Where(row => row.Task.Role == role);
        }

        if (filter.OverdueAt?.ToUniversalTime() is { } instant)
        {
            rows = rows.Where(row => row.Task.OverdueAt <= instant);
        }

        if (filter.DueBy is { } day)
        {
            rows = rows.Where(row => row.Task.DueDate <= day);
        }

        if (Pattern(filter.Search) is { } pattern)
        {
            rows = rows.Where(row => EF.Functions.ILike(row.Task.CaseNumber!, pattern) || EF.Functions.ILike(row.Task.Title, pattern)
                || EF.Functions.ILike(row.Case!.Title, pattern) || EF.Functions.ILike(row.Applicant!.Name, pattern));
        }

        var total = await rows.CountAsync(ct);
        var sorted = filter.Open
            ? rows.OrderBy(row => row.Task.DueDate == null).ThenBy(row => row.Task.DueDate).ThenBy(row => row.Task.OpenedAt).ThenBy(row => row.Task.Id)
            : rows.OrderByDescending(row => row.Task.ClosedAt).ThenBy(row => row.Task.Id);
        var page = await Take(sorted, filter.Page, filter.PageSize).ToListAsync(ct);
        return new Page<TaskLine>([.. page.Select(Line)], total);
    }

    public async Task<TaskDetail?> TaskAsync(Tenant tenant, string taskId, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        var row = await TasksOf(view.Context).SingleOrDefaultAsync(row => row.Task.Id == taskId, ct);
        return row is null ? null : Detail(row);
    }

    /// <summary>Newest first.</summary>
    public async Task<Page<CaseLine>> CasesAsync(Tenant tenant, CaseFilter filter, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        var rows = CasesOf(view.Context);
        if (filter.Open is { } open)
        {
            rows = rows.Where(row => open == (row.Case.Outcome == null));
        }

        if (filter.FlowId is { } flow)
        {
            rows = rows.Where(row => row.Case.FlowId == flow);
        }

        if (Pattern(filter.Search) is { } pattern)
        {
            rows = rows.Where(row => EF.Functions.ILike(row.Case.Number, pattern) || EF.Functions.ILike(row.Case.Title, pattern)
                || EF.Functions.ILike(row.ApplicantName!, pattern));
        }

        var total = await rows.CountAsync(ct);
        var sorted = rows.OrderByDescending(row => row.Case.SubmittedAt).ThenByDescending(row => row.Case.Number);
        var page = await Take(sorted, filter.Page, filter.PageSize).ToListAsync(ct);
        return new Page<CaseLine>([.. page.Select(Line)], total);
    }

    /// <summary>How often each of these cases has gone on, by number; those that are not theirs are left out.</summary>
    public async Task<IReadOnlyDictionary<string, int>> RevisionsAsync(Tenant tenant, IReadOnlyCollection<string> caseNumbers, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        return await view.Context.Cases.Where(row => caseNumbers.Contains(row.Number)).ToDictionaryAsync(row => row.Number, row => row.Revision, ct);
    }

    /// <param name="userId">Whose read marks the notices carry.</param>
    public async Task<CaseView?> CaseAsync(Tenant tenant, string caseNumber, string userId, CancellationToken ct)
    {
        // PostgreSQL has no NUL in text and would answer with an error.
        if (caseNumber.Contains('\0', StringComparison.Ordinal)) return null;

        await using var view = await OpenAsync(tenant, ct);
        var context = view.Context;
        if (await CasesOf(context).SingleOrDefaultAsync(row => row.Case.Number == caseNumber, ct) is not { } row)
        {
            return null;
        }

        var instance = row.Case.InstanceId;
        var tasks = await TasksOf(context).Where(task => task.Task.InstanceId == instance).ToListAsync(ct);
        var journal = await context.Journal.Where(entry => entry.InstanceId == instance).OrderBy(entry => entry.Revision).ThenBy(entry => entry.Ordinal).ToListAsync(ct);
        var warnings = await WarningsOf(context).Where(warning => warning.Warning.InstanceId == instance).ToListAsync(ct);
        var notices = await NoticesOf(context, userId).Where(notice => notice.Notice.InstanceId == instance).ToListAsync(ct);
        var credentials = await CredentialsOf(context).Where(credential => credential.Credential.InstanceId == instance).ToListAsync(ct);
        var submissions = await context.Submissions.Where(submission => submission.InstanceId == instance).OrderBy(submission => submission.SubmittedAt).ToListAsync(ct);
        var incidents = await context.Incidents.Where(incident => incident.InstanceId == instance).OrderBy(incident => incident.RaisedAt).ToListAsync(ct);
        var linked = await CasesOf(context).Where(other => other.Case.LinkedNumber == caseNumber).OrderByDescending(other => other.Case.SubmittedAt)
            .ThenByDescending(other => other.Case.Number).Take(MaxLinked).ToListAsync(ct);
        return new CaseView(
            Line(row),
            row.Case.ReleaseId,
            row.Case.Revision,
            row.Case.Status,
            [.. InOrder(tasks, task => task.Task.Id).Select(Detail)],
            [.. journal.Select(entry => new TimelineEntry(
                entry.Revision, entry.Ordinal, entry.At, entry.ActivityId, entry.ActivityType, entry.Event,
                entry.Outcomes is null ? null : StoredJson.Read<string[]>(entry.Outcomes), StoredJson.Object(entry.Details), entry.ByName, entry.ByOrganisation, entry.ByRole))],
            [.. InOrder(warnings, warning => warning.Warning.Id).Select(Line)],
            [.. InOrder(notices, notice => notice.Notice.Id).Select(Line)],
            [.. InOrder(credentials, credential => credential.Credential.Id).Select(Line)],
            [.. StoredJson.Read<StoredClock[]>(row.Case.Clocks).Select(clock => new ClockLine(clock.Name, clock.Allotted, clock.Used, clock.RunningSince))],
            [.. submissions.Select(submission => new SubmissionLine(
                submission.Id, submission.FormId, submission.OrganisationId, StoredJson.Object(submission.Answers)!, submission.SubmittedAt, submission.ByName ?? ""))],
            [.. incidents.Select(incident => new IncidentLine(
                incident.Id, incident.InstanceId, incident.ActivityId, incident.Message, incident.RaisedAt, incident.ResolvedAt))])
        {
            Linked = [.. linked.Select(Line)],
        };
    }

    /// <summary>The inbox of the tenant's own organisation, newest first; with a role, what is for everyone or for that role.</summary>
    /// <param name="isForRoleOnly">Without what is for everyone.</param>
    public async Task<Page<NoticeLine>> InboxAsync(
        Tenant tenant, string userId, string? role, int page, int pageSize, CancellationToken ct, bool isForRoleOnly = false)
    {
        await using var view = await OpenAsync(tenant, ct);
        var rows = InboxOf(view.Context, tenant, userId, role, isForRoleOnly);
        var total = await rows.CountAsync(ct);
        var notices = await Take(rows.OrderByDescending(row => row.Notice.SentAt).ThenByDescending(row => row.Notice.Id), page, pageSize).ToListAsync(ct);
        return new Page<NoticeLine>([.. notices.Select(Line)], total);
    }

    /// <summary>How many notices of the inbox the user has not read.</summary>
    public async Task<int> UnreadAsync(Tenant tenant, string userId, string? role, CancellationToken ct, bool isForRoleOnly = false)
    {
        await using var view = await OpenAsync(tenant, ct);
        return await InboxOf(view.Context, tenant, userId, role, isForRoleOnly).CountAsync(row => row.ReadAt == null, ct);
    }

    /// <summary>Looks at a notice; whether and when the user signed for it stays as it is.</summary>
    public async Task<NoticeView?> NoticeAsync(Tenant tenant, string noticeId, string userId, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        return await NoticesOf(view.Context, userId).SingleOrDefaultAsync(row => row.Notice.Id == noticeId, ct) is { } row
            ? new NoticeView(Line(row), row.Notice.Html, row.Notice.Body)
            : null;
    }

    /// <summary>Opens a notice and remembers that the user read it.</summary>
    public async Task<NoticeView?> ReadNoticeAsync(Tenant tenant, string noticeId, string userId, DateTimeOffset businessNow, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        if (await NoticesOf(view.Context, userId).SingleOrDefaultAsync(row => row.Notice.Id == noticeId, ct) is not { } row)
        {
            return null;
        }

        var readAt = row.ReadAt ?? businessNow.ToUniversalTime();
        await view.Context.Database.ExecuteSqlAsync(
            $"insert into notice_reads values ({noticeId}, {userId}, {tenant.OrganisationId}, {readAt}) on conflict do nothing", ct);
        await view.CommitAsync(ct);
        return new NoticeView(Line(row) with { ReadAt = readAt }, row.Notice.Html, row.Notice.Body);
    }

    /// <summary>Warnings of the tenant and of organisations below, unanswered first.</summary>
    public async Task<Page<WarningLine>> WarningsAsync(Tenant tenant, bool openOnly, int page, int pageSize, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        var rows = WarningsOf(view.Context).Where(row => row.Organisation!.Path.StartsWith(tenant.Path));
        if (openOnly)
        {
            rows = rows.Where(row => row.Warning.AnsweredAt == null);
        }

        var total = await rows.CountAsync(ct);
        var sorted = rows.OrderBy(row => row.Warning.AnsweredAt != null).ThenByDescending(row => row.Warning.RaisedAt).ThenBy(row => row.Warning.Id);
        var warnings = await Take(sorted, page, pageSize).ToListAsync(ct);
        return new Page<WarningLine>([.. warnings.Select(Line)], total);
    }

    /// <summary>The tasks that these warnings are about and those that answer them, as far as they are the tenant's to see.</summary>
    public async Task<IReadOnlyList<TaskDetail>> TasksOfWarningsAsync(Tenant tenant, IReadOnlyList<WarningLine> warnings, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        var ids = warnings.Select(warning => warning.Id).ToList();
        var about = warnings.Select(warning => warning.AboutTaskId).OfType<string>().ToList();
        var rows = await TasksOf(view.Context).Where(row => about.Contains(row.Task.Id) || (row.Task.WarningId != null && ids.Contains(row.Task.WarningId))).ToListAsync(ct);
        return [.. rows.Select(Detail)];
    }

    /// <summary>Newest first, revoked ones too.</summary>
    public async Task<IReadOnlyList<CredentialLine>> CredentialsAsync(Tenant tenant, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        var rows = await CredentialsOf(view.Context).OrderByDescending(row => row.Credential.IssuedAt).ThenBy(row => row.Credential.Id).ToListAsync(ct);
        return [.. rows.Select(Line)];
    }

    /// <summary>A credential's requests, newest first, with every finding.</summary>
    public async Task<ConformanceView?> ConformanceAsync(Tenant tenant, string credentialId, bool failedOnly, int page, int pageSize, CancellationToken ct)
    {
        await using var view = await OpenAsync(tenant, ct);
        if (await CredentialsOf(view.Context).SingleOrDefaultAsync(row => row.Credential.Id == credentialId, ct) is not { } credential)
        {
            return null;
        }

        var rows = view.Context.Requests.Where(row => row.CredentialId == credentialId && (!failedOnly || !row.Accepted));
        var total = await rows.CountAsync(ct);
        var requests = await Take(rows.OrderByDescending(row => row.Sequence), page, pageSize).ToListAsync(ct);
        var ids = requests.Select(request => request.Id).ToList();
        var findings = (await view.Context.Findings.Where(row => ids.Contains(row.RequestId)).OrderBy(row => row.Ordinal).ToListAsync(ct)).ToLookup(row => row.RequestId);
        var summary = await IngestStore.SummaryAsync(view.Transaction, credentialId, ct);
        return new ConformanceView(Line(credential), summary, new Page<ConformanceLine>(
            [.. requests.Select(request => new ConformanceLine(
                request.Id, request.Method, request.Accepted, request.Code, request.Message, request.ReceivedAt, request.Records, request.NewRecords, request.Times,
                [.. findings[request.Id].Select(row => new IngestFinding(
                    row.RecordOrdinal, row.Path, row.Field, row.Rule, row.Level, row.Message, row.Basis, row.Advice))]))],
            total));
    }

    /// <summary>In the order in which the instance decided them; several often share one instant.</summary>
    private static IEnumerable<T> InOrder<T>(IEnumerable<T> rows, Func<T, string> id) =>
        from row in rows
        let effect = EffectId.Parse(id(row))
        orderby effect.Revision, effect.Ordinal
        select row;

    private sealed class TaskJoin
    {
        public required TaskRow Task { get; init; }

        public InternalPaperRow? Paper { get; init; }

        public InternalAnswerRow? Answer { get; init; }

        public CaseRow? Case { get; init; }

        public OrganisationRow? Organisation { get; init; }

        public OrganisationRow? Applicant { get; init; }
    }

    private sealed class CaseJoin
    {
        public required CaseRow Case { get; init; }

        public string? ApplicantName { get; init; }

        public string? AuthorityName { get; init; }

        public int OpenWarnings { get; init; }
    }

    private sealed class WarningJoin
    {
        public required WarningRow Warning { get; init; }

        public OrganisationRow? Organisation { get; init; }

        public CaseRow? Case { get; init; }
    }

    private sealed class NoticeJoin
    {
        public required NoticeRow Notice { get; init; }

        public string? OrganisationName { get; init; }

        public DateTimeOffset? ReadAt { get; init; }
    }

    private sealed class CredentialJoin
    {
        public required CredentialRow Credential { get; init; }

        public string? HolderName { get; init; }

        public string? AuthorityName { get; init; }

        public string? CaseNumber { get; init; }
    }

    private static IQueryable<TaskJoin> TasksOf(CaseContext context) =>
        from task in context.Tasks
        join organisation in context.Organisations on task.OrganisationId equals organisation.Id into organisations
        from organisation in organisations.DefaultIfEmpty()
        join paper in context.InternalPapers on task.Id equals paper.TaskId into papers
        from paper in papers.DefaultIfEmpty()
        join answer in context.InternalAnswers on task.Id equals answer.TaskId into answers
        from answer in answers.DefaultIfEmpty()
        join @case in context.Cases on task.InstanceId equals @case.InstanceId into cases
        from @case in cases.DefaultIfEmpty()
        join applicant in context.Organisations on @case.ApplicantId equals applicant.Id into applicants
        from applicant in applicants.DefaultIfEmpty()
        select new TaskJoin { Task = task, Paper = paper, Answer = answer, Case = @case, Organisation = organisation, Applicant = applicant };

    private static IQueryable<CaseJoin> CasesOf(CaseContext context) =>
        from @case in context.Cases
        join applicant in context.Organisations on @case.ApplicantId equals applicant.Id into applicants
        from applicant in applicants.DefaultIfEmpty()
        join authority in context.Organisations on @case.AuthorityId equals authority.Id into authorities
        from authority in authorities.DefaultIfEmpty()
        select new CaseJoin
        {
            Case = @case,
            ApplicantName = applicant.Name,
            AuthorityName = authority.Name,
            OpenWarnings = context.Warnings.Count(warning => warning.InstanceId == @case.InstanceId && warning.AnsweredAt == null),
        };

    private static IQueryable<WarningJoin> WarningsOf(CaseContext context) =>
        from warning in context.Warnings
        join organisation in context.Organisations on warning.OrganisationId equals organisation.Id into organisations
        from organisation in organisations.DefaultIfEmpty()
        join @case in context.Cases on warning.InstanceId equals @case.InstanceId into cases
        from @case in cases.DefaultIfEmpty()
        select new WarningJoin { Warning = warning, Organisation = organisation, Case = @case };

    private static IQueryable<NoticeJoin> NoticesOf(CaseContext context, string userId) =>
        from notice in context.Notices
        where notice.Template != MailDigests.Notice
        join organisation in context.Organisations on notice.OrganisationId equals organisation.Id into organisations
        from organisation in organisations.DefaultIfEmpty()
        join read in context.NoticeReads.Where(read => read.UserId == userId) on notice.Id equals read.NoticeId into reads
        from read in reads.DefaultIfEmpty()
        select new NoticeJoin { Notice = notice, OrganisationName = organisation.Name, ReadAt = (DateTimeOffset?)read.ReadAt };

    private static IQueryable<NoticeJoin> InboxOf(CaseContext context, Tenant tenant, string userId, string? role, bool isForRoleOnly) =>
        NoticesOf(context, userId).Where(row => row.Notice.OrganisationId == tenant.OrganisationId
            && (role == null || row.Notice.Role == role || (row.Notice.Role == null && !isForRoleOnly)));

    private static IQueryable<CredentialJoin> CredentialsOf(CaseContext context) =>
        from credential in context.Credentials
        join holder in context.Organisations on credential.HolderId equals holder.Id into holders
        from holder in holders.DefaultIfEmpty()
        join authority in context.Organisations on credential.AuthorityId equals authority.Id into authorities
        from authority in authorities.DefaultIfEmpty()
        join @case in context.Cases on credential.InstanceId equals @case.InstanceId into cases
        from @case in cases.DefaultIfEmpty()
        select new CredentialJoin { Credential = credential, HolderName = holder.Name, AuthorityName = authority.Name, CaseNumber = @case.Number };

    private static TaskLine Line(TaskJoin row) => new(
        row.Task.Id, row.Task.InstanceId, row.Task.CaseNumber, row.Case?.Title, row.Applicant?.Name, row.Task.Kind, row.Task.Title, row.Task.OrganisationId,
        row.Organisation?.Name ?? row.Task.OrganisationId, row.Task.Role, row.Task.ClosedAt is null, row.Task.OpenedAt, row.Task.StartDate, row.Task.DueDate,
        row.Task.Provisional, row.Task.OverdueAt);

    private static TaskDetail Detail(TaskJoin row) => new(
        Line(row), row.Task.ActivityId, row.Task.Party, row.Task.FormId, StoredJson.Read<TaskOutcome[]>(row.Task.Outcomes), row.Task.Clock, row.Task.WarningId,
        StoredJson.Object(row.Paper?.Data ?? row.Task.Data), row.Task.Ended, row.Answer?.Outcome ?? row.Task.Outcome, StoredJson.Object(row.Answer?.Answers ?? row.Task.Answers),
        row.Task.ClosedByName, row.Task.ClosedAt, row.Task.ReleaseId)
    {
        IsWithheld = row.Task.Internal && row.Paper is null && row.Answer is null,
    };

    private static CaseLine Line(CaseJoin row) => new(
        row.Case.InstanceId, row.Case.Number, row.Case.Title, row.Case.FlowId, row.Case.ApplicantId, row.ApplicantName ?? row.Case.ApplicantId,
        row.Case.AuthorityId, row.AuthorityName ?? row.Case.AuthorityId, row.Case.SubmittedAt, row.Case.Outcome, row.Case.ClosedAt, row.OpenWarnings,
        row.Case.LinkedNumber, row.Case.Confidential) { ReleaseId = row.Case.ReleaseId };

    private static WarningLine Line(WarningJoin row) => new(
        row.Warning.Id, row.Warning.InstanceId, row.Warning.CaseNumber, row.Case?.Title, row.Warning.ActivityId, row.Warning.Colour, row.Warning.Level,
        row.Warning.OrganisationId, row.Organisation?.Name ?? row.Warning.OrganisationId, row.Warning.AboutTaskId, row.Warning.Title, row.Warning.RaisedAt,
        row.Warning.AnswerDue, row.Warning.AnsweredAt, row.Warning.AnsweredBy, StoredJson.Object(row.Warning.Answer));

    private static NoticeLine Line(NoticeJoin row) => new(
        row.Notice.Id, row.Notice.InstanceId, row.Notice.CaseNumber, row.Notice.Template, row.Notice.OrganisationId, row.OrganisationName ?? row.Notice.OrganisationId,
        row.Notice.Role, row.Notice.Subject, row.Notice.SentAt, row.ReadAt);

    private static CredentialLine Line(CredentialJoin row) => new(
        row.Credential.Id, row.Credential.KeyId, row.Credential.InstanceId, row.CaseNumber, row.Credential.Stage, row.Credential.Label,
        row.Credential.SigningProfile, row.Credential.HolderId, row.HolderName ?? row.Credential.HolderId, row.Credential.AuthorityId,
        row.AuthorityName ?? row.Credential.AuthorityId, row.Credential.IssuedAt, row.Credential.RevealedAt, row.Credential.RevokedAt, row.Credential.RevokeReason)
    {
        Permit = row.Credential.Permit,
    };

    private static string? Pattern(string? search) =>
        string.IsNullOrWhiteSpace(search)
            ? null
            // PostgreSQL has no NUL in text and would answer with an error.
            : $"%{search.Replace("\0", "", StringComparison.Ordinal).Trim().Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%";

    private static IQueryable<T> Take<T>(IQueryable<T> rows, int page, int size)
    {
        var bounded = Math.Clamp(size, 1, MaxPageSize);
        return rows.Skip(Math.Clamp(page, 0, 1_000_000) * bounded).Take(bounded);
    }

    private async Task<View> OpenAsync(Tenant tenant, CancellationToken ct)
    {
        var context = new CaseContext(_options);
        try
        {
            var transaction = await context.Database.BeginTransactionAsync(ct);
            await context.Database.ExecuteSqlAsync(
                $"select set_config('workflow.tenant', {tenant.OrganisationId}, true), set_config('workflow.path', {tenant.Path}, true)", ct);
            return new View(context, transaction, tenant);
        }
        catch
        {
            await context.DisposeAsync();
            throw;
        }
    }

    /// <summary>A context whose transaction sees with the eyes of one tenant.</summary>
    private sealed class View(CaseContext context, IDbContextTransaction transaction, Tenant tenant) : IAsyncDisposable
    {
        public CaseContext Context => context;

        /// <summary>The same transaction, for what is written in SQL.</summary>
        public TenantBatch Transaction => new(
            (Npgsql.NpgsqlConnection)context.Database.GetDbConnection(), (Npgsql.NpgsqlTransaction)transaction.GetDbTransaction(), tenant);

        public Task CommitAsync(CancellationToken ct) => transaction.CommitAsync(ct);

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await context.DisposeAsync();
        }
    }
}
