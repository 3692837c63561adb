using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Api;

/// <summary>How the organisation of whoever asks wants its letters. The same choice twice is one choice.</summary>
public static class DeliveryEndpoints
{
    public static void MapDelivery(this IEndpointRouteBuilder api)
    {
        var delivery = api.MapGroup("/delivery").RequireAuthorization(Policies.Delivery);
        delivery.MapGet("", async (DeliveryDesk desk, HttpContext http, CancellationToken ct) => TypedResults.Ok(await desk.OfAsync(SignedInPerson.Required(http.User), ct)));
        delivery.MapPut("", SaveAsync).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
    }

    private static async Task<Results<Ok<DeliveryWishes>, ValidationProblem>> SaveAsync(DeliveryChoice choice, DeliveryDesk desk, HttpContext http, CancellationToken ct)
    {
        var person = SignedInPerson.Required(http.User);
        var problems = await desk.SaveAsync(choice, person, ct);
        return problems.Count == 0
            ? TypedResults.Ok(await desk.OfAsync(person, ct))
            : TypedResults.ValidationProblem(problems.GroupBy(problem => problem.Field).ToDictionary(field => field.Key, field => field.Select(problem => problem.Message).ToArray()));
    }
}
