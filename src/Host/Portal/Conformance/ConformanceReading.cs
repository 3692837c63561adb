using System.Globalization;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Portal.Forms;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Rules;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Portal.Conformance;

/// <summary>Puts together what a key's traffic looked like: for its own page, and for the task of whoever decides about it.</summary>
public sealed class ConformanceReading(CaseQueries queries, ContentReleases releases, BusinessClock clock)
{
    private const string AwaitConformance = "Gov.AwaitConformance";

    /// <returns>Null when there is no such key, or none of this viewer's.</returns>
    public async Task<ConformanceModel?> FindAsync(Viewer viewer, string credentialId, bool failedOnly, int page, int size, CancellationToken ct)
    {
        if (await queries.ConformanceAsync(viewer.Tenant, credentialId, failedOnly, page, size, ct) is not { } found) return null;

        var turnedAway = found.Requests.Items.Where(IsTurnedAway).ToList();
        var checks = turnedAway.Select(request => request.Method).ToHashSet();
        return new ConformanceModel(
            found.Credential,
            await MissingAsync(found, viewer, ct),
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
            page,
            failedOnly);
    }

    /// <summary>
    /// The rule sets by which the case's own steps wait for this traffic, asked today: the message kinds that were never sent are among what they miss.
    /// </summary>
    private async Task<IReadOnlyList<Missing>?> MissingAsync(ConformanceView found, Viewer viewer, CancellationToken ct)
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
