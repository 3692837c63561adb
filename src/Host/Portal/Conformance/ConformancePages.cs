using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Content.Standards;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Rules;
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

    /// <summary>What the standard calls the message; nothing where it does not know it.</summary>
    public string? TitleOf(string method) => Catalogue?.Messages.GetValueOrDefault(method)?.Title;

    public string PageHref(int page) => string.Create(
        CultureInfo.InvariantCulture, $"/conformance/{Key.Id}?view={(FailedOnly ? ConformancePages.Failed : ConformancePages.All)}&page={page}");
}

public static class ConformancePages
{
    public const string Failed = "failed";
    public const string All = "all";

    private const string AwaitConformance = "Gov.AwaitConformance";

    public static void MapConformancePages(this IEndpointRouteBuilder pages) =>
        pages.MapGet("/conformance/{credentialId}", ShowAsync).RequireAuthorization(Policies.CaseWork);

    private static async Task<IResult> ShowAsync(
        string credentialId, Viewer viewer, CaseQueries queries, ContentReleases releases, BusinessClock clock, CancellationToken ct, string view = Failed, int page = 0)
    {
        var failedOnly = view != All;
        var number = Math.Max(0, page);
        if (await queries.ConformanceAsync(viewer.Tenant, credentialId, failedOnly, number, ConformanceModel.PageSize, ct) is not { } found) return Pages.NotFound();

        var turnedAway = found.Requests.Items.Where(IsTurnedAway).ToList();
        var checks = turnedAway.Select(request => request.Method).ToHashSet();
        return Pages.Show<ConformancePage, ConformanceModel>(new ConformanceModel(
            found.Credential,
            await MissingAsync(found, viewer, queries, releases, clock, ct),
            releases.Current.Standards.GetValueOrDefault(found.Credential.SigningProfile)?.Messages,
            [.. (found.Summary["methods"] as JsonArray ?? []).OfType<JsonObject>().Select(Kind).Where(kind => !checks.Contains(kind.Method))],
            [
                .. from request in turnedAway
                   let finding = request.Findings[0]
                   group request by (finding.Rule, finding.Message, finding.Advice) into same
                   select new TurnedAway(same.Key.Rule, same.Key.Message, same.Key.Advice, same.Sum(request => request.Times), same.Max(request => request.ReceivedAt)),
            ],
            [.. found.Requests.Items.Except(turnedAway)],
            found.Requests.Total,
            number,
            failedOnly));
    }

    /// <summary>
    /// The rule sets by which the case's own steps wait for this traffic, asked today: the message kinds that were never sent are among what they miss.
    /// </summary>
    private static async Task<IReadOnlyList<Missing>?> MissingAsync(
        ConformanceView found, Viewer viewer, CaseQueries queries, ContentReleases releases, BusinessClock clock, CancellationToken ct)
    {
        if (found.Credential.CaseNumber is not { } number || await queries.CaseAsync(viewer.Tenant, number, viewer.UserId, ct) is not { } @case) return null;

        var content = await releases.GetAsync(@case.ReleaseId, ct);
        var waiting = @case.Timeline.Where(entry => entry.ActivityType == AwaitConformance).Select(entry => entry.ActivityId).ToHashSet();
        List<RuleSet> ruleSets =
        [
            .. from activity in content.Flows.GetValueOrDefault(@case.Line.FlowId)?.Activities ?? []
               where waiting.Contains(activity.Id) && activity.Inputs.GetValueOrDefault("ruleSet") is { ExpressionType: "Literal" }
               let name = activity.Inputs["ruleSet"].RawValue!.Trim('"')
               where content.RuleSets.ContainsKey(name)
               select content.RuleSets[name],
        ];
        if (ruleSets.Count == 0) return null;

        var facts = new Dictionary<string, object?> { ["conformance"] = found.Summary };
        var run = new RuleRun { BusinessDate = clock.Today, Now = clock.Now };
        return
        [
            .. ruleSets.SelectMany(rules => rules.Evaluate(facts, run).Failures)
                .Select(failure => new Missing(failure.ErrorMessage ?? failure.RuleName, failure.Advice, failure.LegalBasis?.ToString())).Distinct(),
        ];
    }

    private static bool IsTurnedAway(ConformanceLine request) =>
        !request.Accepted && request.Findings is [var finding, ..] && finding.Rule == request.Method;

    private static MessageKind Kind(JsonObject method) => new(
        FormText.Plain(method["method"]), Count(method, "accepted"), Count(method, "rejected"), Count(method, "records"), Instant(method, "lastAcceptedAt"), Instant(method, "lastRejectedAt"));

    private static int Count(JsonObject method, string name) =>
        int.TryParse(FormText.Plain(method[name]), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;

    private static DateTimeOffset? Instant(JsonObject method, string name) =>
        DateTimeOffset.TryParse(FormText.Plain(method[name]), CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) ? at : null;
}
