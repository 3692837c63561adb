using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Host.Clocks;

namespace WorkflowEngine.Host.Simulation;

/// <summary>Where to: an instant with its offset, e.g. <c>2022-10-09T11:00:00+08:00</c>.</summary>
public sealed record Advance(DateTimeOffset To);

/// <summary>The business time, in +08:00.</summary>
public sealed record BusinessTime(DateTimeOffset Now);

/// <summary>Proves that a caller may move the clock: printed when a simulation starts, kept in its data folder for its owner alone.</summary>
public sealed record StartToken(string Value)
{
    public const string Header = "X-Simulation-Token";

    public static StartToken Make() => new(RandomNumberGenerator.GetHexString(32, lowercase: true));

    public bool Matches(string? given) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(Value));

    public override string ToString() => nameof(StartToken);
}

/// <summary>Moving the clock of a simulation. Only there, only from this machine, only with the start token.</summary>
public static class SimulationEndpoints
{
    public static void MapSimulation(this WebApplication app)
    {
        var simulation = app.MapGroup("/simulation").AllowAnonymous().AddEndpointFilter(async (context, next) =>
            context.HttpContext.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote) ? await next(context) : TypedResults.NotFound());

        simulation.MapGet("/now", (BusinessClock clock) => TypedResults.Ok(new BusinessTime(clock.Now)));
        simulation.MapPost("/advance", AdvanceAsync);
    }

    private static async Task<Results<Ok<BusinessTime>, UnauthorizedHttpResult, ProblemHttpResult>> AdvanceAsync(
        Advance advance, HttpContext http, StartToken token, BusinessTimeTravel travel, CancellationToken ct)
    {
        if (!token.Matches(http.Request.Headers[StartToken.Header])) return TypedResults.Unauthorized();

        return await travel.AdvanceAsync(advance.To, ct) is { } now
            ? TypedResults.Ok(new BusinessTime(now))
            : TypedResults.Problem("Business time does not go back.", statusCode: StatusCodes.Status422UnprocessableEntity, title: "the instant lies in the past");
    }
}
