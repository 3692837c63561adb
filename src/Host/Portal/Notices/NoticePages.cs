using System.Globalization;
using WorkflowEngine.Host.Access;
using WorkflowEngine.Host.Clocks;
using WorkflowEngine.Host.Portal.Shell;
using WorkflowEngine.Host.SignIn;
using WorkflowEngine.Storage.Cases;
using WorkflowEngine.Storage.Commit;
using WorkflowEngine.Storage.Outbox;

namespace WorkflowEngine.Host.Portal.Notices;

/// <summary>One page of the inbox.</summary>
/// <param name="Tabs">None for who sees one list only.</param>
/// <param name="MayChooseDelivery">Whether the viewer decides how the organisation's letters reach it.</param>
public sealed record InboxModel(IReadOnlyList<NoticeLine> Notices, int Total, int Page, string View, IReadOnlyList<Tab> Tabs, bool MayChooseDelivery)
{
    public const int PageSize = 50;

    public string PageHref(int page) => string.Create(CultureInfo.InvariantCulture, $"/notices?view={View}&page={page}");
}

/// <summary>A notice on the screen.</summary>
/// <param name="MaySign">It is in the viewer's own inbox; a superior who reads along does not sign for it.</param>
/// <param name="Deliveries">What became of its mail and message, in words; for its own organisation.</param>
/// <param name="SeesCase">False for who has the letter and not the case, as of a confidential complaint.</param>
public sealed record NoticeModel(NoticeView Notice, bool MaySign, IReadOnlyList<string> Deliveries, bool SeesCase);

/// <summary>
/// 通知: the inbox and a notice. Looking at a notice changes nothing; 签收 is a post of its own, so that no link and no
/// look-ahead of a browser signs for anybody.
/// </summary>
public static class NoticePages
{
    private const string Own = "own";
    private const string Unit = "unit";

    public static void MapNoticePages(this IEndpointRouteBuilder pages)
    {
        pages.MapGet("/notices", ListAsync).RequireAuthorization(Policies.Letters);
        pages.MapGet("/notices/{id}", ShowAsync).RequireAuthorization(Policies.Letters);
        pages.MapGet("/notices/{id}/content", ContentAsync).RequireAuthorization(Policies.Letters);
        pages.MapPost("/notices/{id}", SignAsync).RequireAuthorization(Policies.Letters).RequireFormToken();
    }

    private static async Task<IResult> ListAsync(Viewer viewer, CaseQueries queries, CancellationToken ct, string view = Own, int page = 0)
    {
        // A leader answers for what the unit's people were told.
        Tab[] tabs = viewer.Role == Roles.Leader ? [Of(Own, "给我的"), Of(Unit, "本单位全部")] : [];
        if (view != Own && !tabs.Any(tab => tab.IsCurrent)) return Pages.NotFound();

        var number = Math.Max(0, page);
        var role = view == Unit ? null : viewer.Role;
        var found = await queries.InboxAsync(viewer.Tenant, viewer.UserId, role, number, InboxModel.PageSize, ct, viewer.Person.OnlyRole is not null);
        return Pages.Show<InboxPage, InboxModel>(new InboxModel(found.Items, found.Total, number, view, tabs, Roles.DecidingDelivery.Contains(viewer.Role)));

        Tab Of(string name, string label) => new(label, $"/notices?view={name}", name == view);
    }

    private static async Task<IResult> ShowAsync(string id, Viewer viewer, CaseQueries queries, OutboxStore outbox, CancellationToken ct)
    {
        if (await queries.NoticeAsync(viewer.Tenant, id, viewer.UserId, ct) is not { } notice || !viewer.Person.MaySee(notice.Line.OrganisationId, notice.Line.Role)) return Pages.NotFound();

        var isOwn = notice.Line.OrganisationId == viewer.OrganisationId;
        var deliveries = isOwn ? (await outbox.OfNoticeAsync(id, ct)).Select(Told).ToList() : [];
        return Pages.Show<NoticePage, NoticeModel>(new NoticeModel(notice, isOwn, deliveries, await SeesCaseAsync(notice.Line.CaseNumber, viewer, queries, ct)));
    }

    private static string Told((Outlet Outlet, string Status, bool IsDaily) delivery) => (delivery.Outlet == Outlet.Mail ? "邮件" : "短消息") + (delivery.Status, delivery.IsDaily) switch
    {
        ("sent", true) => "已随汇总送出",
        ("sent", false) => "已送出",
        ("parked", _) => "未能送达，平台运维正在处理；请核对“送达方式”",
        ("dropped", _) => "未发",
        (_, true) => "待随汇总发送",
        _ => "待发送",
    };

    private static async Task<bool> SeesCaseAsync(string? number, Viewer viewer, CaseQueries queries, CancellationToken ct) =>
        number is not null && viewer.Person.OnlyRole is null && (await queries.CasesAsync(viewer.Tenant, new CaseFilter { Search = number, PageSize = 1 }, ct)).Total > 0;

    /// <summary>The notice's own HTML, for the frame on its page.</summary>
    private static async Task<IResult> ContentAsync(string id, HttpContext http, Viewer viewer, CaseQueries queries, CancellationToken ct)
    {
        if (await queries.NoticeAsync(viewer.Tenant, id, viewer.UserId, ct) is not { } notice || !viewer.Person.MaySee(notice.Line.OrganisationId, notice.Line.Role)) return Pages.NotFound();

        FramedNotice.Protect(http);
        return Results.Content(notice.Html, "text/html; charset=utf-8");
    }

    private static async Task<IResult> SignAsync(string id, Viewer viewer, CaseQueries queries, BusinessClock clock, CancellationToken ct)
    {
        if (await queries.NoticeAsync(viewer.Tenant, id, viewer.UserId, ct) is not { } notice || notice.Line.OrganisationId != viewer.OrganisationId
            || !viewer.Person.MaySee(notice.Line.OrganisationId, notice.Line.Role))
        {
            return Pages.NotFound();
        }

        await queries.ReadNoticeAsync(viewer.Tenant, id, viewer.UserId, clock.Now, ct);
        return Pages.Next($"/notices/{id}");
    }
}
