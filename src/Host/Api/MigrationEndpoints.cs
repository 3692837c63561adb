using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Engine;
using WorkflowEngine.Host.Migration;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Instances;
using WorkflowEngine.Workflows.Migration;

namespace WorkflowEngine.Host.Api;

/// <summary>Where the running cases of a flow are.</summary>
/// <param name="Current">The release that new cases begin with.</param>
public sealed record RunningVersions(string Current, IReadOnlyList<PopulatedRelease> Releases);

/// <summary>From which release a plan shall lead to the one in force.</summary>
public sealed record WantedPlan(string Flow, string From);

/// <summary>A plan as docs/migrate.zh.md describes it, and why.</summary>
public sealed record MigrationOrder(JsonObject Plan, string? Reason);

/// <summary>Running cases and the versions of their flow, for those who publish flows. What was moved is not met again: every order may be repeated.</summary>
public static class MigrationEndpoints
{
    public static void MapMigrations(this IEndpointRouteBuilder api)
    {
        var migrations = api.MapGroup("/migrations").RequireAuthorization(Policies.Content);
        migrations.MapGet("/{flow}", VersionsAsync);
        migrations.MapPost("/plan", ProposeAsync).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
        migrations.MapPost("/rehearse", RehearseAsync).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
        migrations.MapPost("/apply", ApplyAsync).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
    }

    private static async Task<Ok<RunningVersions>> VersionsAsync(string flow, CaseMover mover, ContentReleases releases, CancellationToken ct) =>
        TypedResults.Ok(new RunningVersions(releases.Current.Id, await mover.ReleasesAsync(flow, ct)));

    private static Task<Results<Ok<JsonNode>, ProblemHttpResult>> ProposeAsync(WantedPlan wanted, CaseMover mover, CancellationToken ct) =>
        AnswerAsync(async () => JsonNode.Parse(MigrationPlanJson.Write(await mover.ProposeAsync(wanted.Flow, wanted.From, null, ct)))!);

    private static Task<Results<Ok<MigrationReport>, ProblemHttpResult>> RehearseAsync(MigrationOrder order, CaseMover mover, HttpContext http, CancellationToken ct) =>
        AnswerAsync(async () => ShownTo(http, await mover.RehearseAsync(PlanOf(order), null, SignedInPerson.Required(http.User).Actor, ct)));

    private static Task<Results<Ok<MigrationReport>, ProblemHttpResult>> ApplyAsync(MigrationOrder order, CaseMover mover, HttpContext http, CancellationToken ct) =>
        AnswerAsync(async () => ShownTo(http, await mover.ApplyAsync(PlanOf(order), ReasonOf(order), SignedInPerson.Required(http.User).Actor, ct)));

    private static MigrationPlan PlanOf(MigrationOrder order) => MigrationPlanJson.Read(order.Plan.ToJsonString());

    private static string ReasonOf(MigrationOrder order) => order.Reason is { Length: <= RequestLimits.Reason } reason ? reason
        : throw new MigrationPlanException($"请写明理由，不超过 {RequestLimits.Reason} 个字符。Say why, in at most {RequestLimits.Reason} characters.");

    /// <summary>Policy staff learn how many cases stay and why, not which: they read no cases.</summary>
    private static MigrationReport ShownTo(HttpContext http, MigrationReport report) => Roles.OfCaseWork.Contains(SignedInPerson.Required(http.User).Actor.Role)
        ? report
        : report with { Refused = [.. report.Refused.Select(one => one with { Numbers = [] })] };

    private static async Task<Results<Ok<T>, ProblemHttpResult>> AnswerAsync<T>(Func<Task<T>> act)
    {
        try
        {
            return TypedResults.Ok(await act());
        }
        catch (Exception odd) when (odd is MigrationPlanException or FormatException)
        {
            return TypedResults.Problem(odd.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "plan");
        }
    }
}
