using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Serving;

namespace WorkflowEngine.Host.SignIn;

/// <summary>The name and the password, as JSON.</summary>
public sealed record Credentials(string UserName, string Password);

/// <summary>The session that a cookie now stands for.</summary>
/// <param name="Csrf">To be sent in the header <c>X-CSRF</c> with everything that changes something.</param>
public sealed record Session(string Name, string Role, string OrganisationId, string OrganisationName, string Csrf);

/// <summary>Signing in and out for programs: <c>/api/session</c>. People use the page <c>/sign-in</c>.</summary>
public static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/session", OpenAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn)
            .WithMetadata(new RequestSizeLimitAttribute(4 * 1024));
        routes.MapGet("/api/session", Show).RequireAuthorization(Policies.SignedIn);
        routes.MapDelete("/api/session", CloseAsync).RequireAuthorization(Policies.SignedIn).RequireHeaderToken();
    }

    private static async Task<Results<Ok<Session>, ProblemHttpResult>> OpenAsync(
        Credentials credentials, Sessions sessions, IAntiforgery antiforgery, HttpContext http) =>
        await sessions.OpenAsync(credentials.UserName, credentials.Password) switch
        {
            SignInOutcome.SignedIn signedIn => TypedResults.Ok(SessionOf(signedIn.Person, antiforgery, http)),
            _ => TypedResults.Problem(
                title: "sign-in refused", detail: SignInPages.RefusedText, statusCode: StatusCodes.Status401Unauthorized),
        };

    private static Ok<Session> Show(IAntiforgery antiforgery, HttpContext http) =>
        TypedResults.Ok(SessionOf(SignedInPerson.Required(http.User), antiforgery, http));

    private static async Task<NoContent> CloseAsync(Sessions sessions)
    {
        await sessions.CloseAsync();
        return TypedResults.NoContent();
    }

    private static Session SessionOf(SignedInPerson person, IAntiforgery antiforgery, HttpContext http) => new(
        person.Actor.Name, person.Actor.Role, person.Actor.OrganisationId, person.OrganisationName,
        antiforgery.GetAndStoreTokens(http).RequestToken!);
}
