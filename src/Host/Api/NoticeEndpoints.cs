using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Cases;

namespace WorkflowEngine.Host.Api;

public static class NoticeEndpoints
{
    private const int PageSize = 50;

    public static void MapNotices(this IEndpointRouteBuilder api)
    {
        var notices = api.MapGroup("/notices").RequireAuthorization(Policies.Letters);
        notices.MapGet("", ListAsync);
        notices.MapGet("/{id}", ShowAsync);
        notices.MapPost("/{id}/sign", SignAsync);
    }

    public static void MapWarnings(this IEndpointRouteBuilder api) =>
        api.MapGet("/warnings", WarningsAsync).RequireAuthorization(Policies.Authority);

    private static async Task<Ok<Page<NoticeLine>>> ListAsync(CaseQueries queries, HttpContext http, CancellationToken ct, bool unit = false, int page = 0)
    {
        // A leader answers for what the unit's people were told, and may ask for all of it.
        var person = SignedInPerson.Required(http.User);
        return TypedResults.Ok(await queries.InboxAsync(
            person.Tenant, person.Actor.UserId, unit && person.Actor.Role == Roles.Leader ? null : person.Actor.Role, Math.Max(0, page), PageSize, ct, isForRoleOnly: person.OnlyRole is not null));
    }

    /// <summary>Changes nothing, as on the page: a link that somebody is made to follow must not sign for them.</summary>
    private static async Task<Results<Ok<NoticeView>, NotFound>> ShowAsync(string id, CaseQueries queries, HttpContext http, CancellationToken ct)
    {
        var person = SignedInPerson.Required(http.User);
        return await queries.NoticeAsync(person.Tenant, id, person.Actor.UserId, ct) is { } notice && person.MaySee(notice.Line.OrganisationId, notice.Line.Role)
            ? TypedResults.Ok(notice)
            : TypedResults.NotFound();
    }

    /// <summary>签收, by the organisation that the notice is for.</summary>
    private static async Task<Results<Ok<NoticeView>, NotFound>> SignAsync(string id, CaseQueries queries, BusinessClock clock, HttpContext http, CancellationToken ct)
    {
        var person = SignedInPerson.Required(http.User);
        if (await queries.NoticeAsync(person.Tenant, id, person.Actor.UserId, ct) is not { } notice || notice.Line.OrganisationId != person.Actor.OrganisationId
            || !person.MaySee(notice.Line.OrganisationId, notice.Line.Role))
        {
            return TypedResults.NotFound();
        }

        return await queries.ReadNoticeAsync(person.Tenant, id, person.Actor.UserId, clock.Now, ct) is { } signed
            ? TypedResults.Ok(signed)
            : TypedResults.NotFound();
    }

    private static async Task<Ok<Page<WarningLine>>> WarningsAsync(CaseQueries queries, HttpContext http, CancellationToken ct, bool open = true, int page = 0) =>
        TypedResults.Ok(await queries.WarningsAsync(SignedInPerson.Required(http.User).Tenant, open, Math.Max(0, page), PageSize, ct));
}
