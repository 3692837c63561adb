using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;

namespace WorkflowEngine.Host.Api;

public static class StatisticsEndpoints
{
    public static void MapStatistics(this IEndpointRouteBuilder api) =>
        api.MapGet("/statistics", ReportAsync).RequireAuthorization(Policies.Authority);

    /// <param name="from">First business date; the beginning of the year when left out.</param>
    /// <param name="to">Last business date; today when left out.</param>
    private static async Task<Results<Ok<StatisticsReport>, ProblemHttpResult>> ReportAsync(
        StatisticsService statistics, HttpContext http, CancellationToken ct, DateOnly? from = null, DateOnly? to = null, string? authority = null)
    {
        var usual = statistics.UsualPeriod;
        var (first, last) = (from ?? usual.From, to ?? usual.To);
        return StatisticsService.ProblemOf(first, last) is { } problem
            ? TypedResults.Problem(problem, statusCode: StatusCodes.Status400BadRequest, title: "bad-period")
            : TypedResults.Ok(await statistics.ReportAsync(SignedInPerson.Required(http.User), first, last, authority, ct));
    }
}
