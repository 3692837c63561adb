namespace WorkflowEngine.Content.Checks;

/// <summary>The names that the checks know activities, parties and roles by, as flow files write them.</summary>
internal static class GovActivities
{
    public const string Submission = "Gov.Submission";
    public const string HumanTask = "Gov.HumanTask";
    public const string EvaluateRules = "Gov.EvaluateRules";
    public const string AwaitConformance = "Gov.AwaitConformance";
    public const string IssueCredential = "Gov.IssueCredential";
    public const string RevokeCredential = "Gov.RevokeCredential";
    public const string RaiseWarning = "Gov.RaiseWarning";
    public const string SendNotice = "Gov.SendNotice";
    public const string SuspendClock = "Gov.SuspendClock";
    public const string ResumeClock = "Gov.ResumeClock";
    public const string StartClock = "Gov.StartClock";
    public const string ExtendClock = "Gov.ExtendClock";
    public const string FindCases = "Gov.FindCases";
    public const string TransferCase = "Gov.TransferCase";
    public const string WorkingDayTimer = "Gov.WorkingDayTimer";
    public const string DataIngest = "Gov.DataIngest";
    public const string CloseCase = "Gov.CloseCase";
    public const string Prefix = "Gov.";

    /// <summary><c>authority.parent</c>: the level above, whose roles depend on which level that is.</summary>
    public const string ParentSuffix = ".parent";

    /// <summary>Who holds which roles; a task for a role that its party does not have would be nobody's.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> RolesOfParty { get; } = new Dictionary<string, IReadOnlyList<string>>
    {
        ["applicant"] = ["vendor-admin", "vendor-tech", "contractor"],
        ["authority"] = ["officer", "leader", "support-unit"],
        ["vendor"] = ["vendor-admin", "vendor-tech"],
        ["province"] = ["province-officer", "leader", "policy-staff", "operator"],
    };
}
