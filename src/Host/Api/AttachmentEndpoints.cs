using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Cases;
using WorkflowEngine.Storage.Attachments;

namespace WorkflowEngine.Host.Api;

public static class AttachmentEndpoints
{
    /// <summary>One byte more than a file may have, so that the service can say in words that it is too large.</summary>
    private const long MostBytes = AttachmentService.MaxSize + 1024;

    public static void MapAttachments(this IEndpointRouteBuilder api)
    {
        var attachments = api.MapGroup("/attachments").RequireAuthorization(Policies.TaskWork);
        attachments.MapPost("", StoreAsync).WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        attachments.MapGet("/{id:guid}", OpenAsync).RequireAuthorization(Policies.CaseWork);
    }

    /// <summary>The body is the file; <c>?name=</c> is its name.</summary>
    private static async Task<Results<Ok<AttachmentHandle>, ProblemHttpResult>> StoreAsync(string name, AttachmentService attachments, HttpContext http, CancellationToken ct) =>
        await attachments.StoreAsync(http.Request.Body, name, SignedInPerson.Required(http.User), ct) switch
        {
            StoreAttachmentResult.Stored stored => TypedResults.Ok(stored.Handle),
            StoreAttachmentResult.Refused refused => TypedResults.Problem(refused.Message, statusCode: StatusCodes.Status422UnprocessableEntity, title: "attachment refused"),
            var other => throw new InvalidOperationException($"Unknown result {other}."),
        };

    private static async Task<Results<FileContentHttpResult, NotFound>> OpenAsync(Guid id, AttachmentStore attachments, HttpContext http, CancellationToken ct) =>
        await attachments.OpenAsync(SignedInPerson.Required(http.User).Tenant, id, ct) is var (attachment, content)
            ? TypedResults.File(content, attachment.ContentType, attachment.Name)
            : TypedResults.NotFound();
}
