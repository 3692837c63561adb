using WorkflowEngine.Host.Cases;

namespace WorkflowEngine.Host.Api;

/// <summary>The door of every act that carries an <c>Idempotency-Key</c>.</summary>
internal static class IdempotencyKeys
{
    /// <summary>Refuses a key that is blank or too long before anything of the act is looked at.</summary>
    public static RouteHandlerBuilder RequireIdempotencyKey(this RouteHandlerBuilder act) => act.AddEndpointFilter(async (context, next) =>
        context.HttpContext.Request.Headers[ApiEndpoints.IdempotencyHeader] is [{ } key] && CaseService.IsKey(key)
            ? await next(context)
            : Problems.BadKey);
}
