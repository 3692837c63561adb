namespace WorkflowEngine.Storage.Commit;

/// <summary>What is known of an instance under its lock.</summary>
internal sealed record LockedInstance(int Revision, string OrganisationId, string ReleaseId, string SubStatus, Guid? ParentInstanceId, string? ParentBookmarkId);

/// <summary>The end of an audit chain.</summary>
internal sealed record AuditHead(long Sequence, byte[] Hash);

/// <summary>A named clock as case pages read it.</summary>
internal sealed record StoredClock(string Name, int Allotted, int Used, DateOnly? RunningSince);
