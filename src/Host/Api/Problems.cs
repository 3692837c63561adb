using Microsoft.AspNetCore.Http.HttpResults;
using WorkflowEngine.Host.Cases;

namespace WorkflowEngine.Host.Api;

/// <summary>Answers that several endpoints give.</summary>
internal static class Problems
{
    public static ProblemHttpResult BadKey => TypedResults.Problem(
        $"{ApiEndpoints.IdempotencyHeader} 应为 1 至 {CaseService.MaxKeyLength} 个字符，不能为空白：每次办理用一个新的标识，重复同一次办理用同一个。",
        statusCode: StatusCodes.Status400BadRequest, title: "idempotency key");

    public static ProblemHttpResult KeyReused => TypedResults.Problem(
        "The idempotency key named another act before. Use a new key for a new act.",
        statusCode: StatusCodes.Status422UnprocessableEntity, title: "idempotency key reused");
}
