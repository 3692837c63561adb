using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using WorkflowEngine.Content;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>Where a request leads.</summary>
public abstract record FlowWay
{
    private FlowWay()
    {
    }

    /// <summary>Nowhere that this caller may go.</summary>
    public sealed record None(FlowAnswer Answer) : FlowWay;

    /// <summary>To an instance, new or waiting.</summary>
    /// <param name="Stimulus">What the instance is woken with.</param>
    public sealed record To(EndpointSettings Endpoint, InstanceTurn Turn, Func<IncomingRequest, Stimulus> Stimulus) : FlowWay;
}

/// <summary>
/// Finds the endpoint that a request means, among those that its caller may ask. What an organisation has nothing to do with does not exist for it; a stranger
/// finds only instances that it can name.
/// </summary>
public sealed class FlowWays(
    ContentReleases releases, FlowRoutes routes, ExpectedRequests expected, InstanceStore instances, ReleaseStore store, IAuthorizationService authorization, HostSettings settings)
{
    public static FlowAnswer NotFound { get; } = FlowAnswer.Problem(StatusCodes.Status404NotFound, "nobody waits for this", "没有流程在等待这个请求。");

    public async Task<FlowWay> FindAsync(FlowRequest request, CancellationToken ct)
    {
        var keys = HttpEndpoints.KeysOf(request.Method, request.Path);
        if (keys.Count == 0) return new FlowWay.None(NotFound);

        return routes.Find(keys) is var (trigger, content) ? await BeginAsync(request, trigger, content, ct) : await ResumeAsync(request, keys, ct);
    }

    private async Task<FlowWay> BeginAsync(FlowRequest request, HttpTrigger trigger, ContentSet content, CancellationToken ct)
    {
        if (await RefusalOfAsync(trigger.Settings, request) is { } refused) return new FlowWay.None(refused);

        if (request.By is null && request.CorrelationId is not null)
        {
            return new FlowWay.None(FlowAnswer.Problem(StatusCodes.Status400BadRequest, "correlation", "未登录的请求不能为新流程指定 X-Correlation-Id（correlationId），请去掉后重新发送。"));
        }

        var organisation = request.By?.Actor.OrganisationId ?? (await store.CurrentAsync(ct))!.OrganisationId;
        var turn = InstanceTurn.Begin(
            Guid.NewGuid(), new NewInstance(trigger.Flow.DefinitionId, trigger.Flow.Version, content.Id, organisation), content, header: null);
        var correlation = request.CorrelationId is { } chosen ? CallersCorrelation.Of(request.By!, chosen) : null;
        return new FlowWay.To(trigger.Settings, turn, arriving => new Stimulus.Start(trigger.Endpoint.Id, [], correlation, arriving));
    }

    private async Task<FlowWay> ResumeAsync(FlowRequest request, IReadOnlyList<string> keys, CancellationToken ct)
    {
        // What waits for anybody still waits for somebody: who cannot say for whom does not answer in another's place.
        if (request is { By: null, CorrelationId: null, InstanceId: null }) return new FlowWay.None(NotFound);

        var correlations = request.CorrelationId is not { } named ? null : request.By is { } person ? (string[])[CallersCorrelation.Of(person, named), named] : [named];
        var waiting = await expected.FindAsync(
            HttpEndpoints.Expectation, keys,
            new RequestCaller(request.By?.Actor.OrganisationId, SeesCases: request.By?.OnlyRole is null), correlations, request.InstanceId, ct);
        var meant = waiting.Where(wait => wait.Key == waiting[0].Key).ToList();
        var ways = new List<(StoredInstance Stored, EndpointSettings Settings, string Bookmark)>();
        var loaded = await instances.LoadAsync([.. meant.Select(wait => wait.InstanceId).Distinct()], ct);
        foreach (var wait in meant)
        {
            if (loaded.GetValueOrDefault(wait.InstanceId) is { } stored
                && stored.State.Bookmarks.FirstOrDefault(bookmark => bookmark.Id == wait.BookmarkId) is { } bookmark
                && EndpointSettings.FromPayload(bookmark.Payload) is { } endpoint
                && (request.By is not null || IsOpenToAll(endpoint)))
            {
                ways.Add((stored, endpoint, wait.BookmarkId));
            }
        }

        if (ways.Count == 0) return new FlowWay.None(NotFound);
        if (ways.Count > 1)
        {
            return new FlowWay.None(FlowAnswer.Problem(
                StatusCodes.Status409Conflict, "ambiguous",
                "有多个流程实例在等待这个请求。请用请求头 X-Correlation-Id 或 X-Workflow-Instance-Id（或同名查询参数 correlationId、workflowInstanceId）指明其中一个。"));
        }

        var (instance, settings, bookmarkId) = ways[0];
        if (await RefusalOfAsync(settings, request) is { } denied) return new FlowWay.None(denied);

        var turn = InstanceTurn.Resume(instance, await releases.GetAsync(instance.ReleaseId, ct));
        return new FlowWay.To(settings, turn, arriving => new Stimulus.MessageArrived(bookmarkId, arriving.ToJson()));
    }

    /// <summary>Why this person, or nobody, may not ask this endpoint; null when they may.</summary>
    private async Task<FlowAnswer?> RefusalOfAsync(EndpointSettings endpoint, FlowRequest request)
    {
        if (request.By is not { } person)
        {
            return IsOpenToAll(endpoint) ? null : FlowAnswer.Problem(StatusCodes.Status401Unauthorized, "sign in", "请先登录（POST /api/session）。");
        }

        var claims = new ClaimsPrincipal(new ClaimsIdentity(person.ToClaims(), authenticationType: "session"));
        return endpoint.Policy is null || (await authorization.AuthorizeAsync(claims, endpoint.Policy)).Succeeded
            ? null
            : FlowAnswer.Problem(StatusCodes.Status403Forbidden, "refused", "您的岗位不能使用此接口。");
    }

    /// <summary>Both must say so: the flow that it is meant for anybody, the operator that this path may be.</summary>
    private bool IsOpenToAll(EndpointSettings endpoint) => !endpoint.NeedsSignIn && endpoint.Policy is null && settings.Http.AllowsAnonymous(endpoint.Path);
}

/// <summary>
/// The correlation ids that callers choose. Events reach instances by that id alone, and an activation strategy keeps a second instance of one id from starting:
/// so each organisation chooses among ids of its own, which nobody else's and no id that a flow gives can be.
/// </summary>
internal static class CallersCorrelation
{
    public static string Of(SignedInPerson by, string chosen) => $"{by.Actor.OrganisationId}{(by.OnlyRole is { } role ? $"+{role}" : "")}/{chosen}";
}
