using Microsoft.AspNetCore.Http.HttpResults;

namespace WorkflowEngine.Host.Api;

/// <summary>Answers that several endpoints give.</summary>
internal static class Problems
{
    public static ProblemHttpResult KeyReused => TypedResults.Problem(
        "The idempotency key named another act before. Use a new key for a new act.",
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "idempotency key reused");
}
