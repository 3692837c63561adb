using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Workflows.Execution;

namespace WorkflowEngine.Host.Api;

/// <summary>What somebody decides about an incident.</summary>
public sealed record IncidentAnswer(IncidentDecision Decision, string? Outcome, string? Reason);

/// <summary>The decision was carried out; the step may have failed again.</summary>
public sealed record IncidentDone(string? CaseNumber, bool FailedAgain);

public static class IncidentEndpoints
{
    private const int PageSize = 50;

    public static void MapIncidents(this IEndpointRouteBuilder api)
    {
        var incidents = api.MapGroup("/incidents").RequireAuthorization(Policies.Incidents);
        incidents.MapGet("", ListAsync);
        incidents.MapPost("/{id}/resolve", ResolveAsync).RequireIdempotencyKey().WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
    }

    private static async Task<Ok<Page<IncidentView>>> ListAsync(IncidentService incidents, HttpContext http, CancellationToken ct, int page = 0) =>
        TypedResults.Ok(await incidents.ListAsync(SignedInPerson.Required(http.User), Math.Max(0, page), PageSize, ct));

    private static async Task<Results<Ok<IncidentDone>, NotFound, ProblemHttpResult>> ResolveAsync(
        string id, IncidentAnswer answer, IncidentService incidents, HttpContext http, [FromHeader(Name = ApiEndpoints.IdempotencyHeader)] string idempotencyKey, CancellationToken ct)
    {
        var resolve = new ResolveIncident { IncidentId = id, Decision = answer.Decision, Outcome = answer.Outcome, Reason = answer.Reason, IdempotencyKey = idempotencyKey };
        return await incidents.ResolveAsync(resolve, SignedInPerson.Required(http.User), ct) switch
        {
            ResolveIncidentResult.Resolved done => TypedResults.Ok(new IncidentDone(done.CaseNumber, done.FailedAgain)),
            ResolveIncidentResult.NotFound => TypedResults.NotFound(),
            ResolveIncidentResult.KeyReused => Problems.KeyReused,
            ResolveIncidentResult.Refused refused => TypedResults.Problem(refused.Message, statusCode: StatusCodes.Status403Forbidden, title: "refused"),
            var other => throw new InvalidOperationException($"Unknown result {other}."),
        };
    }
}
