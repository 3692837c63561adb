namespace WorkflowEngine.Storage.Sealing;

/// <summary>Every place where something lies sealed.</summary>
internal static class Places
{
    public static SealedPlace Credential(string id) => new("credentials", "secret", id);

    public static SealedPlace Submission(Guid id) => new("submissions", "personal", id.ToString("N"));

    public static SealedPlace Attachment(Guid id) => new("attachments", "content", id.ToString("N"));

    public static SealedPlace IngestRecord(Guid requestId, int ordinal) => new("ingest_records", "personal", $"{requestId:N}.{ordinal}");

    /// <param name="month">Its first day.</param>
    public static SealedPlace MonthKey(string provinceId, DateOnly month) => new("month_keys", "wrapped", FormattableString.Invariant($"{provinceId}.{month:yyyy-MM}"));

    public static SealedPlace MessageAccount(string organisationId) => new("organisations", "message_account", organisationId);

    public static SealedPlace DataProtectionKey(string name) => new("data_protection_keys", "sealed", name);
}
