using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Api;

/// <summary>The outbox: figures, and the mails of before a restore that wait for a decision.</summary>
public sealed record MailView(OutboxFigures Figures, Page<WaitingMail> BeforeRestore, Page<WaitingMail> Failing);

/// <summary>What is done with mails of before a restore.</summary>
public sealed record MailAnswer(IReadOnlyList<string> Mails, MailDecision Decision, string Reason);

/// <param name="Decided">How many of them had not been decided about.</param>
public sealed record MailDone(int Decided);

public static class MailEndpoints
{
    private const int PageSize = 50;

    public static void MapMail(this IEndpointRouteBuilder api)
    {
        var mail = api.MapGroup("/mail").RequireAuthorization(Policies.Installation);
        mail.MapGet("", ShowAsync);
        mail.MapPost("/decide", DecideAsync).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.Form));
    }

    private static async Task<Ok<MailView>> ShowAsync(MailDesk desk, CancellationToken ct, int page = 0) => TypedResults.Ok(new MailView(
        await desk.FiguresAsync(ct), await desk.BeforeRestoreAsync(Math.Max(0, page), PageSize, ct), await desk.FailingAsync(0, PageSize, ct)));

    private static async Task<Results<Ok<MailDone>, ProblemHttpResult>> DecideAsync(MailAnswer answer, MailDesk desk, HttpContext http, CancellationToken ct) =>
        await desk.DecideAsync(answer.Mails, answer.Decision, answer.Reason, SignedInPerson.Required(http.User), ct) switch
        {
            (_, { } refused) => TypedResults.Problem(refused, statusCode: StatusCodes.Status422UnprocessableEntity, title: "refused"),
            var (decided, _) => TypedResults.Ok(new MailDone(decided)),
        };
}
