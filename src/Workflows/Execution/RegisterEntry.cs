using System.Globalization;
using WorkflowEngine.Rules;

namespace WorkflowEngine.Workflows.Execution;

/// <summary>One entry of the register of cases (<see cref="FactKind.Cases"/>), as whoever keeps the register tells it; <see cref="CaseEntry"/> is its type.</summary>
public sealed record RegisterEntry
{
    /// <summary>Most entries of one answer.</summary>
    public const int MaxEntries = 200;

    /// <summary>Most kinds of rejection of one entry.</summary>
    public const int MaxCodes = 20;

    public required string Number { get; init; }

    public required string Flow { get; init; }

    public required string Title { get; init; }

    /// <summary>Organisation id.</summary>
    public required string Applicant { get; init; }

    /// <summary>Organisation id.</summary>
    public required string Authority { get; init; }

    public required string AuthorityName { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Null while the case is open.</summary>
    public string? Outcome { get; init; }

    public string? LinkedTo { get; init; }

    public bool IsConfidential { get; init; }

    /// <summary>The open values of the form that opened the case.</summary>
    public required FactObject Values { get; init; }

    public required IReadOnlyList<string> OpenSteps { get; init; }

    public required IReadOnlyList<string> OverdueSteps { get; init; }

    /// <summary>The newest key of the case.</summary>
    public RegisterKey? Key { get; init; }

    /// <summary>What came with the newest key; null: nothing.</summary>
    public RegisterTraffic? Traffic { get; init; }

    /// <summary>The answer to <see cref="FactKind.Cases"/>.</summary>
    public static IReadOnlyList<FactObject> List(IEnumerable<RegisterEntry> entries) => [.. entries.Select(entry => entry.ToFact())];

    private FactObject ToFact() => Members(
        ("number", Number),
        ("flow", Flow),
        ("title", Title),
        ("applicant", Applicant),
        ("authority", Authority),
        ("authorityName", AuthorityName),
        ("submittedAt", Iso(SubmittedAt)),
        ("closedAt", Iso(ClosedAt)),
        ("outcome", Outcome),
        ("open", Outcome is null),
        ("linkedTo", LinkedTo),
        ("confidential", IsConfidential),
        ("values", Values),
        ("openSteps", new List<object?>(OpenSteps)),
        ("overdueSteps", new List<object?>(OverdueSteps)),
        ("credential", Key is null ? null : Members(("id", Key.Id), ("issuedAt", Iso(Key.IssuedAt)), ("revokedAt", Iso(Key.RevokedAt)))),
        ("traffic", Traffic is null ? null : Members(
            ("accepted", (decimal)Traffic.Accepted),
            ("rejected", (decimal)Traffic.Rejected),
            ("firstAt", Iso(Traffic.FirstAt)),
            ("lastAt", Iso(Traffic.LastAt)),
            ("codes", new List<object?>(Traffic.Codes.Select(code => Members(("code", code.Code), ("message", code.Message), ("count", (decimal)code.Count))))))));

    private static FactObject Members(params ReadOnlySpan<(string Name, object? Value)> members)
    {
        var named = new Dictionary<string, object?>(members.Length, StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            named[name] = value;
        }

        return new FactObject(named);
    }

    internal static string? Iso(DateTimeOffset? instant) => instant?.ToOffset(Calendars.Deadlines.Shanghai).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}

/// <summary>A key of a case, without its secret.</summary>
public sealed record RegisterKey(string Id, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt);

/// <summary>Requests that came with a key.</summary>
/// <param name="Codes">Why requests were turned away, the most frequent first.</param>
public sealed record RegisterTraffic(long Accepted, long Rejected, DateTimeOffset FirstAt, DateTimeOffset? LastAt, IReadOnlyList<RejectionCount> Codes);

public sealed record RejectionCount(string Code, string Message, long Count);
