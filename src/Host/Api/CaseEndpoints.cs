using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Api;

/// <summary>Filing a form: which flow, at which authority, with which answers.</summary>
public sealed record NewCase(string FlowId, string AuthorityId, JsonObject Values);

/// <summary>The case that was opened.</summary>
public sealed record OpenedCase(string Number);

/// <summary>A form that is not filled in properly.</summary>
public sealed record FormProblems(IReadOnlyList<FieldProblem> Problems);

public static class CaseEndpoints
{
    public static void MapCases(this IEndpointRouteBuilder api)
    {
        var cases = api.MapGroup("/cases").RequireAuthorization(Policies.CaseWork);
        cases.MapGet("", ListAsync);
        cases.MapGet("/{number}", ShowAsync);
        cases.MapPost("", StartAsync).RequireIdempotencyKey().RequireAuthorization(Policies.Applicant).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
    }

    private static async Task<Ok<Page<CaseLine>>> ListAsync(CaseQueries queries, HttpContext http, CancellationToken ct, bool? open = null, string? search = null, int page = 0) =>
        TypedResults.Ok(await queries.CasesAsync(
            SignedInPerson.Required(http.User).Tenant, new CaseFilter { Open = open, Search = search, Page = Math.Max(0, page) }, ct));

    private static async Task<Results<Ok<CaseView>, NotFound>> ShowAsync(string number, CaseQueries queries, HttpContext http, CancellationToken ct)
    {
        var person = SignedInPerson.Required(http.User);
        if (await queries.CaseAsync(person.Tenant, number, person.Actor.UserId, ct) is not { } view) return TypedResults.NotFound();

        // What went wrong inside the platform is for those who can mend it.
        return TypedResults.Ok(person.Level == OrganisationLevel.Enterprise ? view with { Incidents = [] } : view);
    }

    private static async Task<Results<Created<OpenedCase>, UnprocessableEntity<FormProblems>, ProblemHttpResult>> StartAsync(
        NewCase order, CaseService cases, HttpContext http, [FromHeader(Name = ApiEndpoints.IdempotencyHeader)] string idempotencyKey, CancellationToken ct)
    {
        var start = new StartCase { FlowId = order.FlowId, AuthorityId = order.AuthorityId, Values = order.Values, IdempotencyKey = idempotencyKey };
        return await cases.StartAsync(start, SignedInPerson.Required(http.User), ct) switch
        {
            StartCaseResult.Started started => TypedResults.Created($"/api/cases/{started.Number}", new OpenedCase(started.Number)),
            StartCaseResult.Invalid invalid => TypedResults.UnprocessableEntity(new FormProblems(invalid.Problems)),
            StartCaseResult.NotAllowed refused => TypedResults.Problem(refused.Message, statusCode: StatusCodes.Status403Forbidden, title: "not allowed"),
            StartCaseResult.KeyReused => Problems.KeyReused,
            var other => throw new InvalidOperationException($"Unknown result {other}."),
        };
    }
}
