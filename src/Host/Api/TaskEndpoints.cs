using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Calendars;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Api;

/// <summary>A task of the list with the working days that are left after today; null when it has no limit.</summary>
public sealed record TaskOnList(TaskLine Task, int? RemainingWorkingDays);

/// <summary>A task with the form of the release that its case runs on.</summary>
public sealed record TaskWithForm(TaskDetail Task, FormDefinition Form, int? RemainingWorkingDays);

/// <summary>How a task is finished.</summary>
public sealed record TaskAnswer(string Outcome, JsonObject Values);

/// <summary>The case that went on.</summary>
public sealed record TaskDone(string CaseNumber);

/// <summary>Somebody was faster.</summary>
/// <param name="By">Who; null when the flow itself ended the task.</param>
/// <param name="End">Whether the task was done, was not needed any more, or an event decided it.</param>
/// <param name="Detail">The same in words (zh-CN).</param>
public sealed record TaskDoneBefore(string? By, string? Outcome, DateTimeOffset? At, TaskEnd? End, string Detail);

public static class TaskEndpoints
{
    public static void MapTasks(this IEndpointRouteBuilder api)
    {
        var tasks = api.MapGroup("/tasks").RequireAuthorization(Policies.TaskWork);
        tasks.MapGet("", ListAsync);
        tasks.MapGet("/{id}", ShowAsync);
        tasks.MapPost("/{id}/complete", CompleteAsync).RequireIdempotencyKey().WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
    }

    private static async Task<Ok<Page<TaskOnList>>> ListAsync(
        CaseQueries queries, ContentReleases releases, BusinessClock clock, HttpContext http, CancellationToken ct,
        bool open = true, bool withSubordinates = false, string? search = null, int page = 0)
    {
        var person = SignedInPerson.Required(http.User);
        var filter = new TaskFilter
        {
            Role = person.OnlyRole,
            Open = open,
            WithSubordinates = withSubordinates && person.OnlyRole is null,
            Search = search,
            Page = Math.Max(0, page),
        };
        var found = await queries.TasksAsync(person.Tenant, filter, ct);
        return TypedResults.Ok(new Page<TaskOnList>([.. found.Items.Select(task => new TaskOnList(task, Remaining(task, releases, clock)))], found.Total));
    }

    private static async Task<Results<Ok<TaskWithForm>, NotFound>> ShowAsync(
        string id, CaseQueries queries, ContentReleases releases, BusinessClock clock, HttpContext http, CancellationToken ct)
    {
        var person = SignedInPerson.Required(http.User);
        if (await queries.TaskAsync(person.Tenant, id, ct) is not { } task || !person.MaySee(task.Line.OrganisationId, task.Line.Role)) return TypedResults.NotFound();

        var content = await releases.GetAsync(task.ReleaseId, ct);
        return TypedResults.Ok(new TaskWithForm(task, content.Forms[task.FormId], Remaining(task.Line, releases, clock)));
    }

    private static async Task<Results<Ok<TaskDone>, UnprocessableEntity<FormProblems>, Conflict<TaskDoneBefore>, NotFound, ProblemHttpResult>> CompleteAsync(
        string id, TaskAnswer answer, CaseService cases, HttpContext http,
        [FromHeader(Name = ApiEndpoints.IdempotencyHeader)] string idempotencyKey, CancellationToken ct)
    {
        var complete = new CompleteTask { TaskId = id, Outcome = answer.Outcome, Values = answer.Values, IdempotencyKey = idempotencyKey };
        return await cases.CompleteTaskAsync(complete, SignedInPerson.Required(http.User), ct) switch
        {
            CompleteTaskResult.Completed done => TypedResults.Ok(new TaskDone(done.CaseNumber)),
            CompleteTaskResult.Invalid invalid => TypedResults.UnprocessableEntity(new FormProblems(invalid.Problems)),
            CompleteTaskResult.AlreadyDone before => TypedResults.Conflict(new TaskDoneBefore(before.By, before.Outcome, before.At, before.End, before.Words)),
            CompleteTaskResult.NotFound => TypedResults.NotFound(),
            CompleteTaskResult.KeyReused => Problems.KeyReused,
            CompleteTaskResult.Refused refused => TypedResults.Problem(refused.Message, statusCode: StatusCodes.Status403Forbidden, title: "refused"),
            var other => throw new InvalidOperationException($"Unknown result {other}."),
        };
    }

    private static int? Remaining(TaskLine task, ContentReleases releases, BusinessClock clock) =>
        task is { Open: true, DueDate: { } due } ? Deadlines.RemainingOn(clock.Today, due, releases.Calendar) : null;
}
