using WorkflowEngine.Storage.Postgres;

namespace WorkflowEngine.Storage.Cases;

/// <summary>What pages read. Every query sees with the eyes of its tenant: what is not theirs is not there.</summary>
public sealed class CaseQueries(Database database)
{
    /// <summary>Open tasks by due date (those without one last), closed ones newest first.</summary>
    public Task<Page<TaskLine>> TasksAsync(Tenant tenant, TaskFilter filter, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    public Task<TaskDetail?> TaskAsync(Tenant tenant, string taskId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Newest first.</summary>
    public Task<Page<CaseLine>> CasesAsync(Tenant tenant, CaseFilter filter, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    public Task<CaseView?> CaseAsync(Tenant tenant, string caseNumber, string userId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>The inbox of the tenant's own organisation, newest first; with a role, what is for everyone or for that role.</summary>
    public Task<Page<NoticeLine>> InboxAsync(Tenant tenant, string userId, string? role, int page, int pageSize, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>How many notices of the inbox the user has not read.</summary>
    public Task<int> UnreadAsync(Tenant tenant, string userId, string? role, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Looks at a notice; whether and when the user signed for it stays as it is.</summary>
    public Task<NoticeView?> NoticeAsync(Tenant tenant, string noticeId, string userId, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Opens a notice and remembers that the user read it.</summary>
    public Task<NoticeView?> ReadNoticeAsync(Tenant tenant, string noticeId, string userId, DateTimeOffset businessNow, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>Warnings of the tenant and of organisations below, unanswered first.</summary>
    public Task<Page<WarningLine>> WarningsAsync(Tenant tenant, bool openOnly, int page, int pageSize, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    public Task<IReadOnlyList<CredentialLine>> CredentialsAsync(Tenant tenant, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");

    /// <summary>A credential's requests, newest first, with every finding.</summary>
    public Task<ConformanceView?> ConformanceAsync(Tenant tenant, string credentialId, bool failedOnly, int page, int pageSize, CancellationToken ct) =>
        throw new NotSupportedException($"Follows on {database}.");
}
