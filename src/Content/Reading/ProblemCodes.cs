namespace WorkflowEngine.Content.Reading;

/// <summary>
/// The stable words for everything that content can have wrong with it, one for each kind of mistake. Each is explained in
/// <c>docs/problems.md</c>, together with the codes of the flow, rule and template readers, which are passed on as they are.
/// </summary>
public static class ProblemCodes
{
    public const string NotJson = "not-json";
    public const string Encoding = "encoding";
    public const string DuplicateMember = "duplicate-member";
    public const string UnknownMember = "unknown-member";
    public const string Missing = "missing";
    public const string WrongValue = "wrong-value";
    public const string TooLarge = "too-large";
    public const string DuplicateName = "duplicate-name";
    public const string UnknownName = "unknown-name";
    public const string MissingFile = "missing-file";
    public const string NoticeSyntax = "notice-syntax";
    public const string NoticeUnknownMember = "notice-unknown-member";
    public const string NoticeSampleFails = "notice-sample-fails";
    public const string NoticeRaw = "notice-raw";
    public const string RuleNotTried = "rule-not-tried";
    public const string RuleCaseFails = "rule-case-fails";
    public const string ScenarioFails = "scenario-fails";
    public const string EdgeNotTaken = "edge-not-taken";
    public const string ExemptionNeedless = "exemption-needless";
    public const string UnknownStep = "unknown-step";
    public const string UnknownOutcome = "unknown-outcome";
    public const string OutcomeNotDrawn = "outcome-not-drawn";
    public const string DuplicateEdge = "duplicate-edge";
    public const string SideEdge = "side-edge";
    public const string UnreachableStep = "unreachable-step";
    public const string NoTrigger = "no-trigger";
    public const string TwoStarts = "two-starts";
    public const string LoopEntry = "loop-entry";
    public const string NeverEnds = "never-ends";
    public const string DeadEnd = "dead-end";
    public const string StandsStill = "stands-still";
    public const string Circles = "circles";
    public const string EndsByChance = "ends-by-chance";
    public const string EndsUnclosed = "ends-unclosed";
    public const string NeverRuns = "never-runs";
    public const string OpenAtEnd = "open-at-end";
    public const string RunsTwice = "runs-twice";
    public const string ReadBeforeWritten = "read-before-written";
    public const string NotProven = "not-proven";
    public const string NeverWritten = "never-written";
    public const string OverdueNotDrawn = "overdue-not-drawn";
    public const string NeverFires = "never-fires";
    public const string ReminderTooEarly = "reminder-too-early";
    public const string ClockNeverStarted = "clock-never-started";
    public const string ClockStartedTwice = "clock-started-twice";
    public const string RoleNotOfParty = "role-not-of-party";
    public const string InternalShown = "internal-shown";
    public const string UnknownVariable = "unknown-variable";
    public const string UnknownExpressionType = "unknown-expression-type";
    public const string ScriptExpression = "script-expression";
    public const string Lambda = "lambda";
    public const string NoticeModelMissing = "notice-model-missing";
    public const string RuleFactMissing = "rule-fact-missing";
    public const string VariableNotKept = "variable-not-kept";
    public const string HttpEndpoint = "http-endpoint";
    public const string HttpPathTaken = "http-path-taken";
    public const string HttpAnonymous = "http-anonymous";
    public const string HttpFiles = "http-files";
    public const string HttpAddress = "http-address";
    public const string HttpSecret = "http-secret";
    public const string HttpUnreachable = "http-unreachable";
    public const string HttpFailureNotDrawn = "http-failure-not-drawn";
}
