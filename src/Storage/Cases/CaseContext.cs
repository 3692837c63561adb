using Microsoft.EntityFrameworkCore;
using WorkflowEngine.Storage.Ingest;
using WorkflowEngine.Storage.Postgres;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Storage.Cases;

/// <summary>The tables as pages read them. Nothing is written through it but the mark that a notice was read.</summary>
internal sealed class CaseContext(DbContextOptions<CaseContext> options) : DbContext(options)
{
    public DbSet<OrganisationRow> Organisations => Set<OrganisationRow>();

    public DbSet<CaseRow> Cases => Set<CaseRow>();

    public DbSet<TaskRow> Tasks => Set<TaskRow>();

    public DbSet<InternalPaperRow> InternalPapers => Set<InternalPaperRow>();

    public DbSet<InternalAnswerRow> InternalAnswers => Set<InternalAnswerRow>();

    public DbSet<JournalRow> Journal => Set<JournalRow>();

    public DbSet<WarningRow> Warnings => Set<WarningRow>();

    public DbSet<NoticeRow> Notices => Set<NoticeRow>();

    public DbSet<NoticeReadRow> NoticeReads => Set<NoticeReadRow>();

    public DbSet<CredentialRow> Credentials => Set<CredentialRow>();

    public DbSet<SubmissionRow> Submissions => Set<SubmissionRow>();

    public DbSet<IncidentRow> Incidents => Set<IncidentRow>();

    public DbSet<RequestRow> Requests => Set<RequestRow>();

    public DbSet<FindingRow> Findings => Set<FindingRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder builder)
    {
        builder.Properties<TaskKind>().HaveConversion<string>();
        builder.Properties<TaskEnd>().HaveConversion<string>();
        builder.Properties<WarningColour>().HaveConversion<string>();
        builder.Properties<OrganisationLevel>().HaveConversion<string>();
        builder.Properties<CredentialStage>().HaveConversion<string>();
        builder.Properties<InstanceStatus>().HaveConversion<string>();
        builder.Properties<FindingLevel>().HaveConversion<string>();
    }

    protected override void OnModelCreating(ModelBuilder builder)
    {
        builder.Entity<OrganisationRow>().ToTable("organisations");
        builder.Entity<CaseRow>().ToTable("cases").HasKey(row => row.InstanceId);
        builder.Entity<TaskRow>().ToTable("tasks");
        builder.Entity<InternalPaperRow>().ToTable("internal_papers").HasKey(row => row.TaskId);
        builder.Entity<InternalAnswerRow>().ToTable("internal_answers").HasKey(row => row.TaskId);
        builder.Entity<JournalRow>().ToTable("journal").HasKey(row => new { row.InstanceId, row.Revision, row.Ordinal });
        builder.Entity<WarningRow>().ToTable("warnings");
        builder.Entity<NoticeRow>().ToTable("notices");
        builder.Entity<NoticeReadRow>().ToTable("notice_reads").HasKey(row => new { row.NoticeId, row.UserId });
        builder.Entity<CredentialRow>().ToTable("credentials");
        builder.Entity<SubmissionRow>().ToTable("submissions");
        builder.Entity<IncidentRow>().ToTable("incidents");
        builder.Entity<RequestRow>().ToTable("ingest_requests");
        builder.Entity<FindingRow>().ToTable("ingest_findings").HasKey(row => new { row.RequestId, row.Ordinal });
        builder.NameColumnsInSnakeCase();
        foreach (var json in new[] { "outcomes", "data", "answers", "details", "clocks", "answer" })
        {
            foreach (var property in builder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()).Where(property => property.GetColumnName() == json))
            {
                property.SetColumnType("json");
            }
        }
    }
}

internal sealed class OrganisationRow
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Path { get; init; } = "";
}

internal sealed class CaseRow
{
    public Guid InstanceId { get; init; }

    public string Number { get; init; } = "";

    public string Title { get; init; } = "";

    public string FlowId { get; init; } = "";

    public string ApplicantId { get; init; } = "";

    public string AuthorityId { get; init; } = "";

    public string ReleaseId { get; init; } = "";

    public int Revision { get; init; }

    public InstanceStatus Status { get; init; }

    public string Clocks { get; init; } = "[]";

    public DateTimeOffset SubmittedAt { get; init; }

    public string? Outcome { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public string? LinkedNumber { get; init; }

    public bool Confidential { get; init; }
}

internal sealed class TaskRow
{
    public string Id { get; init; } = "";

    public Guid InstanceId { get; init; }

    public string? CaseNumber { get; init; }

    public string OrganisationId { get; init; } = "";

    public TaskKind Kind { get; init; }

    public string ActivityId { get; init; } = "";

    public string Title { get; init; } = "";

    public string Party { get; init; } = "";

    public string Role { get; init; } = "";

    public string FormId { get; init; } = "";

    public string Outcomes { get; init; } = "[]";

    public string? Clock { get; init; }

    public DateOnly? StartDate { get; init; }

    public DateOnly? DueDate { get; init; }

    public bool Provisional { get; init; }

    public DateTimeOffset? OverdueAt { get; init; }

    public string? WarningId { get; init; }

    public string? Data { get; init; }

    public string ReleaseId { get; init; } = "";

    public DateTimeOffset OpenedAt { get; init; }

    public TaskEnd? Ended { get; init; }

    public string? Outcome { get; init; }

    public string? Answers { get; init; }

    public string? ClosedByName { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public bool Internal { get; init; }
}

/// <summary>What an internal task was given; not there for who may not read it.</summary>
internal sealed class InternalPaperRow
{
    public string TaskId { get; init; } = "";

    public string? Data { get; init; }
}

/// <summary>What was answered in an internal task; not there for who may not read it (yet).</summary>
internal sealed class InternalAnswerRow
{
    public string TaskId { get; init; } = "";

    public string? Outcome { get; init; }

    public string? Answers { get; init; }
}

internal sealed class JournalRow
{
    public Guid InstanceId { get; init; }

    public int Revision { get; init; }

    public int Ordinal { get; init; }

    public DateTimeOffset At { get; init; }

    public string ActivityId { get; init; } = "";

    public string ActivityType { get; init; } = "";

    public string Event { get; init; } = "";

    public string? Outcomes { get; init; }

    public string? Details { get; init; }

    public string? ByName { get; init; }

    public string? ByOrganisation { get; init; }

    public string? ByRole { get; init; }
}

internal sealed class WarningRow
{
    public string Id { get; init; } = "";

    public Guid InstanceId { get; init; }

    public string? CaseNumber { get; init; }

    public string OrganisationId { get; init; } = "";

    public string ActivityId { get; init; } = "";

    public WarningColour Colour { get; init; }

    public OrganisationLevel Level { get; init; }

    public string? AboutTaskId { get; init; }

    public string Title { get; init; } = "";

    public DateTimeOffset RaisedAt { get; init; }

    public DateOnly? AnswerDue { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public string? AnsweredBy { get; init; }

    public string? Answer { get; init; }
}

internal sealed class NoticeRow
{
    public string Id { get; init; } = "";

    public Guid? InstanceId { get; init; }

    public string? CaseNumber { get; init; }

    public string OrganisationId { get; init; } = "";

    public string Template { get; init; } = "";

    public string? Role { get; init; }

    public string Subject { get; init; } = "";

    public string Html { get; init; } = "";

    public string Body { get; init; } = "";

    public DateTimeOffset SentAt { get; init; }
}

internal sealed class NoticeReadRow
{
    public string NoticeId { get; init; } = "";

    public string UserId { get; init; } = "";

    public string OrganisationId { get; init; } = "";

    public DateTimeOffset ReadAt { get; init; }
}

internal sealed class CredentialRow
{
    public string Id { get; init; } = "";

    public string KeyId { get; init; } = "";

    public Guid InstanceId { get; init; }

    public CredentialStage Stage { get; init; }

    public string Label { get; init; } = "";

    public string SigningProfile { get; init; } = "";

    public string HolderId { get; init; } = "";

    public string AuthorityId { get; init; } = "";

    public DateTimeOffset IssuedAt { get; init; }

    public DateTimeOffset? RevealedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokeReason { get; init; }

    public string? Permit { get; init; }
}

internal sealed class SubmissionRow
{
    public Guid Id { get; init; }

    public Guid InstanceId { get; init; }

    public string FormId { get; init; } = "";

    public string OrganisationId { get; init; } = "";

    public string Answers { get; init; } = "{}";

    public DateTimeOffset SubmittedAt { get; init; }

    public string? ByName { get; init; }
}

internal sealed class IncidentRow
{
    public string Id { get; init; } = "";

    public Guid? InstanceId { get; init; }

    public string? ActivityId { get; init; }

    public string Message { get; init; } = "";

    public DateTimeOffset RaisedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }
}

internal sealed class RequestRow
{
    public Guid Id { get; init; }

    public long Sequence { get; init; }

    public string CredentialId { get; init; } = "";

    public string Method { get; init; } = "";

    public bool Accepted { get; init; }

    public string Code { get; init; } = "";

    public string Message { get; init; } = "";

    public int Records { get; init; }

    public int NewRecords { get; init; }

    public int Times { get; init; }

    public DateTimeOffset ReceivedAt { get; init; }
}

internal sealed class FindingRow
{
    public Guid RequestId { get; init; }

    public int Ordinal { get; init; }

    public int? RecordOrdinal { get; init; }

    public string Path { get; init; } = "";

    public string Field { get; init; } = "";

    public string Rule { get; init; } = "";

    public FindingLevel Level { get; init; }

    public string Message { get; init; } = "";

    public string Basis { get; init; } = "";

    public string Advice { get; init; } = "";
}
