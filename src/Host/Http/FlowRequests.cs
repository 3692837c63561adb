using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Attachments;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Workflows.Activities.Elsa;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Http;

/// <summary>Somebody asks an endpoint of a flow.</summary>
/// <param name="Path">Below the base path.</param>
/// <param name="Body">Null: there was more than any endpoint takes.</param>
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
/// Takes requests to the flows that wait for them: runs the burst and gives out what the flow answered once that is committed.
/// </summary>
public sealed class FlowRequests(
    FlowWays ways, BurstExecutor executor, CommitStore commits, AnswerStore answers, HostSettings settings, BusinessClock clock, SystemClock system, LateRequests late,
    ILogger<FlowRequests> log)
{
    /// <summary>Two requests at one step is a double click; losing this often to others is a defect.</summary>
    private const int MaxAttempts = 20;

    /// <summary>Whether a stranger may ask for this path at all, before anything of the request is read.</summary>
    public bool MayAskUnknown(string path) => settings.Http.Anonymous.Any(allowed => HttpPath.Parse(allowed, out _)?.Match(path) is not null);

    public async Task<FlowAnswer> HandleAsync(FlowRequest request, CancellationToken ct)
    {
        if (request.IdempotencyKey is { } given && !CaseService.IsKey(given))
        {
            return FlowAnswer.Problem(StatusCodes.Status400BadRequest, "idempotency key", $"Idempotency-Key 应为 1 至 {CaseService.MaxKeyLength} 个字符。");
        }

        var key = KeyOf(request, "");
        if (key is not null && await AnsweredBeforeAsync(key, ct) is { } before) return before;

        return await ways.FindAsync(request, ct) switch
        {
            FlowWay.None none => none.Answer,
            FlowWay.To { Endpoint.Timeout: { } patience } way => await WithinAsync(patience, () => TryAsync(request, key, way, ct), way.Endpoint, ct),
            FlowWay.To way => await TryAsync(request, key, way, ct),
            var other => throw new InvalidOperationException($"Unknown way {other}."),
        };
    }

    /// <summary>
    /// Lets whoever asked wait no longer than the flow says. A burst is committed whole or not at all, so that it goes on without them; what it answers is kept under
    /// the request's idempotency key.
    /// </summary>
    private async Task<FlowAnswer> WithinAsync(TimeSpan patience, Func<Task<FlowAnswer>> handle, EndpointSettings endpoint, CancellationToken ct)
    {
        var work = Task.Run(handle, ct);
        using var answered = new CancellationTokenSource();
        if (await Task.WhenAny(work, Task.Delay(patience, system.Time, answered.Token)) == work)
        {
            await answered.CancelAsync();
            return await work;
        }

        late.Add(work.ContinueWith(
            done =>
            {
                if (done.Exception is { } failed) log.LogError(failed, "A request to {Path} failed after its caller had been let go.", endpoint.Path.ToString());
            },
            CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default));
        return FlowAnswer.Problem(
            StatusCodes.Status504GatewayTimeout, "no answer in time",
            $"流程没有在 {patience.TotalSeconds:0.###} 秒内答复；请求仍在处理。请稍后用同一个 Idempotency-Key 重复本请求以取得答复；没有使用 Idempotency-Key 的，请先查询结果，不要直接重复。");
    }

    private async Task<FlowAnswer> TryAsync(FlowRequest request, IdempotencyKey? key, FlowWay.To first, CancellationToken ct)
    {
        FlowWay way = first;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (way is FlowWay.None none) return none.Answer;

            var (answer, lost) = await RunAsync(request, (FlowWay.To)way, ct);
            if (!lost) return answer;

            // The other one may have been this very request, sent twice.
            if (key is not null && await AnsweredBeforeAsync(key, ct) is { } before) return before;
            way = await ways.FindAsync(request, ct);
        }

        throw new InvalidOperationException($"A request to '{request.Method} {request.Path}' lost its race {MaxAttempts} times.");
    }

    private async Task<(FlowAnswer Answer, bool LostRace)> RunAsync(FlowRequest request, FlowWay.To way, CancellationToken ct)
    {
        var (endpoint, turn, stimulus) = way;
        var now = clock.Now;
        var admitted = await Admission.OfAsync(request, endpoint, now);
        if (admitted.Refusal is { } refusal) return (refusal, false);

        var arriving = new IncomingRequest(request.Method, request.Path, endpoint.Path.Match(request.Path) ?? [], request.Query, request.Headers, admitted.Content)
        {
            Files = [.. admitted.Files.Select(file => file.Described)],
            RefusedBy = admitted.Port,
        };
        foreach (var file in arriving.Files) turn.Brought[HttpFile.KeyOf(turn.State.InstanceId, file.Id)] = file;
        switch (await executor.RunAsync(turn, stimulus(arriving), now, ct))
        {
            case RunResult.Refused refused:
                return (FlowAnswer.Problem(StatusCodes.Status403Forbidden, "refused", refused.Message), false);
            case RunResult.NotWaiting:
                return (FlowWays.NotFound, false);
            case RunResult.Ran ran:
                var answer = AnswerOf(ran.Burst);
                var unit = turn.ToUnit(now, request.By?.Actor) with
                {
                    IdempotencyKey = KeyOf(request, JsonSerializer.Serialize(answer)),
                    Files = [.. admitted.Files.Select(file => Stored(file, request.By!))],
                };
                return (await commits.CommitAsync([unit], ct))[0] switch
                {
                    CommitResult.Committed => (answer, false),
                    CommitResult.LostRace => (FlowWays.NotFound, true),
                    CommitResult.DuplicateKey first => (JsonSerializer.Deserialize<FlowAnswer>(first.Answer)!, false),
                    CommitResult.KeyReused => (KeyReused, false),
                    CommitResult.NotActivated => (FlowAnswer.Problem(StatusCodes.Status409Conflict, "already running", FilingRules.NotActivated(turn.Definition)), false),
                    var other => throw new InvalidOperationException($"A request could not be committed: {other}."),
                };
            case var other:
                throw new InvalidOperationException($"Unknown result {other}.");
        }
    }

    private static NewAttachment Stored(TakenFile file, SignedInPerson by) => new(
        file.Described.Id, file.Described.Name, file.Described.Type, file.Described.Sha256, file.Content, by.Actor.OrganisationId, by.Actor.Name);

    /// <summary>What the flow wrote; without that 200 as in Elsa, or 500 when the flow stopped. Why it stopped is on the incident, not for whoever asked.</summary>
    private static FlowAnswer AnswerOf(Burst burst)
    {
        var id = burst.State.InstanceId;
        if (burst.Effects.OfType<Effect.WriteResponse>().FirstOrDefault() is { } written) return new FlowAnswer(written.Reply.Status, written.Reply, InstanceId: id);

        return burst.Effects.Any(effect => effect is Effect.RaiseIncident)
            ? new FlowAnswer(StatusCodes.Status500InternalServerError, null, "the flow stopped", "流程在处理此请求时中断，已记录，请联系运维人员。", id)
            : new FlowAnswer(StatusCodes.Status200OK, null, InstanceId: id);
    }

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
