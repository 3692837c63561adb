using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Designer.Files;
using WorkflowEngine.Host.Designer.Flows;
using WorkflowEngine.Storage.Content;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>Opening, saving, publishing, retracting and exchanging flows.</summary>
internal static class DefinitionEndpoints
{
    public static void MapDefinitions(this IEndpointRouteBuilder api)
    {
        var flows = api.MapGroup("/workflow-definitions");
        flows.MapGet("/by-definition-id/{definitionId}", OpenAsync);
        flows.MapGet("/by-id/{versionId}", OpenVersionAsync);
        flows.MapGet("/validation/is-name-unique", IsNameUniqueAsync);
        flows.MapGet("/{definitionId}/export", ExportAsync);
        flows.MapGet("/{definitionId}/consumers", () => Answers.Json(new JsonObject { ["consumingWorkflowDefinitionIds"] = new JsonArray() }));

        var writing = flows.MapGroup("").RequireAuthorization(Policies.Publishing).WithMetadata(new RequestSizeLimitAttribute(Answers.LargestBody));
        writing.MapPost("", SaveAsync);
        writing.MapPost("/import", ImportAsync);
        writing.MapPost("/{definitionId}/publish", PublishAsync);
        writing.MapPost("/{definitionId}/retract", RetractAsync);
        writing.MapPost("/{definitionId}/revert/{version:int}", RevertAsync);
        writing.MapPost("/{definitionId}/update-references", () => Answers.Json(new JsonObject { ["affectedWorkflows"] = new JsonArray() }));
        writing.MapDelete("/{definitionId}", DeleteAsync);
        api.MapDelete("/workflow-definition-versions/{versionId}", DeleteVersionAsync).RequireAuthorization(Policies.Publishing);

        api.MapPost("/bulk-actions/export/workflow-definitions", ExportManyAsync);
        var bulk = api.MapGroup("/bulk-actions").RequireAuthorization(Policies.Publishing).WithMetadata(new RequestSizeLimitAttribute(64 * 1024));
        bulk.MapPost("/publish/workflow-definitions/by-definition-ids", PublishManyAsync);
        bulk.MapPost("/retract/workflow-definitions/by-definition-ids", RetractManyAsync);
        bulk.MapPost("/delete/workflow-definitions/by-definition-id", DeleteManyAsync);
        bulk.MapPost("/delete/workflow-definitions/by-id", DeleteVersionsAsync);
    }

    private static async Task<IResult> OpenAsync(string definitionId, FlowDesk desk, HttpContext http, CancellationToken ct, string? versionOptions = null) =>
        Whole(await desk.FindAsync(definitionId, versionOptions ?? "Latest", ct), http);

    private static async Task<IResult> OpenVersionAsync(string versionId, FlowDesk desk, HttpContext http, CancellationToken ct) => Whole(await desk.FindVersionAsync(versionId, ct), http);

    private static async Task<IResult> SaveAsync(FlowDesk desk, DraftPublishing publishing, HttpContext http, CancellationToken ct)
    {
        if (await Answers.BodyAsync(http) is not { } body || body["model"] is not JsonObject model) return Answers.Refused(["请求不是合法的流程 JSON。"]);

        var person = SignedInPerson.Required(http.User);
        var saved = await desk.SaveAsync(new FlowOrder(model), person, ct);
        if (saved is not EditResult.Done { Version: var flow } || body["publish"] is not JsonValue wish || !wish.TryGetValue<bool>(out var publish) || !publish) return Kept(saved, person);

        // A draft that is refused is kept: nobody draws it twice.
        return Kept(await publishing.PublishAsync(flow, person, reason: null, ct), person);
    }

    private static async Task<IResult> ImportAsync(FlowDesk desk, HttpContext http, CancellationToken ct)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var person = SignedInPerson.Required(http.User);
        return Opened(await desk.ImportAsync(await reader.ReadToEndAsync(ct), person, ct), person);
    }

    private static async Task<IResult> PublishAsync(string definitionId, FlowActs acts, CancellationToken ct) => Kept(await acts.PublishAsync(definitionId, ct), acts.Person);

    private static async Task<IResult> RetractAsync(string definitionId, FlowActs acts, CancellationToken ct) => Opened(await acts.RetractAsync(definitionId, ct), acts.Person);

    private static async Task<IResult> RevertAsync(string definitionId, int version, FlowDesk desk, HttpContext http, CancellationToken ct)
    {
        var person = SignedInPerson.Required(http.User);
        return Opened(await desk.RevertAsync(definitionId, version, person, ct), person);
    }

    private static async Task<IResult> DeleteAsync(string definitionId, FlowActs acts, CancellationToken ct) => Kept(await acts.DiscardAsync(definitionId, ct), acts.Person);

    private static async Task<IResult> DeleteVersionAsync(string versionId, FlowActs acts, CancellationToken ct) => Kept(await acts.DiscardVersionAsync(versionId, ct), acts.Person);

    /// <summary>The file as it would lie in the content folder.</summary>
    private static async Task<IResult> ExportAsync(string definitionId, FlowDesk desk, CancellationToken ct, string? versionOptions = null) =>
        await desk.FindAsync(definitionId, versionOptions ?? "Latest", ct) is { } flow
            ? TypedResults.File(Encoding.UTF8.GetBytes(flow.Text), "application/json", FileName(flow.File))
            : Answers.NotFound;

    private static async Task<IResult> ExportManyAsync(FlowDesk desk, HttpContext http, CancellationToken ct)
    {
        if (await Answers.BodyAsync(http) is not { } body) return Answers.Refused(["请求不是合法的 JSON。"]);

        var files = new List<(string Name, byte[] Content)>();
        foreach (var id in Answers.Texts(body, "ids"))
        {
            if (await desk.FindVersionAsync(id, ct) is { } flow) files.Add((FileName(flow.File), Encoding.UTF8.GetBytes(flow.Text)));
        }

        return Answers.Zip(files, "workflows.zip");
    }

    private static async Task<IResult> IsNameUniqueAsync(string name, FlowDesk desk, DefinitionAnswers answers, CancellationToken ct, string? definitionId = null)
    {
        var latest = (await desk.ListAsync(ct)).DistinctBy(version => version.Path).Where(version => version.Item != definitionId).ToList();
        var names = await answers.NamesAsync(latest, ct);
        return Answers.Json(new JsonObject { ["isUnique"] = !names.Values.Any(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) });
    }

    private static Task<IResult> PublishManyAsync(FlowActs acts, HttpContext http, CancellationToken ct) => EachAsync(http, "definitionIds", "published", id => acts.PublishAsync(id, ct));

    private static Task<IResult> RetractManyAsync(FlowActs acts, HttpContext http, CancellationToken ct) => EachAsync(http, "definitionIds", "retracted", id => acts.RetractAsync(id, ct));

    private static Task<IResult> DeleteManyAsync(FlowActs acts, HttpContext http, CancellationToken ct) => EachAsync(http, "definitionIds", "deleted", id => acts.DiscardAsync(id, ct));

    private static Task<IResult> DeleteVersionsAsync(FlowActs acts, HttpContext http, CancellationToken ct) => EachAsync(http, "ids", "deleted", id => acts.DiscardVersionAsync(id, ct));

    /// <summary>Does the same with each; what is refused is told, and what was done stays done.</summary>
    private static async Task<IResult> EachAsync(HttpContext http, string list, string done, Func<string, Task<EditResult>> act)
    {
        if (await Answers.BodyAsync(http) is not { } body) return Answers.Refused(["请求不是合法的 JSON。"]);

        var reasons = new List<string>();
        var count = 0;
        var ids = new JsonArray();
        foreach (var id in Answers.Texts(body, list))
        {
            switch (await act(id))
            {
                case EditResult.Done or EditResult.Gone:
                    count++;
                    ids.Add(id);
                    break;
                case EditResult.Refused refused:
                    reasons.AddRange(refused.Reasons.Select(reason => $"{id}：{reason}"));
                    break;
                case EditResult.NeedsReason needs:
                    reasons.Add($"{id}：{StoriesFail(needs)}");
                    break;
                default:
                    reasons.Add($"{id}：没有这个流程。");
                    break;
            }
        }

        if (reasons.Count > 0) return Answers.Refused(reasons);

        return Answers.Json(done == "deleted" ? new JsonObject { ["deleted"] = count } : new JsonObject { [done] = ids, ["alreadyPublished"] = new JsonArray(), ["notFound"] = new JsonArray() });
    }

    private static IResult Whole(OpenedVersion? flow, HttpContext http) => flow is null ? Answers.NotFound : Answers.Json(DefinitionAnswers.Whole(flow, SignedInPerson.Required(http.User)));

    private static IResult Opened(EditResult result, SignedInPerson person) => result is EditResult.Done done ? Answers.Json(DefinitionAnswers.Whole(done.Version, person)) : Kept(result, person);

    private static IResult Kept(EditResult result, SignedInPerson person) => result switch
    {
        EditResult.Done done => Answers.Json(new JsonObject
        {
            ["workflowDefinition"] = DefinitionAnswers.Whole(done.Version, person), ["alreadyPublished"] = done.AlreadyPublished, ["consumingWorkflowCount"] = 0,
        }),
        EditResult.Gone => TypedResults.NoContent(),
        EditResult.NotFound => Answers.NotFound,
        EditResult.Refused refused => Answers.Refused(refused.Reasons),
        EditResult.NeedsReason needs => Answers.Refused([StoriesFail(needs)]),
        _ => throw new InvalidOperationException($"Unknown result {result}."),
    };

    private static string StoriesFail(EditResult.NeedsReason needs) => string.Create(
        CultureInfo.InvariantCulture,
        $"有 {needs.Stories.Count} 处情景与改动不符，没有发布，草稿已保存。例如：{needs.Stories[0].Chinese ?? needs.Stories[0].Message} 请一并修改情景；确需发布的，在“流程与规则”的发布页写明理由。");

    private static string FileName(FileVersion version) => Path.GetFileName(version.Path);
}
