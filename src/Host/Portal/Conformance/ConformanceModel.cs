using System.Globalization;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Conformance;

/// <summary>How one kind of message has gone so far.</summary>
/// <param name="Records">Distinct records accepted.</param>
public sealed record MessageKind(string Method, int Accepted, int Rejected, int Records, DateTimeOffset? LastAccepted, DateTimeOffset? LastRejected)
{
    /// <summary>The last word was good.</summary>
    public bool Passes => Accepted > 0 && (LastRejected is null || LastAccepted >= LastRejected);
}

/// <summary>
/// Requests that were turned away before they were believed (wrong signature, stale timestamp), told together. What method
/// they named is not known for certain: such a line carries the name of the check in its place.
/// </summary>
/// <param name="Count">Requests.</param>
public sealed record TurnedAway(string Rule, string Message, string Advice, int Count, DateTimeOffset Last);

/// <summary>What the rules still miss before the traffic counts as conformant.</summary>
public sealed record Missing(string Message, string? Advice, string? Basis);

/// <summary>联调检查: what a credential's traffic looked like.</summary>
/// <param name="Missing">Null: the key's case does not wait for conformance, so that nothing is asked for.</param>
public sealed record ConformanceModel(
    CredentialLine Key, IReadOnlyList<Missing>? Missing, MessageCatalogue? Catalogue, IReadOnlyList<MessageKind> Kinds, IReadOnlyList<TurnedAway> TurnedAway, IReadOnlyList<ConformanceLine> Requests, int Total, int Page, bool FailedOnly)
{
    public const int PageSize = 30;

    /// <summary>Kinds of which something right came.</summary>
    public int Covered => Kinds.Count(kind => kind.Accepted > 0);

    /// <summary>Kinds whose last word was bad.</summary>
    public int Failing => Kinds.Count(kind => !kind.Passes && kind.Rejected > 0);

    public int Passed => Kinds.Sum(kind => kind.Accepted);

    public int NotPassed => Kinds.Sum(kind => kind.Rejected) + TurnedAway.Sum(away => away.Count);

    /// <summary>What the standard calls the message; nothing where it does not know it.</summary>
    public string? TitleOf(string method) => Catalogue?.Messages.GetValueOrDefault(method)?.Title;

    public string PageHref(int page) => string.Create(
        CultureInfo.InvariantCulture, $"/conformance/{Key.Id}?view={(FailedOnly ? ConformancePages.Failed : ConformancePages.All)}&page={page}");
}
