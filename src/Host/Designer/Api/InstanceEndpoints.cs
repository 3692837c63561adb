using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Designer.Instances;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Content;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Designer.Api;

/// <summary>Running cases, their journals and where they stand. Nothing is done to a case here: that is for its own page, with its form and its reasons.</summary>
internal static class InstanceEndpoints
{
    private const int MostEntries = 500;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapInstances(this IEndpointRouteBuilder designer)
    {
        var api = designer.MapGroup("").RequireAuthorization(Policies.Instances).WithMetadata(new RequestSizeLimitAttribute(256 * 1024));
        var instances = api.MapGroup("/workflow-instances");
        instances.MapPost("", ListAsync);
        instances.MapGet("/{id}", ShowAsync);
        instances.MapPost("/{id}/journal", JournalAsync);
        instances.MapGet("/{id}/journal", JournalAsync);
        instances.MapGet("/{id}/variables", VariablesAsync);
        instances.MapGet("/{id}/execution-state", StateAsync);
        instances.MapGet("/{id}/export", ExportAsync);
        instances.MapDelete("/{id}", ElsewhereAsync);
        instances.MapPost("/{id}/variables", ElsewhereAsync);

        api.MapPost("/activity-executions/report", ReportAsync);
        api.MapGet("/activity-executions/list", ExecutionsAsync);
        api.MapGet("/activity-execution-summaries/list", ExecutionsAsync);
        api.MapGet("/activity-executions/by-id", ExecutionAsync);
        api.MapGet("/activity-executions/{id}/call-stack", (string id) => Answers.Json(new JsonObject { ["activityExecutionId"] = id, ["items"] = new JsonArray(), ["totalCount"] = 0 }));
        api.MapGet("/resilience/retries/{id}", () => Answers.Json(Answers.List([])));

        api.MapPost("/bulk-actions/export/workflow-instances", ExportManyAsync);
        foreach (var path in (string[])
            ["/cancel/workflow-instances/{id}", "/alterations/workflows/retry", "/bulk-actions/delete/workflow-instances/by-id", "/bulk-actions/cancel/workflow-instances", "/bulk-actions/import/workflow-instances"])
        {
            api.MapPost(path, ElsewhereAsync);
        }

        designer.MapPost("/workflow-definitions/{id}/execute", () => Answers.Refused(["流程由申请、投诉等提交开始，不能在设计器中直接运行。要看改动的效果，请用情景或 simulate 命令试算。"])).RequireAuthorization(Policies.Designer);
        designer.MapPost("/tests/activities", () => Answers.Refused(["单个步骤不能离开办件试运行，请用情景试算。"])).RequireAuthorization(Policies.Designer);
    }

    private static Task<IResult> ElsewhereAsync() => Task.FromResult(Answers.Refused(["办件的撤回、终止和中断处理在办件页和“系统中断”页办理，须写明理由，这里只能查看。"]));

    private static async Task<IResult> ListAsync(InstanceDesk desk, HttpContext http, CancellationToken ct)
    {
        var body = await Answers.BodyAsync(http) ?? [];
        var flows = Answers.Texts(body, "definitionIds");
        var filter = new CaseFilter
        {
            FlowId = Text(body, "definitionId") ?? (flows.Count > 0 ? flows[0] : null),
            Open = (Text(body, "status") ?? (Answers.Texts(body, "statuses") is [var only] ? only : null)) switch { "Running" => true, "Finished" => false, _ => null },
            Search = Text(body, "searchTerm"),
            Page = Number(body, "page"),
            PageSize = Math.Clamp(Number(body, "pageSize"), 1, CaseQueries.MaxPageSize),
        };
        var found = await desk.ListAsync(SignedInPerson.Required(http.User), filter, ct);
        var items = new JsonArray();
        foreach (var line in found.Items)
        {
            if (await desk.VersionAsync(line.ReleaseId, line.FlowId, ct) is { } version) items.Add(Summary(line, version));
        }

        return Answers.Json(new JsonObject { ["items"] = items, ["totalCount"] = found.Total });
    }

    private static async Task<IResult> ShowAsync(string id, InstanceDesk desk, HttpContext http, CancellationToken ct) =>
        await FindAsync(id, desk, http, ct) is { } run ? Answers.Json(Whole(run)) : Answers.NotFound;

    /// <summary>Where a case stands and how it came there, as one file. What people wrote into forms is not in it.</summary>
    private static async Task<IResult> ExportAsync(string id, InstanceDesk desk, HttpContext http, CancellationToken ct) =>
        await FindAsync(id, desk, http, ct) is { } run ? TypedResults.File(Exported(run), "application/json", $"{id}.json") : Answers.NotFound;

    private static async Task<IResult> ExportManyAsync(InstanceDesk desk, HttpContext http, CancellationToken ct)
    {
        if (await Answers.BodyAsync(http) is not { } body) return Answers.Refused(["请求不是合法的 JSON。"]);

        var files = new List<(string Name, byte[] Content)>();
        foreach (var id in Answers.Texts(body, "ids").Distinct(StringComparer.Ordinal))
        {
            if (await FindAsync(id, desk, http, ct) is { } run) files.Add(($"{run.Case.Line.Number}.json", Exported(run)));
        }

        return Answers.Zip(files, "workflow-instances.zip");
    }

    private static byte[] Exported(CaseRun run)
    {
        var instance = Whole(run);
        return Encoding.UTF8.GetBytes(new JsonObject
        {
            ["workflowState"] = instance["workflowState"]!.DeepClone(), ["instance"] = instance, ["journal"] = new JsonArray([.. run.Case.Timeline.Index().Select(entry => Entry(run, entry.Index, entry.Item))]),
            ["activityExecutions"] = new JsonArray([.. StepRuns.Of(run).Select(step => Execution(run.Case.Line.Number, step))]),
        }.ToJsonString(Readable));
    }

    private static JsonObject Whole(CaseRun run)
    {
        var id = run.Case.Line.Number;
        var answer = Summary(run.Case.Line, run.Version);
        answer["subStatus"] = SubStatus(run);
        answer["incidentCount"] = run.Case.Incidents.Count(incident => incident.ResolvedAt is null);
        answer["workflowState"] = new JsonObject
        {
            ["id"] = id, ["definitionId"] = run.Version.Item, ["definitionVersionId"] = run.Version.Id, ["definitionVersion"] = run.Version.Number, ["correlationId"] = id,
            ["status"] = Status(run.Case.Line), ["subStatus"] = SubStatus(run), ["bookmarks"] = new JsonArray(), ["completionCallbacks"] = new JsonArray(), ["activityExecutionContexts"] = new JsonArray(),
            ["incidents"] = new JsonArray([.. run.Case.Incidents.Where(incident => incident.ResolvedAt is null).Select(incident => new JsonObject
            {
                ["activityId"] = incident.ActivityId, ["activityNodeId"] = incident.ActivityId is { } step ? StepRuns.NodeOf(run.Flow, step) : null, ["activityType"] = "", ["message"] = incident.Message,
                ["exception"] = null, ["timestamp"] = incident.RaisedAt,
            })]),
            ["input"] = new JsonObject(), ["output"] = new JsonObject(), ["properties"] = new JsonObject(), ["createdAt"] = run.Case.Line.SubmittedAt, ["updatedAt"] = UpdatedAt(run), ["finishedAt"] = run.Case.Line.ClosedAt,
        };
        answer["updatedAt"] = UpdatedAt(run);
        return answer;
    }

    private static async Task<IResult> JournalAsync(string id, InstanceDesk desk, HttpContext http, CancellationToken ct, int skip = 0, int take = 100)
    {
        if (await FindAsync(id, desk, http, ct) is not { } run) return Answers.NotFound;

        var filter = (HttpMethods.IsPost(http.Request.Method) ? await Answers.BodyAsync(http) : null)?["filter"] as JsonObject ?? [];
        var nodes = Answers.Texts(filter, "activityNodeIds").ToHashSet(StringComparer.Ordinal);
        var steps = Answers.Texts(filter, "activityIds").ToHashSet(StringComparer.Ordinal);
        var without = Answers.Texts(filter, "excludedActivityTypes").ToHashSet(StringComparer.Ordinal);
        var entries = run.Case.Timeline.Index().Where(entry =>
            !without.Contains(entry.Item.ActivityType) && (nodes.Count == 0 || nodes.Contains(StepRuns.NodeOf(run.Flow, entry.Item.ActivityId))) && (steps.Count == 0 || steps.Contains(entry.Item.ActivityId))).ToList();
        return Answers.Json(new JsonObject
        {
            ["items"] = new JsonArray([.. entries.Skip(Math.Max(0, skip)).Take(Math.Clamp(take, 1, MostEntries)).Select(entry => Entry(run, entry.Index, entry.Item))]),
            ["totalCount"] = entries.Count,
        });
    }

    private static async Task<IResult> VariablesAsync(string id, InstanceDesk desk, HttpContext http, CancellationToken ct) => await FindAsync(id, desk, http, ct) is { } run
        ? Answers.Json(Answers.List((await desk.VariablesAsync(run, ct)).Select(variable => new JsonObject { ["id"] = variable.Name, ["name"] = variable.Name, ["value"] = variable.Value })))
        : Answers.NotFound;

    private static async Task<IResult> StateAsync(string id, InstanceDesk desk, HttpContext http, CancellationToken ct) => await FindAsync(id, desk, http, ct) is { } run
        ? Answers.Json(new JsonObject { ["status"] = Status(run.Case.Line), ["workflowSubStatus"] = SubStatus(run), ["updatedAt"] = UpdatedAt(run) })
        : Answers.NotFound;

    private static async Task<IResult> ReportAsync(InstanceDesk desk, HttpContext http, CancellationToken ct)
    {
        if (await Answers.BodyAsync(http) is not { } body || await FindAsync(Text(body, "workflowInstanceId") ?? "", desk, http, ct) is not { } run) return Answers.NotFound;

        var nodes = (body["activityNodeIds"] as JsonArray ?? []).OfType<JsonValue>().Take(5_000).Select(node => node.ToString()).ToHashSet(StringComparer.Ordinal);
        return Answers.Json(new JsonObject { ["stats"] = StepRuns.Badges(run, nodes) });
    }

    private static async Task<IResult> ExecutionsAsync(InstanceDesk desk, HttpContext http, CancellationToken ct, string workflowInstanceId = "", string? activityNodeId = null) =>
        await FindAsync(workflowInstanceId, desk, http, ct) is { } run
            ? Answers.Json(Answers.List(StepRuns.Of(run).Where(step => activityNodeId is null || step.NodeId == activityNodeId).Select(step => Execution(workflowInstanceId, step))))
            : Answers.NotFound;

    private static async Task<IResult> ExecutionAsync(InstanceDesk desk, HttpContext http, CancellationToken ct, string id = "") =>
        id.Split('~') is [var number, _, _] && await FindAsync(number, desk, http, ct) is { } run && StepRuns.Of(run).FirstOrDefault(step => step.Id == id) is { } found
            ? Answers.Json(Execution(number, found))
            : Answers.NotFound;

    private static async Task<CaseRun?> FindAsync(string id, InstanceDesk desk, HttpContext http, CancellationToken ct) => await desk.FindAsync(SignedInPerson.Required(http.User), id, ct);

    private static JsonObject Summary(CaseLine line, FileVersion version) => new()
    {
        ["id"] = line.Number, ["definitionId"] = version.Item, ["definitionVersionId"] = version.Id, ["version"] = version.Number, ["parentWorkflowInstanceId"] = null,
        ["status"] = Status(line), ["subStatus"] = line.ClosedAt is null ? "Suspended" : "Finished", ["correlationId"] = line.Number, ["name"] = line.Title, ["incidentCount"] = 0, ["isSystem"] = false,
        ["createdAt"] = line.SubmittedAt, ["updatedAt"] = line.ClosedAt ?? line.SubmittedAt, ["finishedAt"] = line.ClosedAt,
    };

    private static JsonObject Entry(CaseRun run, int index, TimelineEntry entry) => new()
    {
        ["id"] = $"{run.Case.Line.Number}~{index}", ["activityInstanceId"] = $"{run.Case.Line.Number}~{entry.ActivityId}", ["parentActivityInstanceId"] = null, ["activityId"] = entry.ActivityId,
        ["activityType"] = entry.ActivityType, ["activityTypeVersion"] = 1, ["activityName"] = StepRuns.NameOf(run.Flow, entry.ActivityId), ["nodeId"] = StepRuns.NodeOf(run.Flow, entry.ActivityId),
        ["timestamp"] = entry.At, ["sequence"] = index, ["eventName"] = entry.Event, ["message"] = entry.Outcomes is { Count: > 0 } outcomes ? string.Join("、", outcomes) : null,
        ["source"] = null, ["activityState"] = new JsonObject(), ["payload"] = null,
    };

    private static JsonObject Execution(string number, StepRun step) => new()
    {
        ["id"] = step.Id, ["workflowInstanceId"] = number, ["activityId"] = step.ActivityId, ["activityNodeId"] = step.NodeId, ["activityType"] = step.Type, ["activityTypeVersion"] = 1,
        ["activityName"] = step.Name, ["activityState"] = new JsonObject(), ["payload"] = new JsonObject { ["Outcomes"] = new JsonArray([.. step.Outcomes.Select(outcome => JsonValue.Create(outcome))]) },
        ["outputs"] = new JsonObject(), ["properties"] = new JsonObject(), ["metadata"] = new JsonObject(), ["exception"] = null, ["startedAt"] = step.StartedAt, ["hasBookmarks"] = step.Status == "Running",
        ["status"] = step.Status, ["aggregateFaultCount"] = step.Status == "Faulted" ? 1 : 0, ["completedAt"] = step.EndedAt,
    };

    private static string Status(CaseLine line) => line.ClosedAt is null ? "Running" : "Finished";

    private static string SubStatus(CaseRun run) => run.Case.Line.ClosedAt is not null ? "Finished" : run.Case.Status == InstanceStatus.Finished ? "Faulted" : "Suspended";

    private static DateTimeOffset UpdatedAt(CaseRun run) => run.Case.Timeline.Count > 0 ? run.Case.Timeline[^1].At : run.Case.Line.SubmittedAt;

    private static string? Text(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private static int Number(JsonObject body, string name) => body[name] is JsonValue value && value.TryGetValue<int>(out var number) ? Math.Max(0, number) : 0;
}
