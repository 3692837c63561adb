using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Credentials;

namespace WorkflowEngine.Host.Api;

/// <summary>A key in the one answer that shows its secret.</summary>
/// <param name="Appid">What messages name.</param>
/// <param name="Appsecret">What they are signed with. It cannot be shown again.</param>
public sealed record RevealedKey(string Appid, string Appsecret)
{
    public override string ToString() => $"RevealedKey {Appid}";
}

public static class CredentialEndpoints
{
    private const int PageSize = 50;

    public static void MapCredentials(this IEndpointRouteBuilder api)
    {
        var credentials = api.MapGroup("/credentials").RequireAuthorization(Policies.CaseWork);
        credentials.MapGet("", ListAsync);
        credentials.MapPost("/{id}/reveal", RevealAsync).RequireAuthorization(Policies.Applicant);
        api.MapGet("/conformance/{credentialId}", ConformanceAsync).RequireAuthorization(Policies.CaseWork);
    }

    private static async Task<Ok<IReadOnlyList<CredentialLine>>> ListAsync(CaseQueries queries, HttpContext http, CancellationToken ct) =>
        TypedResults.Ok(await queries.CredentialsAsync(SignedInPerson.Required(http.User).Tenant, ct));

    private static async Task<Results<Ok<RevealedKey>, NotFound, ProblemHttpResult>> RevealAsync(
        string id, CredentialStore credentials, BusinessClock clock, HttpContext http, CancellationToken ct)
    {
        // Asked for without one by programs of before: then an answer that is lost takes the key with it.
        var act = http.Request.Headers[ApiEndpoints.IdempotencyHeader];
        if (act.Count > 0 && (act is not [{ } given] || !CaseService.IsKey(given))) return Problems.BadKey;

        var person = SignedInPerson.Required(http.User);
        return await credentials.RevealAsync(person.Tenant, id, person.Actor, act.FirstOrDefault(), clock.Now, ct) switch
        {
            RevealResult.Revealed shown => TypedResults.Ok(new RevealedKey(shown.KeyId, shown.Secret)),
            RevealResult.AlreadyRevealed before => TypedResults.Problem(
                $"密钥已于 {before.At.ToOffset(BusinessClock.Offset):yyyy-MM-dd HH:mm} 由{before.ByName}领取，只显示一次。遗失请联系主管部门重新下发。",
                statusCode: StatusCodes.Status409Conflict, title: "already revealed"),
            RevealResult.Revoked revoked => TypedResults.Problem($"密钥已作废：{revoked.Reason}。", statusCode: StatusCodes.Status409Conflict, title: "revoked"),
            _ => TypedResults.NotFound(),
        };
    }

    private static async Task<Results<Ok<ConformanceView>, NotFound>> ConformanceAsync(
        string credentialId, CaseQueries queries, HttpContext http, CancellationToken ct, bool failedOnly = false, int page = 0) =>
        await queries.ConformanceAsync(SignedInPerson.Required(http.User).Tenant, credentialId, failedOnly, Math.Max(0, page), PageSize, ct) is { } view
            ? TypedResults.Ok(view)
            : TypedResults.NotFound();
}
