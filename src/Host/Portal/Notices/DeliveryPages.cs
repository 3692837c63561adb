using WorkflowEngine.Content.Forms;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Mail;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.Serving;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Organisations;

namespace WorkflowEngine.Host.Portal.Notices;

/// <summary>How the viewer's organisation wants its letters.</summary>
/// <param name="DailyAt">Time of day of the daily mail.</param>
public sealed record DeliveryModel(DeliveryWishes Wishes, bool HasMessages, TimeOnly DailyAt, IReadOnlyList<FieldProblem> Problems, bool IsSaved);

/// <summary>送达方式: mail and short messages besides the inbox.</summary>
public static class DeliveryPages
{
    public const string Path = "/notices/delivery";

    public static void MapDeliveryPages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet(Path, ShowAsync).RequireAuthorization(Policies.Delivery);
        pages.MapPost(Path, SaveAsync).RequireAuthorization(Policies.Delivery).RequireFormToken();
    }

    private static async Task<IResult> ShowAsync(Viewer viewer, DeliveryDesk desk, HostSettings settings, CancellationToken ct, bool saved = false) =>
        Pages.Show<DeliveryPage, DeliveryModel>(new DeliveryModel(await desk.OfAsync(viewer.Person, ct), desk.HasMessages, settings.MailDailyAt, [], saved));

    private static async Task<IResult> SaveAsync(HttpContext http, Viewer viewer, DeliveryDesk desk, HostSettings settings, CancellationToken ct)
    {
        var form = await http.Request.ReadFormAsync(ct);
        if (!Enum.TryParse<MailMode>(form["mail"], out var mail)) return Pages.NotFound();

        var messages = Enum.TryParse<MessageMode>(form["messages"], out var chosen) ? chosen : MessageMode.Off;
        var account = form["remove"].Count > 0 ? "" : form["account"].ToString() is { Length: > 0 } entered ? entered : null;
        var choice = new DeliveryChoice(form["email"], mail, messages, account);
        var problems = await desk.SaveAsync(choice, viewer.Person, ct);
        if (problems.Count == 0) return Pages.Next($"{Path}?saved=true");

        var wishes = await desk.OfAsync(viewer.Person, ct) with { Email = choice.Email, Mail = mail, Messages = messages };
        return Pages.Show<DeliveryPage, DeliveryModel>(new DeliveryModel(wishes, desk.HasMessages, settings.MailDailyAt, problems, IsSaved: false), StatusCodes.Status422UnprocessableEntity);
    }
}
