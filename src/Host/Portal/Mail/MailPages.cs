using System.Globalization;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Portal.Mail;

/// <summary>The outbox on one page.</summary>
/// <param name="BeforeRestore">One page of what waits for a decision.</param>
/// <param name="Failing">The oldest of what is tried again and again.</param>
/// <param name="Done">What came of the decision just made; null when none was.</param>
public sealed record MailModel(
    OutboxFigures Figures, TimeSpan OldestAge, IReadOnlyList<WaitingMail> BeforeRestore, int Total, int Page, IReadOnlyList<WaitingMail> Failing, int FailingTotal, string? Done)
{
    public const int PageSize = 50;

    public static string PageHref(int page) => string.Create(CultureInfo.InvariantCulture, $"/mail?page={page}");
}

/// <summary>邮件: what waits to be sent, and what is to be decided after a restore.</summary>
public static class MailPages
{
    private const int MostFailing = 20;

    public static void MapMailPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/mail", ShowAsync).RequireAuthorization(Policies.Installation);
        pages.MapPost("/mail", DecideAsync).RequireAuthorization(Policies.Installation).RequireFormToken();
    }

    private static async Task<IResult> ShowAsync(MailDesk desk, BusinessClock clock, CancellationToken ct, int page = 0, int? done = null)
    {
        var number = Math.Max(0, page);
        var figures = await desk.FiguresAsync(ct);
        var waiting = await desk.BeforeRestoreAsync(number, MailModel.PageSize, ct);
        var failing = await desk.FailingAsync(0, MostFailing, ct);
        return Pages.Show<MailPage, MailModel>(new MailModel(
            figures, figures.Oldest is { } oldest ? clock.Now - oldest : TimeSpan.Zero, waiting.Items, waiting.Total, number, failing.Items, failing.Total,
            done switch { null => null, 0 => "所选邮件此前已有处理决定，没有改变。", var count => string.Create(CultureInfo.InvariantCulture, $"已处理 {count} 封邮件。") }));
    }

    private static async Task<IResult> DecideAsync(HttpContext http, Viewer viewer, MailDesk desk, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        if (!Enum.TryParse<MailDecision>(form["decision"], out var decision) || !Enum.IsDefined(decision)) return Pages.NotFound();

        var mails = form["mail"].OfType<string>().Distinct().ToList();
        var (decided, refused) = await desk.DecideAsync(mails, decision, form["reason"], viewer.Person, ct);
        return refused is null
            ? Pages.Next(string.Create(CultureInfo.InvariantCulture, $"/mail?done={decided}"))
            : Pages.Message(new Message("未能处理", refused, Section.Mail, "/mail", "返回邮件"), StatusCodes.Status422UnprocessableEntity);
    }
}
