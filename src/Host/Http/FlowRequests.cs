using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Storage.Http;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>Somebody asks an endpoint of a flow.</summary>
/// <param name="Path">Below the base path.</param>
/// <param name="By">Who is signed in; null: nobody.</param>
/// <param name="IdempotencyKey">Names this act: repeated with the same content it gets the first answer.</param>
/// <param name="CorrelationId">Of the instance that is meant; a new instance is given it.</param>
/// <param name="InstanceId">The instance that is meant.</param>
public sealed record FlowRequest(
    string Method, string Path, JsonObject Query, JsonObject Headers, string? ContentType, byte[]? Body, SignedInPerson? By, string? IdempotencyKey, string? CorrelationId,
    Guid? InstanceId);

/// <summary>What a request is answered with. <paramref name="Title"/> and <paramref name="Detail"/> are set when no flow wrote the answer.</summary>
public sealed record FlowAnswer(int Status, HttpReply? Reply, string? Title = null, string? Detail = null, Guid? InstanceId = null)
{
    public static FlowAnswer Problem(int status, string title, string detail) => new(status, null, title, detail);
}

/// <summary>
/// Takes requests to the flows that wait for them: finds the endpoint, sees who may ask it, runs the burst and gives out what the flow answered once that is
/// committed. What an organisation has nothing to do with does not exist for it.
/// </summary>
public sealed class FlowRequests(
    ContentReleases releases, FlowRoutes routes, ExpectedRequests expected, BurstExecutor executor, CommitStore commits, AnswerStore answers, InstanceStore instances,
    ReleaseStore store, IAuthorizationService authorization, HostSettings settings, BusinessClock clock)
{
    private const int MaxKeyLength = 100;

    /// <summary>Two requests at one step is a double click; losing this often to others is a defect.</summary>
    private const int MaxAttempts = 20;

    private static readonly FlowAnswer NotFound = FlowAnswer.Problem(StatusCodes.Status404NotFound, "nobody waits for this", "没有流程在等待这个请求。");

    /// <summary>Whether a stranger may ask for this path at all, before anything of the request is read.</summary>
    public bool MayAskUnknown(string path) => settings.Http.Anonymous.Any(allowed => HttpPath.Parse(allowed, out _)?.Match(path) is not null);

    public async Task<FlowAnswer> HandleAsync(FlowRequest request, CancellationToken ct)
    {
        if (request.IdempotencyKey is { } given && (string.IsNullOrWhiteSpace(given) || given.Length > MaxKeyLength))
        {
            return FlowAnswer.Problem(StatusCodes.Status400BadRequest, "idempotency key", $"Idempotency-Key 应为 1 至 {MaxKeyLength} 个字符。");
        }

        if (KeyOf(request, "") is { } key && await AnsweredBeforeAsync(key, ct) is { } before) return before;

        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (answer, lost) = await TryAsync(request, ct);
            if (!lost) return answer;
        }

        throw new InvalidOperationException($"A request to '{request.Method} {request.Path}' lost its race {MaxAttempts} times.");
    }

    private async Task<(FlowAnswer Answer, bool LostRace)> TryAsync(FlowRequest request, CancellationToken ct)
    {
        var keys = HttpEndpoints.KeysOf(request.Method, request.Path);
        if (keys.Count == 0) return (NotFound, false);

        if (routes.Find(keys) is var (trigger, content))
        {
            if (await RefusalOfAsync(trigger.Settings, request) is { } refused) return (refused, false);

            var organisation = request.By?.Actor.OrganisationId ?? (await store.CurrentAsync(ct))!.OrganisationId;
            var turn = InstanceTurn.Begin(
                Guid.NewGuid(), new NewInstance(trigger.Flow.DefinitionId, trigger.Flow.Version, content.Id, organisation), content, header: null);
            return await RunAsync(
                turn, request, trigger.Settings, arriving => new Stimulus.Start(trigger.Endpoint.Id, [], request.CorrelationId, arriving), ct);
        }

        // An instance of another organisation is not refused but not found.
        var waiting = await expected.FindAsync(HttpEndpoints.Expectation, keys, request.By?.Actor.OrganisationId, request.CorrelationId, request.InstanceId, ct);
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

        if (ways.Count == 0) return (NotFound, false);
        if (ways.Count > 1)
        {
            return (FlowAnswer.Problem(
                StatusCodes.Status409Conflict, "ambiguous",
                "有多个流程实例在等待这个请求。请用请求头 X-Correlation-Id 或 X-Workflow-Instance-Id（或同名查询参数 correlationId、workflowInstanceId）指明其中一个。"), false);
        }

        var (instance, expectedSettings, bookmarkId) = ways[0];
        if (await RefusalOfAsync(expectedSettings, request) is { } denied) return (denied, false);
        var resumed = InstanceTurn.Resume(instance, await releases.GetAsync(instance.ReleaseId, ct));
        return await RunAsync(resumed, request, expectedSettings, arriving => new Stimulus.MessageArrived(bookmarkId, arriving.ToJson()), ct);
    }

    private async Task<(FlowAnswer Answer, bool LostRace)> RunAsync(
        InstanceTurn turn, FlowRequest request, EndpointSettings endpoint, Func<IncomingRequest, Stimulus> stimulus, CancellationToken ct)
    {
        var tooLarge = request.Body is null || request.Body.Length > endpoint.SizeLimit;
        if (tooLarge && !endpoint.TakesTooLarge)
        {
            return (FlowAnswer.Problem(StatusCodes.Status413PayloadTooLarge, "too large", $"请求正文超过 {endpoint.SizeLimit} 字节，请缩小后重新发送。"), false);
        }

        var read = tooLarge ? new ReadContent(null, null) : RequestReader.Parse(request.ContentType, request.Body!);
        if (read.Problem is { } problem) return (FlowAnswer.Problem(read.Status, "unreadable", problem), false);

        var arriving = new IncomingRequest(request.Method, request.Path, endpoint.Path.Match(request.Path) ?? [], request.Query, request.Headers, read.Content, tooLarge);
        var now = clock.Now;
        switch (await executor.RunAsync(turn, stimulus(arriving), now, ct))
        {
            case RunResult.Refused refused:
                return (FlowAnswer.Problem(StatusCodes.Status403Forbidden, "refused", refused.Message), false);
            case RunResult.NotWaiting:
                return (NotFound, false);
            case RunResult.Ran ran:
                var answer = AnswerOf(ran.Burst);
                var unit = turn.ToUnit(now, request.By?.Actor) with { IdempotencyKey = KeyOf(request, JsonSerializer.Serialize(answer)) };
                return (await commits.CommitAsync([unit], ct))[0] switch
                {
                    CommitResult.Committed => (answer, false),
                    CommitResult.LostRace => (NotFound, true),
                    CommitResult.DuplicateKey first => (JsonSerializer.Deserialize<FlowAnswer>(first.Answer)!, false),
                    CommitResult.KeyReused => (KeyReused, false),
                    CommitResult.NotActivated => (FlowAnswer.Problem(StatusCodes.Status409Conflict, "already running", Activations.RefusalOf(turn.Definition)), false),
                    var other => throw new InvalidOperationException($"A request could not be committed: {other}."),
                };
            case var other:
                throw new InvalidOperationException($"Unknown result {other}.");
        }
    }

    /// <summary>What the flow wrote; without that 200 as in Elsa, or 500 when the flow stopped. Why it stopped is on the incident, not for whoever asked.</summary>
    private static FlowAnswer AnswerOf(Burst burst)
    {
        var id = burst.State.InstanceId;
        if (burst.Effects.OfType<Effect.WriteResponse>().FirstOrDefault() is { } written) return new FlowAnswer(written.Reply.Status, written.Reply, InstanceId: id);

        return burst.Effects.Any(effect => effect is Effect.RaiseIncident)
            ? new FlowAnswer(StatusCodes.Status500InternalServerError, null, "the flow stopped", "流程在处理此请求时中断，已记录，请联系运维人员。", id)
            : new FlowAnswer(StatusCodes.Status200OK, null, InstanceId: id);
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

    private async Task<FlowAnswer?> AnsweredBeforeAsync(IdempotencyKey key, CancellationToken ct) => await answers.FindAsync(key, ct) switch
    {
        CommitResult.DuplicateKey first => JsonSerializer.Deserialize<FlowAnswer>(first.Answer),
        CommitResult.KeyReused => KeyReused,
        _ => null,
    };

    private static FlowAnswer KeyReused => FlowAnswer.Problem(
        StatusCodes.Status422UnprocessableEntity, "idempotency key reused", "这个 Idempotency-Key 已用于另一个请求，新的请求请用新的标识。");

    private static IdempotencyKey? KeyOf(FlowRequest request, string answer)
    {
        if (request.IdempotencyKey is not { } key) return null;

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(string.Join('\u001f', request.Method, request.Path, request.Query.ToJsonString(), request.CorrelationId, request.InstanceId) + '\u001f'));
        hash.AppendData(request.Body ?? []);
        var scope = request.By is { } by ? $"{by.Actor.OrganisationId}/{by.Actor.UserId}/http" : "anonymous/http";
        return new IdempotencyKey(scope, key, hash.GetHashAndReset(), answer);
    }
}
